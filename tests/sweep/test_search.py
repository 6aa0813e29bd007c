"""Trials are proposed once and computed once, however often a search is stopped, as many for every arm."""

from __future__ import annotations

import contextlib
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from distributed import Client
from xarray import Dataset

from brainlearn.cli.search_table import failed_trials
from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.plots.search import search_figure
from brainlearn.sweep import run as sweeping
from brainlearn.sweep.any_kind import is_search, load_any
from brainlearn.sweep.point import Point
from brainlearn.sweep.search import run as searching
from brainlearn.sweep.search.loading import Search
from brainlearn.sweep.search.run import run_search
from brainlearn.sweep.search.study import ArmStudy, open_storage
from brainlearn.sweep.store import load_sweep_result
from tests.sweep.conftest import Files
from tests.sweep.small_search import COMPUTED, TWO_ARMS, VALIDATED_ALONE, StopsAfter, compute, threads

SEEDS = "final_seeds = [1, 2]\n"


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    for module in (searching, sweeping):
        monkeypatch.setattr(module, "compute_point", compute)
    COMPUTED.clear()
    return COMPUTED


@pytest.fixture(scope="module")
def one():
    with threads() as client:
        yield client


kept = contextlib.nullcontext  # a client that is used again after the block


def read(sweep_file: Files, text: str = TWO_ARMS) -> Search:
    found = load_any(sweep_file(VALIDATED_ALONE + text))
    assert isinstance(found, Search)
    return found


def values(dataset: Dataset) -> dict[str, list]:
    """Return errors and settings of all trials, 0 where an arm does not search one."""
    names = ("validation_error", "rule_updates_0_size", "baselines_backprop_through_time_step_size")
    return {name: np.nan_to_num(dataset[name].values).tolist() for name in names}


def test_every_arm_gets_its_trials_and_the_best_are_written(
    sweep_file: Files, tmp_path: Path, computed: list[Point], one: Client
) -> None:
    watcher = StopsAfter(-1)
    dataset = run_search(read(sweep_file), tmp_path / "out", kept(one), watcher=watcher)
    assert is_search(dataset)
    assert dataset["validation_error"].dims == ("arm", "trial")
    assert dataset["validation_error"].shape == (2, 4)
    assert len(watcher.done) == len(computed) == 8
    assert watcher.done[0].found.startswith("validation error ")
    assert load_sweep_result(tmp_path / "out").equals(dataset)

    sizes = dataset["rule_updates_0_size"].sel(arm="rule").values
    assert ((sizes >= 1e-3) & (sizes <= 1e-1)).all()
    assert set(dataset["training_copies"].sel(arm="rule").values) <= {100, 200, 300, 400}
    assert np.isnan(dataset["rule_updates_0_size"].sel(arm="backprop")).all()
    assert dataset["rule_updates_0_size"].attrs["key"] == "rule.updates[0].size"
    copies = dataset["training_copies"].sel(arm="rule").values
    error = 100 * abs(sizes - 0.01) + copies / 1e4
    done = dataset["state"].sel(arm="rule").values == "complete"
    assert dataset["validation_error"].sel(arm="rule").values[done] == pytest.approx(error[done])
    assert (error[~done] > 8).all()

    best = int(dataset["best"].sel(arm="rule"))
    assert best == int(np.nanargmin(dataset["validation_error"].sel(arm="rule")))
    ready = load_experiment(tmp_path / "out" / "arms" / "rule" / "best.toml")
    assert ready.settings.rule.updates[0].model_extra == {"size": sizes[best]}
    assert ready.settings.training.copies == copies[best]
    assert ready.settings.readout.test
    assert search_figure(dataset).axes
    assert "test_error" not in dataset


