"""All pictures of a result; a new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.plots.alignment import alignment
from brainlearn.plots.confusion import confusion
from brainlearn.plots.episodes import episodes
from brainlearn.plots.films import films
from brainlearn.plots.learning_curve import learning_curve
from brainlearn.plots.overview import overview
from brainlearn.plots.raster import raster
from brainlearn.plots.receptive_fields import receptive_fields
from brainlearn.plots.task_errors import task_errors
from brainlearn.plots.unit_use import unit_use
from brainlearn.plots.values import values
from brainlearn.plots.weight_change import weight_change

PLOTS: dict[str, Callable[[DataTree], Figure]] = {
    "alignment": alignment,
    "confusion": confusion,
    "episodes": episodes,
    "films": films,
    "learning_curve": learning_curve,
    "overview": overview,
    "raster": raster,
    "receptive_fields": receptive_fields,
    "task_errors": task_errors,
    "unit_use": unit_use,
    "values": values,
    "weight_change": weight_change,
}
