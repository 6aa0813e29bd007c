"""Turns images and labels into input of stimulus populations."""

from __future__ import annotations

import numpy as np

from brainlearn.experiment.schema import StimulusTable
from brainlearn.stimuli import ENCODINGS, embed_values, neutral_label, one_hot, shift_images


class StimulusMaker:
    """Turns images and labels into values for the stimulus populations.

    Parameters
    ----------
    table : StimulusTable
    classes : int
    sheet : (rows, columns), optional
        Of the image; only shifted images need it.
    frame_steps : int
        Time steps that a frame lasts.
    """

    def __init__(
        self, table: StimulusTable, classes: int, sheet: tuple[int, int] | None = None, frame_steps: int = 1
    ) -> None:
        self.table, self.classes, self.sheet, self.frame_steps = table, classes, sheet, frame_steps
        certain = {"certainty": table.certainty}
        settings = {"poisson": {"maximum": table.maximum_rate.value}, "spikes": {}, "log_odds": certain}
        self._settings: dict[str, float] = settings.get(table.encoding, {"rms": table.rms})

    def for_training(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return (item, pixel) images as one presentation for learning shows them: shifted, and with noise."""
        if self.table.shift:
            assert self.sheet is not None  # experiment/checks/answers.py
            images = shift_images(images, self.sheet, self.table.shift, rng)
        if self.table.noise:
            noise = self.table.noise * rng.standard_normal(images.shape)
            images = (images + noise).astype(images.dtype, copy=False)
        return images

    def labelled(self, images: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
        """Show each image with a label; (item, pixel) and (item,)."""
        return self._encode(images, one_hot(labels, self.classes, self.table.label_strength))

    def neutral(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Show each image with a label that says nothing."""
        return self._encode(images, neutral_label(len(images), self.classes, self.table.label_strength))

    def without_label(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Show each image, and nothing to the population that shows labels."""
        shown = self.image_alone(images)
        label = np.zeros((len(images), self.classes), shown[self.table.image].dtype)
        return shown if self.table.label is None else {**shown, self.table.label: label}

    def image_alone(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Show each image without a label, (item, pixel), or (item, frame, pixel) frames."""
        shape = images.shape
        flat = images.reshape(len(images), -1)  # one scale for all frames of an item
        encoded = ENCODINGS[self.table.encoding](self._seen(flat), None, **self._settings)
        return {self.table.image: next(iter(encoded["image"].values())).reshape(shape)}

    def _seen(self, images: np.ndarray) -> np.ndarray:
        """Return (item, pixel) images as they are, or their differences from their means."""
        return images - images.mean(axis=1, keepdims=True) if self.table.centre else images

    def _encode(self, images: np.ndarray, values: np.ndarray) -> dict[str, np.ndarray]:
        encode = ENCODINGS[self.table.encoding]
        images = self._seen(images)
        if self.table.embed_label or self.table.label is None:
            encoded = encode(embed_values(images, values), None, **self._settings)
        else:
            encoded = encode(images, values, **self._settings)
        paths = {"image": self.table.image, "label": self.table.label}
        return {str(paths[part]): next(iter(set_to.values())) for part, set_to in encoded.items()}
