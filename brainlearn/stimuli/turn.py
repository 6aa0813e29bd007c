"""A task of a sequence: the part of a dataset that is learned in its turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.split import Split


@dataclass(frozen=True, eq=False)
class Turn:
    """Some classes of a dataset, perhaps by other names, perhaps with their pixels exchanged.

    Parameters
    ----------
    name : str
        Of the task.
    dataset : Dataset
    split : Split
        Of its training items.
    epochs : int
    classes, labels : tuple of int, optional
        Which classes are learned, and what each is called; default: all, as they are.
    permute : int, optional
        Seed by which pixels are exchanged.

    Examples
    --------
    >>> images, labels = np.arange(8).reshape(4, 2) / 8, np.array([0, 1, 2, 1])
    >>> dataset = Dataset("few", images, labels, images, labels, 3, (1, 2))
    >>> turn = Turn("later", dataset, Split(images, labels, images[:0], labels[:0]), 1, (1, 2), (0, 1))
    >>> turn.tested()[1].tolist()
    [0, 1, 0]
    """

    name: str
    dataset: Dataset
    split: Split
    epochs: int
    classes: tuple[int, ...] | None = None
    labels: tuple[int, ...] | None = None
    permute: int | None = None

    def learned(self) -> Split:
        """Return the items that are learned from, and those for validation."""
        train = self._of_task(self.split.train_images, self.split.train_labels)
        return Split(*train, *self._of_task(self.split.validation_images, self.split.validation_labels))

    def tested(self) -> tuple[np.ndarray, np.ndarray]:
        """Return images and labels of the test items."""
        return self._of_task(self.dataset.test_images, self.dataset.test_labels)

    def _of_task(self, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.classes is not None:
            chosen = np.isin(labels, self.classes)
            images, labels = images[chosen], labels[chosen]
        if self.classes is not None and self.labels is not None:
            called = np.zeros(self.dataset.classes, dtype=labels.dtype)
            called[list(self.classes)] = self.labels
            labels = called[labels]
        if self.permute is not None:
            images = images[..., np.random.default_rng(self.permute).permutation(images.shape[-1])]
        return images, labels
