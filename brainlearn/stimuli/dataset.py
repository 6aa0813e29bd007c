"""A set of images or of courses over time, with labels or values, split into what is learned from and held out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from brainlearn.stimuli.own.assembly import assemble
from brainlearn.stimuli.own.choices import Choices
from brainlearn.stimuli.own.python_arrays import as_array
from brainlearn.stimuli.wanted import CLASSES, Wanted
from brainlearn.units import parse_quantity_of


@dataclass(frozen=True)
class Shape:
    """What a circuit must fit.

    Parameters
    ----------
    name : str
        Of the dataset.
    pixels, classes : int
    items : int or None
        Training items; None if that is known only when they have been read.
    frames : int
        Of an item; 0 for still ones.
    wanted : Wanted
        What outputs with targets should do.
    """

    name: str
    pixels: int
    classes: int
    items: int | None = None
    frames: int = 0
    wanted: Wanted = CLASSES


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images or time series, with labels or continuous targets.

    Parameters
    ----------
    name : str
        Name in the table of datasets.
    images, test_images : (item, pixel) or (item, frame, pixel) array
        Grey levels in [0, 1], float32; channel by channel, and row by row in each. Spike trains are 0 and 1, uint8.
    labels, test_labels : (item,), (item, unit) or (item, frame, unit) array
        Classes, from 0 to ``classes - 1``, int64; or values that outputs should take, float32, for the whole
        presentation or for each frame.
    classes : int
        Number of classes, or of outputs that have values.
    sheet : (int, int)
        Rows and columns of an image.
    channels : int
        Planes of an image: 1 for grey, 3 for red, green, blue.
    notes : tuple of str
        Remarks on this copy of the data, such as a checksum that differs.
    validate_on_last : bool
        Whether the last training items are the validation items, as with the published order of MNIST;
        otherwise they are drawn.
    class_names : tuple of str
        Names of the classes, if they have any.

    See Also
    --------
    Dataset.from_arrays : makes one of your own images and labels, of whatever type and range.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: int
    sheet: tuple[int, int]
    channels: int = 1
    notes: tuple[str, ...] = ()
    validate_on_last: bool = False
    class_names: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """What a circuit must fit."""
        frames = self.images.shape[1] if self.images.ndim == 3 else 0
        return Shape(self.name, self.images.shape[-1], self.classes, len(self.labels), frames, self.wanted)

    @property
    def wanted(self) -> Wanted:
        """What outputs with targets should do."""
        return Wanted(self.labels.ndim > 1, self.labels.shape[1] if self.labels.ndim == 3 else 0)

    @cached_property
    def sha256(self) -> str:
        """Hash of all images and labels."""
        found = hashlib.sha256()
        for array in (self.images, self.labels, self.test_images, self.test_labels):
            found.update(f"{array.shape}{array.dtype}".encode())
            found.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        return found.hexdigest()

    @classmethod
    def from_arrays(
        cls,
        images: Any = None,
        labels: Any = None,
        test_images: Any = None,
        test_labels: Any = None,
        *,
        values: Any = None,
        test_values: Any = None,
        targets: Any = None,
        test_targets: Any = None,
        spike_time: Any = None,
        spike_unit: Any = None,
        spike_item: Any = None,
        frame: str | None = None,
        name: str = "arrays",
        test: float | None = None,
        value_range: tuple[float, float] | None = None,
        seed: int = 0,
        as_names: bool = False,
        class_names: tuple[str, ...] | None = None,
    ) -> Dataset:
        """Make a dataset of arrays of NumPy, xarray or PyTorch; the same arrays in a file give the same.

        Parameters
        ----------
        images : array
            ``(item, pixel)``, ``(item, row, column)`` or ``(item, row, column, channel)``; a DataArray in any order of
            dimensions with these names (``unit`` for pixels).
        labels : (item,) array
            Whole numbers from 0, or text.
        test_images, test_labels : array, optional
            The items of the test; default: some of the others are drawn.
        values, test_values : array, optional
            Instead of images: ``(item, unit)``, or ``(item, step, unit)`` frames over time; bool for spike trains.
        targets, test_targets : array, optional
            Instead of labels: values that outputs should take, ``(item, unit)``, or ``(item, step, unit)`` for each
            frame.
        spike_time, spike_unit, spike_item : (spike,) array, optional
            Instead of images: spike trains. Times are in seconds from the onset of the item.
        frame : str, optional
            How long a frame of spike trains lasts, as ``"1 ms"``, the time step of the circuit.
        name : str
            What results call the data.
        test : float, optional
            Share of the items that are drawn for the test, of every class in its proportion; default: 0.2.
        value_range : (float, float), optional
            Values that become black and white; default: 0 and 255 for uint8, 0 and 1 for fractions.
        seed : int
            Draws the test items.
        as_names : bool
            Whether labels are names even if they are whole numbers, so that numbers may be missing among them.
        class_names : tuple of str, optional
            Names of classes whose labels are numbers.

        Raises
        ------
        UserError
            With all that is wrong with the arrays.

        Examples
        --------
        >>> images = np.tile(np.arange(4, dtype=np.uint8), (10, 1)).reshape(10, 2, 2)
        >>> own = Dataset.from_arrays(images, ["a", "b"] * 5, name="own")
        >>> own.images.shape, own.test_labels.tolist(), own.class_names
        ((8, 4), [0, 1], ('a', 'b'))
        """
        given = {
            "images": images,
            "labels": labels,
            "test_images": test_images,
            "test_labels": test_labels,
            "values": values,
            "test_values": test_values,
            "targets": targets,
            "test_targets": test_targets,
            "spike_time": spike_time,
            "spike_unit": spike_unit,
            "spike_item": spike_item,
        }
        where = f'dataset "{name}"'
        arrays = {key: as_array(where, key, value) for key, value in given.items() if value is not None}
        if class_names is not None:
            arrays["class_names"] = np.array(class_names, dtype=str)
        seconds = None if frame is None else parse_quantity_of(frame, "time").value
        return cls.from_named(name, where, arrays, Choices(test, value_range, as_names, seed, seconds))

    @classmethod
    def from_named(cls, name: str, where: str, arrays: Mapping[str, np.ndarray], choices: Choices) -> Dataset:
        """Make a dataset of named arrays, as a file holds them; see `brainlearn.stimuli.own.assembly.assemble`."""
        found = assemble(where, arrays, choices)
        return cls(name, **{each.name: getattr(found, each.name) for each in fields(found)})
