"""The angle between what a local rule proposes in Brian2 and the negative gradient in the mirror."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from brainlearn.alignment.angles import angle_limit, mean_angle
from brainlearn.brian.presenter import Round
from brainlearn.brian.simulation import Simulation
from brainlearn.experiment.schema import AlignmentTable
from brainlearn.expression import parse_expression
from brainlearn.mirror import Mirror
from brainlearn.mirror.backprop import Stretch
from brainlearn.mirror.gradients import GoodnessGradients
from brainlearn.results.record import AlignmentRecord
from brainlearn.tasks.stimulus_maker import ContrastiveRounds

if TYPE_CHECKING:
    from brainlearn.tasks.contrastive import Trainer

Matrices = dict[str, np.ndarray]
TWO_SIDED = 1.96  # standard deviations: 97.5 % of a normal distribution lie below


def measure_alignment(trainer: Trainer, table: AlignmentTable, epoch: int) -> list[AlignmentRecord]:
    """Compare changes with gradients at the weights that the trainer has now; nothing learns meanwhile.

    Parameters
    ----------
    trainer : Trainer
    table : AlignmentTable
    epoch : int
        After how many epochs.

    Returns
    -------
    list of AlignmentRecord
        One for each loss.
    """
    proposals, gradients, presentations = _collect(trainer, table, epoch)
    rng = np.random.default_rng([trainer.experiment.settings.seed, 4, epoch])
    return [
        compare(loss, epoch, proposals, gradients[loss], presentations, rng)
        for loss in table.chosen(with_targets=False)
    ]


def _collect(
    trainer: Trainer, table: AlignmentTable, epoch: int
) -> tuple[list[Matrices], dict[str, list[Matrices]], int]:
    """Return proposals and gradients of some rounds, and how many presentations are in a round."""
    simulation, layout = trainer.simulation, trainer.layout
    gradients_of = _gradients(trainer, table)
    weights = {name: np.array(simulation.weights(name)) for name in simulation.learning}
    rng = np.random.default_rng([trainer.experiment.settings.seed, 3, epoch])
    rounds = ContrastiveRounds(
        trainer.maker,
        trainer.experiment.settings.negatives,
        layout,
        trainer.copies,
        trainer.split.train_images,
        trainer.split.train_labels,
        rng,
    )
    count = max(min(rounds.count, table.presentations // (2 * layout.items)), 1)
    began = time.perf_counter()
    proposals: list[Matrices] = []
    losses = table.chosen(with_targets=False)
    gradients: dict[str, list[Matrices]] = {loss: [] for loss in losses}

    def done(shown: Round) -> None:
        proposals.append(proposed(simulation, shown))
        stimuli = {path: values[: 2 * layout.items] for path, values in shown.stimuli.items()}
        thresholds = {path: float(m.look_up("threshold")) for path, m in simulation.neuromodulation.items()}
        for loss, gradient in gradients_of(weights, stimuli, layout.items, thresholds, losses).items():
            gradients[loss].append(gradient)
        if trainer.softmax is not None and rounds.ahead is not None:
            rounds.propose(trainer.softmax.probabilities(trainer.features()[layout.ahead]))
        trainer.show("alignment", max(epoch - 1, 0), len(proposals), count, trainer.copies, began)
        trainer.pauses.while_answering()

    simulation.present(without_learning(rounds), count, done)
    return proposals, gradients, 2 * layout.items


def proposed(simulation: Simulation, shown: Round) -> Matrices:
    """Return what the rule proposes at the end of a round, (pre, post) by projection; 0 where there is no synapse."""
    found = {}
    for name, learning in simulation.learning.items():
        change = learning.proposal(shown.polarity != 0)
        if change is not None:
            found[name] = change if learning.mask is None else np.where(learning.mask, change, 0)
    return found


def without_learning(rounds: Iterable[Round]) -> Iterator[Round]:
    """Yield the same rounds, in which no weight changes."""
    for shown in rounds:
        yield dataclasses.replace(shown, learn=False)


def _gradients(trainer: Trainer, table: AlignmentTable) -> GoodnessGradients:
    settings = trainer.experiment.settings
    mirror = Mirror(
        trainer.experiment.circuit,
        settings.seed,
        settings.training.precision,
        surrogate=table.surrogate,
        slope=table.slope,
    )
    plasticity = trainer.simulation.plasticity
    assert plasticity is not None
    phases = [Stretch(phase.steps, phase.reset) for phase in trainer.simulation.presenter.phases]
    goodness = parse_expression(plasticity.rule.broadcasts["goodness"])
    return GoodnessGradients(mirror, phases, trainer.read_out, goodness, plasticity.constants["width"].value)


# ---- comparing -----------------------------------------------------------------------------------------------------


def compare(
    loss: str,
    epoch: int,
    proposals: Sequence[Mapping[str, np.ndarray]],
    gradients: Sequence[Mapping[str, np.ndarray]],
    presentations: int,
    rng: np.random.Generator,
) -> AlignmentRecord:
    """Return angles, sign agreement and norm ratio for every projection; nan where the gradient is 0.

    Parameters
    ----------
    loss : str
    epoch : int
    proposals, gradients : sequence of mapping of str to (pre, post) array
        One for each round, by projection.
    presentations : int
        In a round.
    rng : Generator
        For the exchange of postsynaptic units.
    """
    rounds = len(proposals)
    counts = [2**k for k in range(rounds.bit_length()) if 2**k < rounds] + [rounds]
    names = list(proposals[0])
    angle, shuffled, itself = ({name: np.zeros(len(counts)) for name in names} for _ in range(3))
    limit: dict[str, float] = {}
    null: dict[str, float] = {}
    signs: dict[str, float] = {}
    ratio: dict[str, float] = {}
    for name in names:
        change: np.ndarray = np.stack([p[name] for p in proposals])
        downhill: np.ndarray = -np.stack([g[name] for g in gradients])
        whole: np.ndarray = downhill.mean(axis=0)
        there: np.ndarray = whole != 0  # synapses that cannot matter, as those of a dark pixel, are no dimension
        order = rng.permutation(whole.shape[1])
        for k, count in enumerate(counts):
            angle[name][k] = mean_angle(change, whole, count)
            shuffled[name][k] = mean_angle(change[:, :, order], whole, count)
            itself[name][k] = mean_angle(downhill, whole, count)
        limit[name] = angle_limit(change, downhill)
        mean: np.ndarray = change.mean(axis=0)
        null[name] = 90.0 - math.degrees(TWO_SIDED / math.sqrt(max(int(there.sum()), 1)))
        signs[name] = 100.0 * float((np.sign(mean) == np.sign(whole))[there].mean()) if there.any() else np.nan
        ratio[name] = float(np.linalg.norm(mean) / np.linalg.norm(whole)) if there.any() else np.nan
    averaged = np.array(counts) * presentations
    return AlignmentRecord(epoch, loss, averaged, angle, shuffled, itself, limit, null, signs, ratio)
