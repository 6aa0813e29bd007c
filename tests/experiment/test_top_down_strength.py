"""The sweep of experiment 11: its points, and what it writes of them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from xarray import Dataset

SCRIPT = Path(__file__).parents[2] / "experiments" / "11_top_down_strength" / "run.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("top_down_strength", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def data(script: ModuleType) -> Dataset:
    def found(points: int, first: float) -> list[dict[str, float]]:
        return [dict.fromkeys(script.MEASURES, first + k) for k in range(points * 2)]

    return script.to_dataset([1, 2], found(len(script.SCALES), 10.0), found(len(script.CORRELATIONS), 40.0))


def test_every_number_stands_at_its_point_and_seed_with_unit_and_meaning(script, data):
    assert float(data["test_error_by_scale"].sel(scale=0.01, seed=2)) == 13.0
    assert float(data["validation_error_by_correlation"].sel(correlation=-0.5, seed=1)) == 42.0
    assert [name for name, v in data.variables.items() if not v.attrs["units"] or not v.attrs["long_name"]] == []
    assert {data[f"test_error_by_{axis}"].attrs["units"] for axis in ("scale", "correlation")} == {"percent"}


def test_the_summary_has_mean_and_spread_of_the_seeds(script, data):
    found = script.summary(data)
    assert found["test_error_percent_by_scale"][1] == {"scale": 0.01, "mean": 12.5, "sd": pytest.approx(0.5**0.5)}
    assert len(found["test_error_percent_by_correlation"]) == len(script.CORRELATIONS)
    json.dumps(found)


def test_the_figure_has_two_panels_with_every_seed_and_the_mean(script, data):
    left, right = script.draw(data).axes
    assert [len(axes.lines) for axes in (left, right)] == [3, 4]
    np.testing.assert_array_equal(left.lines[-1].get_ydata(), data["test_error_by_scale"].mean("seed"))
    assert left.get_ylabel() == "test error [%]"


def test_a_sweep_that_was_killed_goes_on_where_it_was(script, tmp_path, monkeypatch, capsys):
    asked: list[tuple[float, int]] = []

    def measure(scale: float, correlation: float, seed: int, epochs: int | None) -> dict[str, float]:
        if len(asked) == 3:
            raise KeyboardInterrupt
        asked.append((scale, seed))
        return dict.fromkeys(script.MEASURES, scale + 100 * seed)

    monkeypatch.setattr(script, "measure", measure)
    points = [(0.1, 1.0), (0.5, 1.0), (0.1, 1.0)]
    with pytest.raises(KeyboardInterrupt):
        script.sweep(points, [1, 2], None, tmp_path / "points.json")
    assert asked == [(0.1, 1), (0.1, 2), (0.5, 1)]
    asked.clear()
    found = script.sweep(points, [1, 2], None, tmp_path / "points.json")
    assert asked == [(0.5, 2)]
    assert [each["test_error"] for each in found] == [100.1, 200.1, 100.5, 200.5, 100.1, 200.1]
    assert "1/1  scale 0.5, correlation 1, seed 2: test error 200.50 %" in capsys.readouterr().out


@pytest.mark.slow
def test_a_point_keeps_the_correlation_that_it_asks_for(script):
    found = script.measure(scale=0.1, correlation=0.5, seed=1, epochs=1)
    assert found["correlation_at_end"] == pytest.approx(0.5, abs=0.15)  # 300 synapses
    assert 0 < found["test_error"] < 90