def test_no_trial_is_tested_and_only_the_best_settings_are(
    sweep_file: Files, tmp_path: Path, computed: list[Point], one: Client
) -> None:
    text = TWO_ARMS.replace("seed = 3\n", f"seed = 3\n{SEEDS}")
    dataset = run_search(read(sweep_file, text), tmp_path / "out", kept(one))
    settings = [tomllib.loads(point.experiment) for point in computed]
    assert [each["readout"]["test"] for each in settings[:8]] == [False] * 8
    assert {each["seed"] for each in settings[:8]} == {5}
    assert sorted(each["seed"] for each in settings[8:]) == [1, 1, 2, 2]
    assert not any("test" in each.get("readout", {}) for each in settings[8:])
    assert dataset["test_error"].dims == ("arm", "seed")
    least = float(dataset["validation_error"].sel(arm="backprop").min())
    assert dataset["test_error"].sel(arm="backprop").values == pytest.approx([least] * 2)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_search_goes_on_with_the_same_trials(
    sweep_file: Files, tmp_path: Path, computed: list[Point], workers: int
) -> None:
    search = read(sweep_file)
    with threads(workers) as client:
        with pytest.raises(KeyboardInterrupt):
            run_search(search, tmp_path / "out", kept(client), watcher=StopsAfter(3))
        watcher = StopsAfter(-1)
        dataset = run_search(search, tmp_path / "out", kept(client), watcher=watcher)
    assert dataset.sizes["trial"] == 4
    assert watcher.began == [(3, 8)]
    assert len(watcher.done) == 5
    assert set(dataset["state"].values.ravel()) <= {"complete", "failed"}
    done = Counter(point.name for point in computed)
    there = [name for name in done if (tmp_path / "out" / "points" / name).exists()]
    assert len(there) == int((dataset["state"] == "complete").sum())
    with threads(1) as client:
        whole = run_search(search, tmp_path / "whole", kept(client))
    assert max(done[name] for name in there) == 1  # none was computed twice
    if workers == 1:
        assert values(dataset) == values(whole)


def test_a_search_that_is_there_computes_nothing_and_a_longer_one_the_rest(
    sweep_file: Files, tmp_path: Path, computed: list[Point], one: Client
) -> None:
    first = run_search(read(sweep_file), tmp_path / "out", kept(one))
    assert len(computed) == 8
    again = run_search(read(sweep_file), tmp_path / "out", kept(one))
    assert len(computed) == 8
    assert values(again) == values(first)
    longer = run_search(read(sweep_file, TWO_ARMS.replace("trials = 4", "trials = 5")), tmp_path / "out", kept(one))
    assert len(computed) == 10
    assert values(longer.isel(trial=slice(4))) == values(first)


def test_another_space_is_another_search(sweep_file: Files, tmp_path: Path, computed: list[Point], one: Client) -> None:
    run_search(read(sweep_file), tmp_path / "out", kept(one))
    with pytest.raises(UserError, match='the arm "rule" was another one when this search began'):
        run_search(
            read(sweep_file, TWO_ARMS.replace("high = 400", "high = 300")),
            tmp_path / "out",
            kept(one),
        )


def test_failed_trials_say_why_and_count(sweep_file: Files, tmp_path: Path, computed: list[Point], one: Client) -> None:
    hot = TWO_ARMS.replace("low = 1e-3, high = 1e-1", "low = 0.2, high = 0.3")
    dataset = run_search(read(sweep_file, hot), tmp_path / "out", kept(one))
    assert (dataset["state"] == "failed").all()
    assert (dataset["best"] == -1).all()
    assert len(computed) == 8
    assert next(failed_trials(dataset)) == "rule, trial 0: too hot"
    assert dataset.attrs["points_without_result"] == 8
    assert search_figure(dataset).axes


