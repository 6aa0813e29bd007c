"""Operations from counts of spikes are those that are counted spike by spike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from brainlearn.brian.presenter import Round
from brainlearn.brian.spike_probe import probing
from brainlearn.cost.events import EventTally
from brainlearn.running.conduct import prepare
from brainlearn.training.learner import counting
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import RuleLearner
from tests.experiment.tiny_runs import tiny


@pytest.mark.parametrize(
    ("kind", "copies", "spiking"), [("poisson", 64, 4), ("poisson_mirror", 64, 4), ("targets", 20, 2)]
)
def test_operations_are_those_of_every_spike(tmp_path: Path, kind: str, copies: int, spiking: int):
    """Masked and delayed synapses, gains, several phases, copies that are left over."""
    experiment, _ = tiny(tmp_path, kind, f"training.copies={copies}", "training.samples=40")
    course = prepare(experiment, None, Silent())
    learner, split = course.learner, course.split
    assert isinstance(learner, RuleLearner)
    simulation, tally, presentations = learner.simulation, EventTally(), []
    rounds = course.task.rounds(split.train_images, split.train_labels, course.rng)

    def one() -> Iterator[Round]:
        shown = next(iter(rounds))
        presentations.append(len(shown.polarity))
        yield shown

    with probing(simulation, copies) as probe, counting(learner, tally):
        learner.present(one(), 1, lambda _: None)
    cost, compared = learner.cost(tally), 0
    assert cost.presentations == presentations[0] <= copies
    for projection in experiment.circuit.projections:
        if not simulation.populations[projection.source].spiking:
            continue
        row = np.count_nonzero(simulation.projections[projection.name].weights, axis=1)
        found = sum(int(row[unit]) for _, copy, unit in probe.spikes(projection.source).T if copy < presentations[0])
        assert cost.acs[projection.name] + cost.macs[projection.name] == found
        compared += found > 0
    assert compared == spiking


def test_graded_stimuli_send_what_is_not_zero_in_every_step(tmp_path: Path):
    experiment, _ = tiny(tmp_path, "targets", "training.samples=20")
    course = prepare(experiment, None, Silent())
    rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
    tally, shown = EventTally(), next(iter(rounds))
    with counting(course.learner, tally):
        course.learner.present(iter([shown]), 1, lambda _: None)
    cost, steps = course.learner.cost(tally), 3 + 4 + 4
    name = "retina/image->V1/E"
    assert cost.macs[name] == np.count_nonzero(shown.stimuli["retina/image"]) * 12 * steps
    assert cost.dense[name] == len(shown.polarity) * 64 * 12 * steps
