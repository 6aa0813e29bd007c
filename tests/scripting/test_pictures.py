"""`plot` draws the picture that was named, of the kind of result that it is."""

from __future__ import annotations

import pytest
from xarray import DataTree

from brainlearn import Area, Circuit, Population, UserError, plot, simulate
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_record


@pytest.fixture
def simulated() -> DataTree:
    unit = Population("E", "lif_delta", size=3, parameters={"resistance": 1})
    return simulate(Circuit("small", "1 ms", [Area("V1", 1, [unit])]), "30 ms", {"V1/E:current": 2.0})


def test_a_simulation_has_a_raster_and_rates(simulated: DataTree) -> None:
    (raster,), (rates,) = plot(simulated).axes, plot(simulated, "rates").axes
    dots = raster.collections[0].get_offsets()
    assert len(dots) == simulated["spikes/V1.E"].sizes["spike"] > 0
    assert rates.get_ylabel() == "Hz"


def test_a_run_has_an_overview_and_each_picture_by_its_name() -> None:
    tree = result_tree(make_record())
    assert len(plot(tree).axes) > len(plot(tree, "confusion").axes)
    assert "percent" in plot(tree, "learning_curve").axes[0].get_ylabel()


def test_a_picture_that_is_not_there_is_refused_with_those_that_are(simulated: DataTree) -> None:
    with pytest.raises(UserError, match=r'no such picture.*rastr.*raster, rates.*Did you mean "raster"'):
        plot(simulated, "rastr")
