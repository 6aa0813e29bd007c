from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from brainlearn.results.comparison import (
    MEASURES,
    SAME,
    angles_of,
    brief,
    group_data,
    groups,
    mean_and_sd,
    of_one_mean,
    several_seeds,
    spread,
)
from brainlearn.results.record import RunRecord
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.summary import recorded, summary
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_baseline, make_record, with_seed, write_run


def test_a_run_is_followed_by_its_baselines(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", make_record())
    for name in ("checkpointing", "backprop"):
        write_run(run / "baselines" / name, make_baseline(name))
    (run / "baselines" / "begun").mkdir()
    (run / "baselines" / "notes.txt").touch()
    folder = RunFolder(run)
    assert folder.runs() == [folder, folder.baseline("backprop"), folder.baseline("checkpointing")]
    assert folder.without_result() == [folder.baseline("begun")]


def test_a_run_without_baselines_stands_alone(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", make_record())
    assert RunFolder(run).runs() == [RunFolder(run)]
    assert RunFolder(run).without_result() == []


def test_the_small_part_has_every_measure(record: RunRecord) -> None:
    found = brief(summary(record))
    assert set(MEASURES) | set(SAME) | {"seed", "angles"} <= set(found)
    assert found["epoch_mean_seconds"] == 1.5
    assert found["memory_growth_mb"] == 120.0


def test_the_curve_has_the_epochs_after_which_the_error_was_measured() -> None:
    record = make_record()
    unmeasured = dataclasses.replace(record.epochs[1], validation_error_percent=math.nan)
    found = recorded(
        result_tree(dataclasses.replace(record, epochs=[record.epochs[0], unmeasured, *record.epochs[2:]]))
    )
    measured = [(k, each.validation_error_percent) for k, each in enumerate(record.epochs, start=1) if k != 2]
    assert len(measured) > 1
    assert found["validation_curve"] == measured
    assert found["test_error_percent"] == summary(record)["test_error_percent"]


def test_the_small_part_of_an_older_summary_lacks_what_it_did_not_know(record: RunRecord) -> None:
    found = brief({"rule": "forward_forward", "seed": 1, "epoch_seconds": []})
    assert {key for key, value in found.items() if value is not None} == {"rule", "seed"}


def test_runs_that_differ_in_their_seed_only_belong_together() -> None:
    first, second = summary(make_record()), summary(with_seed(make_record(), 8))
    baseline = summary(make_baseline())
    together, alone = groups([first, baseline, second])
    assert together == [first, second]
    assert alone == [baseline]
    assert several_seeds(together)
    assert not several_seeds(alone)


def test_the_same_seed_twice_is_no_spread() -> None:
    run = summary(make_record())
    assert not several_seeds([run, run])
    assert of_one_mean([run, run]) == [[run], [run]]
    assert group_data([run, run]) == []


def test_mean_and_standard_deviation_are_those_of_what_was_measured() -> None:
    assert spread([1.0, None, 3.0]) == (2.0, pytest.approx(2**0.5))
    assert spread([4.0, None]) == (4.0, 0.0)
    assert spread([None]) is None
    assert mean_and_sd([1.0, 3.0], "{:.2f}") == "2.00 ± 1.41"
    assert mean_and_sd([1.0], "{:.2f}") == "1.00"
    assert mean_and_sd([None], "{:.2f}") == "–"


def test_groups_are_summed_up_as_data() -> None:
    runs = [brief(summary(with_seed(make_record(), seed))) for seed in (7, 8)]
    (found,) = group_data([*runs, brief(summary(make_baseline()))])
    assert found["seeds"] == [7, 8]
    assert found["mean"]["train_seconds"] == 5.25
    assert found["sd"]["train_seconds"] == pytest.approx(0.5**0.5)
    assert found["mean"]["test_error_percent"] == 25.0


def test_angles_are_gathered_by_projection_and_loss() -> None:
    runs = [brief(summary(with_seed(make_record(), seed))) for seed in (7, 8)]
    found = angles_of([*runs, brief(summary(make_baseline()))])
    assert found["retina/image->V1/E", "contrast"] == [60.0, 59.0]
    assert found["V1/E->V2/E", "contrast"] == [None, None]
