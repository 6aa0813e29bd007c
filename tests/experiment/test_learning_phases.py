"""Phases in which some projections learn, and rules that compare two nudges."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError
from brainlearn.running.conduct import run_record
from brainlearn.tasks.answers import error_percent
from brainlearn.training.progress import Silent

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
EQUILIBRIUM = EXPERIMENTS / "06_equilibrium_propagation_mnist" / "experiment.toml"
PREDICTIVE = EXPERIMENTS / "12_predictive_coding_digits" / "experiment.toml"
DIGITS = {"dataset.name": "digits", "dataset.validation": 100, "sizes": {}, "training.copies": 50}
STRONG = [
    {"name": "free", "duration": "16 ms", "learn": False, "remember": True, "answer": True},
    {"name": "nudged", "duration": "8 ms", "reset": False, "nudge": 1.0},
]
FAST = {"rule.updates": [{"name": "adam", "size": 3e-3}], "training.epochs": 10}


def learns(names: object) -> list[dict[str, object]]:
    taught = {"reset": False, "nudge": 1.0}
    return [
        {"name": "free", "duration": "5 ms", "learn": False, "answer": True},
        {"name": "taught", "duration": "3 ms", "learn": False, "remember": True, **taught},
        {"name": "learning", "duration": "1 ms", "learn": names, **taught},
    ]


@pytest.mark.parametrize(
    ("names", "place", "text"),
    [
        (["V1/E->V3/E"], "phases[2].learn[0]", 'no projection that learns "V1/E->V3/E"'),
        (["V1/E->V2/E", "V2/E->V1/E"], "phases[2].learn[1]", 'no projection that learns "V2/E->V1/E"'),
        ([], "phases", "the rule applies in no phase"),
        (3, "phases[2].learn", "found 3"),
    ],
)
def test_a_phase_names_projections_that_learn(names, place, text):
    with pytest.raises(UserError) as raised:
        load_experiment(PREDICTIVE, {"phases": learns(names)})
    told = [str(mistake) for mistake in raised.value.mistakes]
    assert len(told) == (2 if names == 3 else 1)  # neither true or false nor a list
    assert all(f"{place}: " in each and text in each for each in told)


def test_only_the_projections_that_a_phase_names_change():
    changes = {"phases": learns(["V2/E->IT/class"]), "training.samples": 200, "training.epochs": 1}
    record = run_record(load_experiment(PREDICTIVE, changes), None, Silent())
    changed = {name for name, weights in record.weights.items() if (weights.final != weights.initial).any()}
    assert changed == {"V2/E->IT/class"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "changes", "most"),
    [(EQUILIBRIUM, DIGITS | FAST | {"phases": STRONG}, 5.0), (PREDICTIVE, FAST, 5.0)],
    ids=["equilibrium_propagation", "predictive_coding"],
)
def test_digits_are_learned(path, changes, most):
    record = run_record(load_experiment(path, changes), None, Silent())
    assert record.test is not None
    assert error_percent(record.test.prediction, record.test.label) < most  # chance is 90
