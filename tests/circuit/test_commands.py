"""The commands check, describe and list, called as functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.cli.check import check
from brainlearn.cli.describe import describe
from brainlearn.cli.list_models import Kind, list_models
from brainlearn.mistakes import UserError
from brainlearn.neurons import NEURONS
from brainlearn.rules import RULES
from brainlearn.stimuli import DATASETS
from brainlearn.synapses import SYNAPSES
from pages.circuits import EXAMPLE


def test_check_names_the_mistakes_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, missing = (tmp_path / name for name in ("good.toml", "bad.toml", "missing.toml"))
    good.write_text(EXAMPLE, encoding="utf-8")
    bad.write_text(EXAMPLE.replace("level = 1", "level = -1").replace("v = rest", "v = res"), encoding="utf-8")
    with pytest.raises(UserError) as error:
        check([good, bad, missing])
    assert capsys.readouterr().out == f"{good}: no mistakes\n"
    assert [mistake.where for mistake in error.value.mistakes] == [
        f"{bad}: areas[1].level",
        f"{bad}: neurons.fast.reset",
        f"{missing}",
    ]


def test_check_passes_every_shipped_circuit(shipped: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    check(shipped)
    assert capsys.readouterr().out.count("no mistakes") == len(shipped)


def test_describe_counts_and_draws(tmp_path: Path, shipped: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    svg, png = tmp_path / "x.svg", tmp_path / "x.png"
    describe(next(path for path in shipped if path.stem == "two_areas"), [svg, png])
    out = capsys.readouterr().out
    assert "3 areas, 4 populations, 3 projections, 474 units, 54,800 synapses, time step 1 ms" in out
    assert "retina/label->V1/E" in out
    assert svg.read_text().startswith("<?xml")
    assert png.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("kind", "table"),
    [(Kind.RULES, RULES), (Kind.NEURONS, NEURONS), (Kind.SYNAPSES, SYNAPSES), (Kind.DATASETS, DATASETS)],
)
def test_list_has_one_line_for_each_entry(
    kind: Kind, table: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    list_models(kind)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(table)
