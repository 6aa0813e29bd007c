"""Pictures of simulations: how much of a long one is shown, and that bins of rates are whole time steps."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from xarray import Dataset, DataTree

from brainlearn.plots import simulation
from brainlearn.plots.simulation import bin_edges, raster_of, rates_of, shown_spikes, traces_of


@pytest.mark.parametrize(("end", "dt"), [(1000.0, 0.1), (3.0, 0.1), (0.3, 0.1), (100_000.0, 0.4), (20.0, 7.0)])
def test_bins_are_whole_time_steps_within_the_simulation(end: float, dt: float) -> None:
    edges = bin_edges(end, dt)
    widths = np.diff(edges) / dt
    np.testing.assert_allclose(widths, np.round(widths), atol=1e-6)
    assert edges[0] == 0
    assert edges[-1] <= end + 1e-9
    assert 1 <= len(widths) <= 320


def tree_of(times: np.ndarray, units: np.ndarray, copies: np.ndarray) -> DataTree:
    spikes = Dataset(
        {"spike_time": ("spike", times), "spike_unit": ("spike", units), "spike_copy": ("spike", copies)},
        attrs={"population": "V1/E", "size": 4, "copies": 2},
    )
    return DataTree.from_dict({"/": Dataset(attrs={"simulated": 100.0, "dt": 1.0}), "/spikes/V1.E": spikes})


def test_rates_are_spikes_per_unit_copy_and_second() -> None:
    """Every unit of both copies spikes in every second step of 1 ms: 500 Hz, in bins of 1 ms 1000 and 0."""
    times = np.repeat(np.arange(0.0, 100.0, 2.0), 8)
    tree = tree_of(times, np.tile(np.arange(4), 100), np.tile(np.repeat([0, 1], 4), 50))
    spikes, end = shown_spikes(tree)
    assert end == 100.0
    (axes,) = rates_of(spikes, end, 1.0).axes
    values = axes.patches[0].get_data().values
    assert values.tolist() == [1000.0, 0.0] * 50
    (axes,) = raster_of(spikes, end, 1.0).axes
    assert len(axes.collections[0].get_offsets()) == 200


def test_of_too_many_spikes_the_first_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "MOST_SPIKES", 400)
    monkeypatch.setattr(simulation, "MOST_DOTS", 100)
    times = np.repeat(np.arange(100.0), 8)
    tree = tree_of(times, np.tile(np.arange(4), 200), np.tile(np.repeat([0, 1], 4), 100))
    (spikes,), end = shown_spikes(tree)
    assert end == 25.0  # four dots in a step
    assert spikes.times.max() == 24.0


def test_traces_are_drawn_in_millivolts() -> None:
    states = Dataset(
        {"v": (("time", "copy", "unit"), np.full((10, 1, 2), -0.07), {"units": "V"})},
        coords={"time": np.arange(10.0), "copy": [0], "unit": [3, 8]},
    )
    figure = traces_of(states, "v", 10.0, 1.0)
    panels: list[Axes] = figure.axes
    assert [axes.get_ylabel() for axes in panels] == ["unit 3", "unit 8"]
    assert panels[0].get_title(loc="left") == "v [mV]"
    np.testing.assert_allclose(panels[1].lines[0].get_ydata(), -70.0)
