"""The angle between what a rule of two phases proposes in Brian2 and the negative gradient in the mirror."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from brainlearn.alignment.measure import Matrices, compare, proposed, without_learning
from brainlearn.brian.presenter import Round
from brainlearn.experiment.schema import AlignmentTable
from brainlearn.mirror import Mirror
from brainlearn.mirror.gradients import TargetGradients
from brainlearn.results.record import AlignmentRecord
from brainlearn.tasks.answer_phase import answer_phases
from brainlearn.tasks.stimulus_maker import with_targets
from brainlearn.training.baseline_readout import stretches

if TYPE_CHECKING:
    from brainlearn.tasks.targeted import TargetTrainer


def measure_target_alignment(trainer: TargetTrainer, table: AlignmentTable, epoch: int) -> list[AlignmentRecord]:
    """Compare changes with gradients at the weights that the trainer has now; nothing learns meanwhile.

    The rule sees all phases, nudged ones too; the gradient is of what the outputs do by themselves, at the end of the
    phases that lead to the answer.

    Parameters
    ----------
    trainer : TargetTrainer
    table : AlignmentTable
    epoch : int
        After how many epochs.

    Returns
    -------
    list of AlignmentRecord
        One for each loss.
    """
    losses = table.chosen(with_targets=True)
    proposals, gradients = _collect(trainer, table, losses, epoch)
    seed = trainer.experiment.settings.seed
    return [
        compare(
            loss, epoch, proposals, gradients[loss], trainer.simulation.copies, np.random.default_rng([seed, 4, epoch])
        )
        for loss in losses
    ]


def _collect(
    trainer: TargetTrainer, table: AlignmentTable, losses: list[str], epoch: int
) -> tuple[list[Matrices], dict[str, list[Matrices]]]:
    """Return proposals and gradients of some rounds."""
    simulation, split, copies = trainer.simulation, trainer.split, trainer.simulation.copies
    gradients_of = _gradients(trainer, table)
    weights = {name: np.array(simulation.weights(name)) for name in simulation.learning}
    order = np.random.default_rng([trainer.experiment.settings.seed, 3, epoch]).permutation(len(split.train_labels))
    count = max(min(len(order) // copies, table.presentations // copies), 1)
    began = time.perf_counter()
    proposals: list[Matrices] = []
    gradients: dict[str, list[Matrices]] = {loss: [] for loss in losses}

    def done(shown: Round) -> None:
        labels = split.train_labels[order[len(proposals) * copies :][:copies]]
        proposals.append(proposed(simulation, shown))
        images = {path: values for path, values in shown.stimuli.items() if path != trainer.target.population}
        for loss, gradient in gradients_of(weights, images, labels, losses).items():
            gradients[loss].append(gradient)
        trainer.show("alignment", max(epoch - 1, 0), len(proposals), count, copies, began)
        trainer.pauses.while_answering()

    shifts = np.random.default_rng([trainer.experiment.settings.seed, 5, epoch])
    rounds = with_targets(trainer.maker, trainer.target, split.train_images, split.train_labels, copies, order, shifts)
    simulation.present(without_learning(rounds), count, done)
    return proposals, gradients


def _gradients(trainer: TargetTrainer, table: AlignmentTable) -> TargetGradients:
    settings, circuit = trainer.experiment.settings, trainer.experiment.circuit
    mirror = Mirror(circuit, settings.seed, settings.training.precision, surrogate=table.surrogate, slope=table.slope)
    phases = stretches(answer_phases(settings.phases), circuit)
    return TargetGradients(mirror, phases, trainer.target.population, trainer.target.strength)
