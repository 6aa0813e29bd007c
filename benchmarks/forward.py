"""Forward pass: brainlearn against snnTorch, SpikingJelly and Norse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.copies import Copies
from benchmarks.peers import PEERS, Forward
from benchmarks.plain_script import PlainScript
from benchmarks.task import Task
from benchmarks.timing import Measure, in_turns, say, stopwatch

ROUNDS = 25  # 25 x 400 presentations in one Network.run: the size of MNIST's test set
PEER_ROUNDS = 4


def measure_forward(task: Task, repetitions: int) -> dict[str, Any]:
    """Time the forward pass of all engines, everything included that a call needs.

    Returns
    -------
    dict
        For each engine its times and the rates of the hidden areas, or why it is missing.
    """
    say("forward pass")
    simulation, script = Copies(task, "none", {}), PlainScript(task)
    measures: dict[str, Measure] = {
        "brainlearn": lambda: stopwatch(lambda: simulation.run(ROUNDS), ROUNDS * task.copies),
        "brainlearn_plain_script": lambda: stopwatch(lambda: script.run(ROUNDS), ROUNDS * task.copies),
    }
    rates: dict[str, tuple[float, ...]] = {}
    missing: dict[str, str] = {}
    for name, build in PEERS.items():
        try:
            forward = build(task)
            rates[name] = tuple(activity.mean().item() for activity in forward())
        except ImportError as error:
            missing[name] = f"not installed: {error}"
            continue
        measures[name] = _peer(forward, task.copies)
    result: dict[str, Any] = in_turns(measures, repetitions)
    rates["brainlearn"] = simulation.rates()
    for name, values in rates.items():
        result[name]["hidden_rates"] = [round(rate, 4) for rate in values]
    return result | {name: {"missing": why} for name, why in missing.items()}


def _peer(forward: Forward, copies: int) -> Callable[[], float]:
    def rounds() -> None:
        for _ in range(PEER_ROUNDS):
            forward()

    return lambda: stopwatch(rounds, PEER_ROUNDS * copies)
