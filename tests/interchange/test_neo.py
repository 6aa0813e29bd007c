"""Recorded spikes go to Neo and come back from its files, spike for spike."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from brainlearn.cli import main
from brainlearn.results.store import load_result
from tests.results.small_run import make_record, write_run

INSTALL = 'no Neo here: pip install ".[interchange]"'


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", make_record())


def read(path: Path) -> Any:
    pytest.importorskip("nixio", reason=INSTALL)
    from neo.io import NixIO

    with NixIO(str(path), mode="ro") as file:
        return file.read_block()


def test_every_spike_comes_back_with_its_unit_and_time(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("neo", reason=INSTALL)
    assert main(["export", str(run), "--format", "neo"]) == 0
    assert "spikes.nix (2 presentations, 3 spike trains)" in capsys.readouterr().out
    block, recorded = read(run / "spikes.nix"), load_result(run)["spikes"]["V1.E"]
    found = [
        (segment.annotations["presentation"], train.annotations["unit"], float(time))
        for segment in block.segments
        for train in segment.spiketrains
        for time in train.rescale("ms").magnitude
    ]
    presentation = np.repeat(np.arange(2), recorded["row_size"])
    spikes = zip(presentation, recorded["spike_unit"].values, recorded["spike_time"].values, strict=True)
    assert sorted(found) == sorted((int(k), int(unit), float(time)) for k, unit, time in spikes)


def test_labels_phases_and_populations_are_said(run: Path) -> None:
    pytest.importorskip("neo", reason=INSTALL)
    assert main(["export", str(run), "--format", "neo", "--output", str(run / "a.nix")]) == 0
    block = read(run / "a.nix")
    assert (block.name, block.annotations["seed"]) == ("01_small", 7)
    assert [(s.annotations["true_label"], s.annotations["shown_label"]) for s in block.segments] == [(1, 1), (1, 2)]
    epoch = block.segments[1].epochs[0]
    assert (list(epoch.labels), epoch.durations.rescale("ms").magnitude.tolist()) == (["free", "nudged"], [3.0, 3.0])
    group = block.groups[0]
    assert (group.name, group.annotations["size"], len(group.spiketrains)) == ("V1/E", 4, 3)
    train = block.segments[1].spiketrains[0]
    assert (train.name, train.annotations["population"], float(train.t_stop)) == ("V1/E 1", "V1/E", 6.0)


def test_a_run_without_spikes_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("neo", reason=INSTALL)
    record = make_record()
    record.spikes = {}
    run = write_run(tmp_path / "run", record)
    assert main(["export", str(run), "--format", "neo"]) == 2
    assert "run: no spikes were recorded" in capsys.readouterr().err
    assert not (run / "spikes.nix").exists()


def test_a_disk_without_room_is_named(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("neo", reason=INSTALL)
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1000))
    assert main(["export", str(run), "--format", "neo"]) == 2
    assert "spikes.nix: not enough space; found 0.0 MB; allowed: 1 MB for 3 spike trains" in capsys.readouterr().err
    assert not (run / "spikes.nix").exists()


def test_what_is_not_installed_is_named(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["export", str(run), "--format", "neo"]) == 2
    said = capsys.readouterr().err
    assert "neo: the package is not installed. Install it: pip install neo" in said
    assert "nixio: the package is not installed" in said
