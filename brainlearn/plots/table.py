"""All pictures of a result; a new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.plots.alignment import alignment
from brainlearn.plots.confusion import confusion
from brainlearn.plots.learning_curve import learning_curve
from brainlearn.plots.overview import overview
from brainlearn.plots.receptive_fields import receptive_fields

PLOTS: dict[str, Callable[[DataTree], Figure]] = {
    "alignment": alignment,
    "confusion": confusion,
    "learning_curve": learning_curve,
    "overview": overview,
    "receptive_fields": receptive_fields,
}
