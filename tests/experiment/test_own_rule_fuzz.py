"""Whatever is written as a rule, reading ends in mistakes or in a rule that learns."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import BrianLogger

from brainlearn import load_experiment
from brainlearn.brian.presenter import Round
from brainlearn.training.rule_learner import build_simulation
from tests.experiment.test_wrong_rules import edited, write
from tests.refusals import refused
from tests.time_limit import within

NAMES = (
    "activity", "activity_before", "recent", "gain", "polarity", "goodness", "surprise", "modulator", "usual",
    "threshold", "width", "v", "current", "nudge_strength", "0.5", "2", "tau_trace", "threshold_v", "w",
)  # fmt: skip
FUNCTIONS = ("exp", "abs", "int", "sign", "tanh", "sqrt", "floor")
WHEN = ("phase_end", "step", "transmission", "pre_spike", "post_spike")


def expression(rng: random.Random, depth: int = 0) -> str:
    """Return arithmetic on names of rules, right or wrong."""
    kind = rng.random()
    if depth > 2 or kind < 0.4:
        return rng.choice(NAMES)
    one, two = expression(rng, depth + 1), expression(rng, depth + 1)
    if kind < 0.75:
        return f"{one}{rng.choice('+-*/')}{two}"
    return f"{rng.choice(FUNCTIONS)}({one})" if kind < 0.9 else f"({one} > {two})"


def edits(rng: random.Random) -> dict[str, Any]:
    """Return one or two changes of a rule that is right."""
    text = expression(rng)
    choices: tuple[dict[str, Any], ...] = (
        {"changes.1": {"pre": expression(rng), "post": text, "when": rng.choice(WHEN)}},
        {"broadcasts.goodness": text},
        {"modulators.modulator": f"surprise*{text}"},
        {"memories.0.of": text},
        {"memories.0.where": f"{text} > 0"},
        {"traces.0.graded": f"drecent/dt = ({text} - recent)/tau_trace : 1"},
    )
    return rng.choice(choices) | rng.choice(({}, {"projections": ["V1/E->V2/E"]}))


def show(path: Path) -> None:
    """Let the rule learn from two rounds."""
    simulation = build_simulation(load_experiment(path, {"training.copies": 30}))
    copies = simulation.copies
    shown = {name: np.ones((copies, simulation.populations[name].population.size)) for name in ("retina/image",)}
    simulation.present(iter([Round(shown, np.resize([1.0, -1.0, 0.0], copies))] * 2), 2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # divisions by 0 are the rule's own
def test_a_rule_is_refused_or_learns(tmp_path: Path) -> None:
    BrianLogger.suppress_name("invalid_values")
    learnt = 0
    for seed in range(60):
        path = write(tmp_path, edited(edits(random.Random(seed))))
        with within(30, seed):
            if not refused(lambda path=path: load_experiment(path)):  # type: ignore[misc]
                show(path)
                learnt += 1
    assert 5 < learnt < 55
