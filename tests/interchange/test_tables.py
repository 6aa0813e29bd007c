from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

from brainlearn.cli import main
from brainlearn.results.store import load_result
from tests.results.small_run import make_record, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", make_record())


def test_npz_holds_every_variable_and_no_object(run: Path) -> None:
    assert main(["export", str(run), "--format", "npz"]) == 0
    tree = load_result(run)
    with np.load(run / "result.npz", allow_pickle=False) as found:
        for group in tree.subtree:
            for name, variable in group.to_dataset(inherit=False).variables.items():
                values = found[f"{group.path}/{name}".strip("/")]
                assert np.array_equal(values, variable.values, equal_nan=values.dtype.kind == "f")
        attributes = json.loads(str(found["attributes"]))
    assert attributes["/"]["experiment"] == tree.attrs["experiment"]
    assert attributes["/metrics/activity"]["dimensions"] == ["epoch", "population"]


def test_csv_has_a_table_for_every_set_of_dimensions(run: Path, tmp_path: Path) -> None:
    assert main(["export", str(run), "--format", "csv", "--output", str(tmp_path / "t")]) == 0
    tree = load_result(run)
    table = pd.read_csv(tmp_path / "t" / "weights-retina.image-to-V1.E-by-pre-and-post.csv")
    final = table.pivot_table(index="pre", columns="post", values="final").to_numpy()
    assert np.allclose(final, tree["weights/retina.image->V1.E"]["final"].values)
    epochs = pd.read_csv(tmp_path / "t" / "metrics-by-epoch.csv")
    assert epochs["validation_error"].tolist() == tree["metrics"]["validation_error"].values.tolist()
    assert (tmp_path / "t" / "spikes-V1.E-by-spike.csv").is_file()
    numbers = pd.read_csv(tmp_path / "t" / "cost.csv")  # without a dimension: one row
    assert len(numbers) == 1
    assert numbers["learning_bytes"].item() == tree["cost"]["learning_bytes"].item()


def test_nothing_is_overwritten(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "result.npz").write_text("mine")
    assert main(["export", str(run), "--format", "npz"]) == 2
    assert "already exists" in capsys.readouterr().err
    assert (run / "result.npz").read_text() == "mine"


def test_a_folder_without_a_result_is_named(tmp_path: Path) -> None:
    for form in ("npz", "csv", "nir"):
        assert main(["export", str(tmp_path), "--format", form]) == 2
    assert list(tmp_path.iterdir()) == []