def test_values_that_do_not_go_together_are_a_failed_trial(
    sweep_file: Files, tmp_path: Path, computed: list[Point], one: Client
) -> None:
    text = (
        '[search]\ntrials = 4\nsampler = "grid"\n[search.space]\n'
        '"phases[0].duration" = { choices = ["3 ms", "2 ms"] }\n'
        '"phases[0].answer" = { choices = [false, ["1 ms", "3 ms"]] }'
    )
    dataset = run_search(read(sweep_file, text), tmp_path / "out", kept(one))
    failed = dataset.where(dataset["state"] == "failed", drop=True)
    assert failed["phases_0_duration"].values.ravel().tolist() == [2]
    assert failed["phases_0_answer"].values.ravel().tolist() == ['["1 ms", "3 ms"]']
    assert "phases[0].answer" in str(failed["message"].values.ravel()[0])
    assert len(computed) == 3


# ---- proposals -----------------------------------------------------------------------------------------------------


def proposed(search: Search, folder: Path, count: int, killed_at: tuple[int, ...] = ()) -> list:
    """Propose trials and tell their errors; some as after a kill."""
    folder.mkdir()
    study, found = ArmStudy(open_storage(folder), search, search.arms[0], folder), []
    for number in range(count):
        trial = study.ask()
        assert trial.number == number
        if number in killed_at:  # a kill between a proposal and its outcome
            study = ArmStudy(open_storage(folder), search, search.arms[0], folder)
            (again,) = study.left_over()
            assert (again.number, again.changes) == (trial.number, trial.changes)
        study.tell(number, 100 * abs(trial.changes["rule.updates[0].size"] - 0.01), "")
        found.append(trial.changes)
    assert len(study.trials()) == count
    return found


@pytest.mark.parametrize(
    ("sampler", "trials", "kills"),
    [("tpe", 12, (3, 11)), ("random", 6, (1, 5))],  # the first ten of tpe are random
)
def test_kills_change_no_proposal(
    sweep_file: Files, tmp_path: Path, sampler: str, trials: int, kills: tuple[int, ...]
) -> None:
    search = read(sweep_file, TWO_ARMS.replace("[search]", f'[search]\nsampler = "{sampler}"', 1))
    whole = proposed(search, tmp_path / "whole", trials)
    assert proposed(search, tmp_path / "killed", trials, killed_at=kills) == whole
    sizes = [each["rule.updates[0].size"] for each in whole]
    assert len(set(sizes)) == trials
    assert all(1e-3 <= size <= 1e-1 for size in sizes)


def test_a_grid_tries_every_combination_once(sweep_file: Files, tmp_path: Path) -> None:
    text = (
        '[search]\ntrials = 6\nsampler = "grid"\n[search.space]\n'
        '"rule.updates[0].size" = { choices = [0.01, 0.02] }\n"training.copies" = { low = 200, high = 400, step = 100 }'
    )
    found = proposed(read(sweep_file, text), tmp_path / "grid", 6, killed_at=(2,))
    pairs = {(each["rule.updates[0].size"], each["training.copies"]) for each in found}
    assert pairs == {(size, copies) for size in (0.01, 0.02) for copies in (200, 300, 400)}


def test_quantities_and_tables_may_be_searched(sweep_file: Files, tmp_path: Path) -> None:
    text = (
        '[search]\ntrials = 5\nsampler = "random"\n[search.space]\n'
        '"phases[0].duration" = { low = 3, high = 6, unit = "ms" }\n'
        '"rule.updates" = { choices = [[{ name = "adam", size = 0.01 }], [{ name = "step", size = 0.1 }]] }'
    )
    search = read(sweep_file, text)
    (tmp_path / "a").mkdir()
    study = ArmStudy(open_storage(tmp_path / "a"), search, search.arms[0], tmp_path / "a")
    found = [study.ask().changes for _ in range(8)]
    assert {each["phases[0].duration"] for each in found} <= {"3 ms", "4 ms", "5 ms", "6 ms"}
    assert {each["rule.updates"][0]["name"] for each in found} == {"adam", "step"}


def test_a_damaged_file_of_trials_is_named(tmp_path: Path) -> None:
    (tmp_path / "search.db").write_text("no database at all, for certain")
    with pytest.raises(UserError, match="cannot be read as trials of a search"):
        open_storage(tmp_path)
