"""What scripts recorded: the summary is that of the result beside it, and the figure can be drawn again."""

from __future__ import annotations

import json

import pytest
from xarray import load_dataset

from tests.experiment.scripts import EXPERIMENTS, imported

SCRIPTS = (
    "20_top_down_perception",
    "21_back_relaxation",
    "22_moving_images",
    "23_self_made_negatives",
    "33_learned_delays",
    "45_bits_back",
)


@pytest.mark.parametrize("folder", SCRIPTS)
def test_the_recorded_summary_is_that_of_the_recorded_result(folder):
    result = EXPERIMENTS / folder / "result"
    data = load_dataset(result / "result.nc", engine="h5netcdf")
    assert [name for name, v in data.variables.items() if not v.attrs["units"] or not v.attrs["long_name"]] == []
    with imported(folder, "run") as (script,):
        assert json.loads(json.dumps(script.summary(data))) == json.loads((result / "summary.json").read_text("utf-8"))
        assert all(axes.get_title(loc="left") for axes in script.draw(data).axes if axes.get_xlabel())
