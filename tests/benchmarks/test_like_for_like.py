"""The engines that the benchmark compares do the same work."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.checkpoints import MINUTES, Clock
from benchmarks.copies import Copies
from benchmarks.learning import CONSTANTS
from benchmarks.memory_over_steps import measure_memory_over_steps, megabytes_per_step, table
from benchmarks.mirror import mirror_over_fastest_peer
from benchmarks.plain_script import PlainScript
from benchmarks.run import PARTS, merged, ratios, report, write
from benchmarks.stock import Stock
from benchmarks.task import HIDDEN_RATE, Task, fire, make_task
from brainlearn.running.checkpoints import Checkpoints

LARGER_STEP = CONSTANTS | {"size": 0.01}
ENGINES = ("copies", "stock_numpy", "stock_cython")


@pytest.fixture(scope="module")
def task() -> Task:
    return make_task((30, 20, 10), copies=1, steps=40)


def test_hidden_areas_fire_at_the_asked_rate() -> None:
    task = make_task((50, 40, 30), copies=20, steps=30)
    first = fire(task.spikes.astype(np.float32) @ task.weights[0])
    second = fire(first.astype(np.float32) @ task.weights[1])
    assert first.mean() == pytest.approx(HIDDEN_RATE, abs=0.005)
    assert second.mean() == pytest.approx(HIDDEN_RATE, abs=0.005)


@pytest.mark.parametrize(("rule", "presentations"), [("forward_forward", 2), ("pair_stdp", 1)])
def test_stock_brian_and_copies_learn_the_same(task: Task, rule: str, presentations: int) -> None:
    """Stock Brian2 applies Forward-Forward in the first step of the next presentation: hence two."""
    copies, stock = Copies(task, rule, LARGER_STEP), Stock(task, rule, LARGER_STEP, "numpy")
    copies.run(1)
    stock.run(presentations)
    for projection, before in enumerate(task.weights):
        change = copies.weights(projection) - before
        assert np.abs(change).max() > 1e-5
        np.testing.assert_allclose(stock.weights(projection) - before, change, atol=1e-6)


def test_copies_fire_as_the_task_says() -> None:
    task = make_task((30, 20, 10), copies=3, steps=25)
    copies = Copies(task, "none", {})
    copies.run(1)
    first = fire(task.spikes.astype(np.float32) @ task.weights[0])
    second = fire(first.astype(np.float32) @ task.weights[1])
    assert copies.rates() == pytest.approx((first.mean(), second.mean()), abs=1e-6)


def test_plain_script_runs_several_rounds_in_one_run(task: Task) -> None:
    script = PlainScript(task)
    script.run(2)
    assert float(script.network.t) == pytest.approx(2 * task.steps * 1e-3)


def test_missing_peers_and_compiler_are_said_not_invented() -> None:
    forward = {"brainlearn": {"median_ms": 0.2, "least_ms": 0.2}, "norse": {"missing": "not installed"}}
    engines = {
        "copies": {"median_ms": 0.2, "least_ms": 0.2},
        "stock_numpy": {"median_ms": 20.0, "least_ms": 19.0},
    }
    engines["stock_cython"] = {"missing": "no working C++ compiler"}  # type: ignore[dict-item]
    forward |= {"snntorch": {"missing": "x"}, "spikingjelly": {"missing": "x"}}  # type: ignore[dict-item]
    found = ratios(forward, {"forward_forward": engines, "pair_stdp": engines})
    assert found["copies_over_stock_brian2"] == 100
    assert found["copies_over_stock_brian2_compiled"] is None
    assert found["copies_over_fastest_peer"] is None
    memory = {
        "copies": 400,
        "before_mb": 1.0,
        "presentations_before": 1,
        "after_mb": 1.0,
        "presentations_after": 2,
    }
    shares: dict[str, dict[str, float]] = {}
    mirror = {"mirror": {"median_ms": 0.5, "least_ms": 0.5}, "norse": {"missing": "not installed: norse"}}
    assert mirror_over_fastest_peer(mirror) is None
    text = report(
        {
            **found,
            "forward": forward,
            "learning": {"r": engines},
            "shares": shares,
            "mirror": {"copies": 100, "steps": 12, "engines": mirror},
            "memory": memory,
            "memory_over_steps": MEMORY,
            "checkpoints": CHECKPOINTS,
        }
    )
    assert "not installed: norse" in text
    assert "not installed" in text
    assert "no working C++ compiler" in text


def test_the_mirror_is_compared_with_the_fastest_peer() -> None:
    times = {"mirror": {"median_ms": 0.6}, "snntorch": {"median_ms": 0.5}, "norse": {"median_ms": 0.8}}
    assert mirror_over_fastest_peer(times) == 1.2


MEMORY = {
    "steps": [15, 115],
    "copies": 100,
    "temporal_difference": {"peak_mb": [300.0, 300.0]},
    "backprop_through_time": {"peak_mb": [400.0, 650.0]},
    "checkpointing": {"peak_mb": [400.0, 420.0]},
}


CHECKPOINTS = {
    "epochs": 2,
    "data": "noise",
    **{name: {"median_percent": 0.4, "all_percent": [0.3, 0.5], "written": 2, "megabytes": 8.0} for name in MINUTES},
}


def test_growth_is_told_per_step() -> None:
    assert megabytes_per_step(MEMORY, "backprop_through_time") == 2.5
    assert megabytes_per_step(MEMORY, "temporal_difference") == 0.0
    assert "     400     650          2.50" in "\n".join(table(MEMORY))


def test_the_clock_of_checkpoints_runs_only_while_training_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    clock = Clock(Path(), None, 0)  # type: ignore[arg-type]

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(Checkpoints, "epoch_over", lambda self: (pass_by(1.0), self.before_answers()))
    monkeypatch.setattr(Checkpoints, "before_answers", lambda self: pass_by(2.0))
    clock.begin()
    for seconds in (50.0, 100.0):
        pass_by(seconds)
        clock.before_answers()
        clock.epoch_over()
    assert clock.epoch_seconds() == [50.0, 100.0]
    assert clock.percent() == [10.0, 5.0]


@pytest.mark.slow
def test_memory_of_temporal_differences_does_not_grow_with_the_steps() -> None:
    memory = measure_memory_over_steps((15, 120))
    assert megabytes_per_step(memory, "temporal_difference") < 0.1
    assert megabytes_per_step(memory, "backprop_through_time") > 0.3


def test_parts_that_are_not_measured_again_stay_with_their_date() -> None:
    times = {"median_ms": 2.0}
    whole = {
        "learning": {"forward_forward": dict.fromkeys(ENGINES, times), "pair_stdp": dict.fromkeys(ENGINES, times)},
        "forward": dict.fromkeys(("brainlearn", "snntorch", "spikingjelly", "norse"), times),
        "mirror": {"engines": {"mirror": times, "norse": times}},
        "engines": {"forward_forward": {"copies": {"median_ms": 1.6}, "mirror": times}},
    }
    dates, versions = dict.fromkeys(PARTS, "2026-01-01"), {"norse": "1.1.0", "torch": "2.8"}
    before = dict.fromkeys(PARTS, "old") | whole | {"dates": dates, "versions": versions, "processor": "old one"}
    again = {
        "mirror": {"engines": {"mirror": times, "norse": {"median_ms": 4.0}}},
        "dates": {"mirror": "2026-02-02"},
        "processors": {"mirror": "new one"},
        "versions": {"norse": "missing", "torch": "2.13"},
    }
    result = merged(before, again)
    assert (result["mirror_over_fastest_peer"], result["copies_over_fastest_peer"]) == (0.5, 1.0)
    assert result["mirror_over_copies"] == {"forward_forward": 1.25}
    assert (result["memory"], result["dates"]["memory"]) == ("old", "2026-01-01")
    assert result["dates"]["mirror"] == "2026-02-02"
    assert (result["processors"]["mirror"], result["processors"]["memory"]) == ("new one", "old one")
    assert result["versions"] == {"norse": "1.1.0", "torch": "2.13"}


def test_result_file_is_written_whole(tmp_path) -> None:
    write({"a": 1}, tmp_path / "latest.json")
    assert json.loads((tmp_path / "latest.json").read_text()) == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["latest.json"]
