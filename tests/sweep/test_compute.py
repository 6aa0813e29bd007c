"""A point is run once, goes on where a killed worker left it, and says in one line why it failed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from brainlearn.experiment import load_experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.folder_lock import LOCK
from brainlearn.results.record import EpochRecord
from brainlearn.results.store import load_result
from brainlearn.running import Interrupted, run_to_folder
from brainlearn.sweep.compute import compute_point, reason
from brainlearn.sweep.loading import load_sweep
from brainlearn.sweep.point import folder_of, new_part, parts_of
from brainlearn.training.progress import Silent
from tests.sweep.conftest import Files


class StopsAfterTwoEpochs(Silent):
    """Ends a run as Ctrl-C does."""

    def epoch_done(self, record: EpochRecord, epochs: int) -> None:
        if record.epoch == 2:
            raise KeyboardInterrupt


SAVED_OFTEN = 'seeds = [1]\nset = { "training.epochs" = 2, "training.save_minutes" = 1e-6, "training.copies" = 300 }'


def notes(run: Path) -> list[str]:
    found: list[str] = json.loads((run / "summary.json").read_text(encoding="utf-8"))["notes"]
    return found


@pytest.mark.slow
def test_a_point_goes_on_where_its_worker_died(sweep_file: Files, tmp_path: Path) -> None:
    (point,) = load_sweep(sweep_file(SAVED_OFTEN)).points
    for name in ("killed", "whole"):
        (tmp_path / name / "points").mkdir(parents=True)
    (tmp_path / "circuit.toml").write_text(point.circuit, encoding="utf-8")
    (tmp_path / "point.toml").write_text(point.experiment, encoding="utf-8")
    left = new_part(tmp_path / "killed", point)
    with pytest.raises(Interrupted):
        run_to_folder(load_experiment(tmp_path / "point.toml"), left, watcher=StopsAfterTwoEpochs())
    (left / LOCK).write_text('{"process": 1, "host": "another machine"}', encoding="utf-8")

    assert compute_point(point, str(tmp_path / "killed"), None) == ""
    assert compute_point(point, str(tmp_path / "whole"), None) == ""
    killed, whole = (folder_of(tmp_path / name, point) for name in ("killed", "whole"))
    assert notes(killed)[0].startswith("resumed after epoch")
    assert notes(killed)[1:] == notes(whole)
    one, other = load_result(killed), load_result(whole)
    for projection, weights in one["weights"].children.items():
        assert np.array_equal(weights["final"], other["weights"].children[projection]["final"])
    assert np.array_equal(one["test"]["prediction"], other["test"]["prediction"])
    assert parts_of(tmp_path / "killed", point) == [left]
    assert parts_of(tmp_path / "whole", point) == []


def test_what_is_left_and_damaged_is_begun_anew(sweep_file: Files, tmp_path: Path) -> None:
    (point,) = load_sweep(sweep_file("seeds = [1]")).points
    (new_part(tmp_path, point) / "checkpoints").mkdir(parents=True)
    assert compute_point(point, str(tmp_path), None) == ""
    assert not any("resumed" in note for note in notes(folder_of(tmp_path, point)))


def test_reasons_stand_on_one_line() -> None:
    assert reason(UserError(Mistake("a", "b"), Mistake("c", "d"))) == "a: b c: d"
    assert reason(ValueError("two\nlines")) == "ValueError: two lines"
    assert reason(MemoryError()) == "MemoryError"
