from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.results.json_file import plain, write_json
from brainlearn.results.read_summary import KEYS, read_summary
from brainlearn.results.record import RunRecord
from brainlearn.results.settings import setup_sha256
from brainlearn.results.store import load_result, save_result
from brainlearn.results.summary import summary
from brainlearn.results.tree import result_tree


def no_constants(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON")


def test_a_summary_has_the_promised_keys(record: RunRecord) -> None:
    assert set(KEYS) <= set(summary(record))


def test_errors_are_percentages_of_the_test(record: RunRecord) -> None:
    found = summary(record)
    assert found["test_error_percent"] == 25.0
    assert found["one_pass_test_error_percent"] == 50.0
    assert found["test_presentations"] == 4


def test_the_validation_error_is_that_of_the_last_epoch(record: RunRecord) -> None:
    assert summary(record)["validation_error_percent"] == 12.5


def test_the_validation_error_is_the_last_that_was_measured(record: RunRecord) -> None:
    record.epochs.append(dataclasses.replace(record.epochs[-1], epoch=4, validation_error_percent=math.nan))
    assert summary(record)["validation_error_percent"] == 12.5


def test_the_best_epoch_has_the_least_validation_error(record: RunRecord) -> None:
    best = summary(record)["best"]
    assert best["epoch"] == 2
    assert best["populations"]["V1/E"]["goodness_positive"] == pytest.approx(0.08)


def test_times_and_versions_are_those_recorded(record: RunRecord) -> None:
    found = summary(record)
    assert found["epoch_seconds"] == [1.5, 1.5, 1.5]
    assert found["train_seconds"] == 4.75
    assert found["versions"] == {"brainlearn": "0.1.0", "python": "3.11.7"}
    assert found["notes"] == ["2 units of V2/E never spiked"]


def test_what_was_not_measured_is_null(record: RunRecord) -> None:
    found = summary(dataclasses.replace(record, epochs=[], test=None))
    assert found["test_error_percent"] is None
    assert found["validation_error_percent"] is None
    assert found["last"] == {}
    assert found["epochs"] == 0


def test_a_loaded_result_has_the_same_summary(record: RunRecord, tmp_path: Path) -> None:
    save_result(result_tree(record), tmp_path / "result.nc")
    assert summary(load_result(tmp_path / "result.nc")) == summary(record)


def test_a_written_summary_holds_no_nan(record: RunRecord, tmp_path: Path) -> None:
    write_json(summary(record), tmp_path / "summary.json")
    json.loads((tmp_path / "summary.json").read_text(), parse_constant=no_constants)


def test_a_written_summary_reads_back_the_same(record: RunRecord, tmp_path: Path) -> None:
    write_json(summary(record), tmp_path / "summary.json")
    assert read_summary(tmp_path / "summary.json") == summary(record)


def test_numbers_that_are_not_finite_become_null() -> None:
    data = {
        "a": np.array([1.0, np.nan]),
        "b": (math.inf, np.float32(2)),
        "c": np.int64(3),
        4: Path.cwd().name,
    }
    assert plain(data) == {"a": [1.0, None], "b": [None, 2.0], "c": 3, "4": Path.cwd().name}


def test_json_that_cannot_be_made_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    write_json({"a": 1}, path)
    with pytest.raises(TypeError):
        write_json({"a": object()}, path)
    assert json.loads(path.read_text()) == {"a": 1}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"{", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"[]", "found list"),
        (b"{}", "experiment: no summary of a run; found nothing; allowed: str"),
    ],
)
def test_a_file_that_is_no_summary_is_named(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "summary.json"
    path.write_bytes(content)
    with pytest.raises(UserError, match=rf"summary\.json: .*{text}"):
        read_summary(path)


def test_a_summary_with_a_wrong_type_is_named(record: RunRecord, tmp_path: Path) -> None:
    write_json(summary(record) | {"seed": "seven"}, tmp_path / "summary.json")
    with pytest.raises(UserError, match=r"summary\.json: seed: no summary of a run; found 'seven'; allowed: int"):
        read_summary(tmp_path / "summary.json")


def test_spikes_are_those_of_all_spiking_units_in_a_presentation(record: RunRecord) -> None:
    assert summary(record)["spikes_per_presentation"] == 4 * 2.0 + 2 * 4.0  # V1/E and V2/I; V2/E does not spike
    assert summary(dataclasses.replace(record, spiking=()))["spikes_per_presentation"] is None
    assert summary(dataclasses.replace(record, sizes={}, spiking=()))["spikes_per_presentation"] is None


def test_memory_that_was_not_measured_is_null(record: RunRecord) -> None:
    found = summary(record)
    assert (found["memory_before_mb"], found["peak_memory_mb"]) == (300.0, 420.0)
    found = summary(dataclasses.replace(record, memory_before_mb=math.nan, peak_memory_mb=math.nan))
    assert (found["memory_before_mb"], found["peak_memory_mb"]) == (None, None)


def test_angles_are_the_last_with_most_presentations_averaged(record: RunRecord) -> None:
    record.alignments[-1].angle["retina/image->V1/E"][-1] = 12.0
    angles = summary(record)["angles"]
    assert angles["contrast"] == {"retina/image->V1/E": 60.0, "V1/E->V2/E": None}
    assert angles["every_area"]["retina/image->V1/E"] == 12.0
    assert summary(dataclasses.replace(record, alignments=[]))["angles"] is None


def setup(record: RunRecord, **settings: object) -> str:
    changed = json.loads(record.settings) | settings
    return str(summary(dataclasses.replace(record, settings=json.dumps(changed)))["setup_sha256"])


@pytest.mark.parametrize(
    "settings",
    [{"seed": 8}, {"name": "x"}, {"readout": {"validate_on": 5}}, {"alignment": {}}, {"about": {"claims": []}}],
)
def test_what_decides_nothing_learned_is_no_part_of_the_setup(record: RunRecord, settings: dict[str, object]) -> None:
    assert setup(record, **settings) == setup(record)


def test_what_a_circuit_file_says_in_comments_is_no_part_of_the_setup() -> None:
    plain, other = (
        '[[areas]]\nname = "V1"\nlevel = 1',
        '# V1 only\ndescription = "V1"\n[[areas]]\nlevel=1\nname = "V1" # primary',
    )
    found = {setup_sha256({}, text, "forward_forward", "brian") for text in (plain, other)}
    assert len(found) == 1
    assert setup_sha256({}, plain.replace("1", "2"), "forward_forward", "brian") not in found


@pytest.mark.parametrize(
    "settings", [{"training": {"epochs": 4}}, {"readout": {"one_pass": False}}, {"sizes": {"a": 1}}]
)
def test_what_decides_learning_is_part_of_the_setup(record: RunRecord, settings: dict[str, object]) -> None:
    assert setup(record, **settings) != setup(record)


def test_the_table_of_a_baseline_is_part_of_its_own_setup(record: RunRecord) -> None:
    tables = {"baselines": {"backprop": {"epochs": 3}, "checkpointing": {"epochs": 1}}}
    other = {"baselines": {"backprop": {"epochs": 3}, "checkpointing": {"epochs": 2}}}
    assert setup(record, **tables) == setup(record)
    mirror = dataclasses.replace(record, rule="backprop", engine="mirror")
    assert setup(mirror, **tables) == setup(mirror, **other) != setup(mirror)
    mirror = dataclasses.replace(record, rule="checkpointing", engine="mirror")
    assert setup(mirror, **tables) != setup(mirror, **other)
