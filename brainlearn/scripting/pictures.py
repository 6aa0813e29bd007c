"""Pictures of results by name, for scripts and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xarray import Dataset, DataTree

from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.results.simulation_schema import KIND

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[DataTree], "Figure"]


def plot(result: DataTree | Dataset, picture: str | None = None) -> Figure:
    """Draw a result.

    Parameters
    ----------
    result : xarray.DataTree or xarray.Dataset
        Of `run`, `simulate`, `run_sweep`, or a file of theirs.
    picture : str, optional
        For a run ``"overview"`` (the default), ``"learning_curve"``, ``"receptive_fields"``, ``"confusion"``,
        ``"raster"``, ``"alignment"``, ``"weight_change"``, ``"unit_use"``, ``"values"``, ``"episodes"`` or
        ``"task_errors"``; for a simulation ``"raster"`` (the default) or ``"rates"``. Sweeps have one picture.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UserError
        If there is no such picture of this result.
    """
    if isinstance(result, Dataset):
        return _of_sweep(result)
    pictures = _of_simulation() if result.attrs.get("brainlearn_kind") == KIND else _of_run()
    name = next(iter(pictures)) if picture is None else picture
    if name not in pictures:
        allowed = ", ".join(pictures)
        raise UserError(Mistake("picture", "no such picture of this result", name, allowed, closest(name, pictures)))
    return pictures[name](result)


def _of_run() -> Mapping[str, Draw]:
    from brainlearn.plots.table import PLOTS

    return {"overview": PLOTS["overview"], **PLOTS}


def _of_simulation() -> Mapping[str, Draw]:
    from brainlearn.plots.simulation import raster_of, rates_of, shown_spikes

    def drawn_by(draw: Callable[..., Figure]) -> Draw:
        return lambda tree: draw(*shown_spikes(tree), float(tree.attrs["dt"]))

    return {"raster": drawn_by(raster_of), "rates": drawn_by(rates_of)}


def _of_sweep(dataset: Dataset) -> Figure:
    from brainlearn.plots.search import search_figure
    from brainlearn.plots.sweep import sweep_figure

    return search_figure(dataset) if "trial" in dataset.dims else sweep_figure(dataset)
