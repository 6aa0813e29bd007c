"""How well each level alone knows the answer: goodness over every label, population by population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.experiment.machine import error_percent
from brainlearn.experiment.presentations import every_label
from brainlearn.experiment.training import Trainer


def goodness_by_level(trainer: Trainer, images: np.ndarray, paths: Sequence[str]) -> dict[str, np.ndarray]:
    """Show (item, pixel) images with every label, once for all populations, and return (item, class) goodness by path.

    Parameters
    ----------
    trainer : Trainer
    images : (item, pixel) array
    paths : sequence of str
        Of populations that learn.
    """
    classes = trainer.dataset.classes
    at_once = trainer.copies // classes
    found: dict[str, list[np.ndarray]] = {path: [] for path in paths}

    def done(_: Round) -> None:
        for path, each in found.items():
            goodness = trainer.simulation.broadcast(path, "goodness")[: at_once * classes]
            each.append(goodness.reshape(at_once, classes).copy())

    rounds = every_label(trainer.maker, images, trainer.copies)
    trainer.simulation.present(rounds, -(-len(images) // at_once), done)
    return {path: np.concatenate(each)[: len(images)] for path, each in found.items()}


def level_errors(trainer: Trainer, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the error [percent] by the goodness of each population that is read out, and of ``all`` together."""
    goodness = goodness_by_level(trainer, images, trainer.read_out)
    goodness["all"] = np.sum(list(goodness.values()), axis=0)
    return {path: error_percent(each.argmax(axis=1), labels) for path, each in goodness.items()}
