"""What does not fit data over time, or values as targets, is named before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import Dataset
from brainlearn.experiment import Experiment, load_experiment
from brainlearn.mistakes import UserError
from brainlearn.running.preparation import check_fit

SHIPPED = Path(__file__).parents[2] / "experiments" / "28_randman" / "experiment.toml"
SHOW = {"name": "show", "duration": "100 ms", "nudge": 1.0, "answer": True}
CURVES = {
    "dataset": {"name": "pattern_generation"},
    "sizes": {"periphery/spikes": 100, "IT/class": 3},
    "phases": [{**SHOW, "duration": "1 s"}],
}


def load(**changes: Any) -> Experiment:
    return load_experiment(SHIPPED, {key.replace("__", "."): value for key, value in changes.items()})


MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    # changes of experiment 28, the key that is named, a part of what is said
    "half a step": ({"stimulus__frame": "0.5 ms"}, "stimulus.frame", "does not fit the time step; found 0.5 ms"),
    "too short": (
        {"phases": [{**SHOW, "duration": "99 ms"}]},
        "phases",
        'shorter than the 100 frames of dataset "randman", of 1 ms each; found 99 ms with stimuli and without a reset; '
        "allowed: 100 ms or more",
    ),
    "a reset between": (
        {"phases": [{**SHOW, "duration": "60 ms"}, {**SHOW, "name": "more", "duration": "60 ms"}]},
        "phases",
        "found 60 ms with stimuli and without a reset",
    ),
    "a blank phase does not count": (
        {"phases": [{**SHOW, "duration": "60 ms"}, {**SHOW, "name": "more", "reset": False, "show": False}]},
        "phases",
        "found 60 ms",
    ),
    "long frames": ({"stimulus__frame": "2 ms"}, "phases", "of 2 ms each; found 100 ms … allowed: 200 ms or more"),
    "shifted": ({"stimulus__shift": 1, "sizes": {"periphery/spikes": [4, 5]}}, "stimulus.shift", "frames cannot be"),
    "graded twin": ({"baselines": {"backprop": {}}}, "baselines.backprop", "cannot be trained on time-varying data"),
    "other steps": (
        {"baselines__backprop_through_time__time_steps": 5},
        "baselines.backprop_through_time.time_steps",
        "for the duration of the phases; found 5",
    ),
    "a rate of spikes": ({"stimulus__encoding": "poisson"}, "stimulus.encoding", 'found "poisson"; allowed: spikes'),
    "an answer outside": (
        {"phases": [{**SHOW, "answer": ["90 ms", "101 ms"]}]},
        "phases[0].answer",
        'not an interval of the phase "show"',
    ),
    "values without an answer": (
        {**CURVES, "phases": [{"name": "show", "duration": "1 s", "nudge": 1.0}]},
        "phases",
        "no phase selects the steps at which outputs are compared with their targets",
    ),
    "values with a strength": (
        {**CURVES, "target__strength": 0.5},
        "target.strength",
        "continuous targets need no strength",
    ),
    "values as classes": (
        {**CURVES, "baselines__backprop_through_time__loss": "cross_entropy"},
        "baselines.backprop_through_time.loss",
        "continuous targets are not classes",
    ),
    "as many outputs as values": (
        {**CURVES, "sizes": {"periphery/spikes": 100}},
        "target.population",
        "found IT/class has 10 units; allowed: 3 units, one for each of the values",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_what_does_not_fit_is_named(case: str) -> None:
    changes, key, said = MISTAKES[case]
    with pytest.raises(UserError) as raised:
        load(**changes)
    (mistake,) = raised.value.mistakes
    assert mistake.where == f"{SHIPPED}: {key}"
    assert all(part in str(mistake) for part in said.split(" … "))


def test_the_shipped_experiment_and_curves_fit() -> None:
    assert load().settings.dataset.name == "randman"
    assert load(**CURVES).settings.target is not None


def test_still_items_have_no_frames_and_spikes_are_0_or_1() -> None:
    experiment = load(dataset__validation=0)
    values, labels = np.random.default_rng(1).random((20, 20)), np.arange(20) % 10
    dataset = Dataset.from_arrays(values=values, labels=labels, test_values=values, test_labels=labels)
    with pytest.raises(UserError, match=r'stimulus.encoding: dataset "arrays" holds no spikes in its items'):
        check_fit(experiment, dataset)
    spikes = Dataset.from_arrays(
        values=values > 0.5, labels=labels, test_values=values > 0.5, test_labels=labels, value_range=(0, 1)
    )
    check_fit(experiment, spikes)
