"""Error against the scale of top-down weights, and against their correlation with the bottom-up ones.

Run experiment 04 (digits, one area below the output) once for each point and seed::

    python experiments/11_top_down_strength/run.py

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file, and every point at once
into ``points.json``: started again, it continues from there.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from xarray import Dataset, load_dataset

from brainlearn import load_experiment
from brainlearn.lab import (
    Silent,
    conduct,
    new_figure,
    plain_axes,
    prepare,
    save_figure,
    stroke,
    versions,
    whole_file,
    write_json,
    write_netcdf,
)

HERE = Path(__file__).resolve().parent
EXPERIMENT = HERE.parent / "04_temporal_difference_digits" / "experiment.toml"
UP, DOWN = "V1/E->IT/class", "IT/class->V1/E"
SIZE = 30  # units of V1: with the 300 of the circuit file, weights as drawn are enough for digits
SCALE = 0.1  # of the circuit file
SCALES = (0.0, 0.01, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
CORRELATIONS = (-1.0, -0.5, 0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
SEEDS = (1, 2, 3)
MEASURES = {
    "test_error": "error on the test items",
    "validation_error": "error on the validation items after the last epoch",
    "correlation_at_end": "correlation of the top-down weights with the transposed bottom-up weights after learning",
}
UNITS = {"test_error": "percent", "validation_error": "percent", "correlation_at_end": "1"}


def measure(scale: float, correlation: float, seed: int, epochs: int | None) -> dict[str, float]:
    """Run the experiment with these top-down weights, and return the `MEASURES`."""
    tied = {"distribution": "tied", "to": UP, "scale": scale, "correlation": correlation}
    changes: dict[str, Any] = {"seed": seed, "sizes.V1/E": SIZE, "weights": {DOWN: tied}}
    changes |= {} if epochs is None else {"training.epochs": epochs, "alignment.epochs": [0]}
    course = prepare(load_experiment(EXPERIMENT, changes), None, Silent())
    record = conduct(course)
    assert record.test is not None
    up, down = (np.array(course.learner.weights(name), dtype=float) for name in (UP, DOWN))
    return {
        "test_error": float(100 * np.mean(record.test.prediction != record.test.label)),
        "validation_error": record.epochs[-1].validation_error_percent,
        "correlation_at_end": float(np.corrcoef(up.T.ravel(), down.ravel())[0, 1]) if scale else np.nan,
    }


def sweep(
    points: Sequence[tuple[float, float]], seeds: Sequence[int], epochs: int | None, store: Path
) -> list[dict[str, Any]]:
    """Measure every point with every seed, but for what `store` holds already, and say how far it is."""
    stored: list[dict[str, Any]] = json.loads(store.read_text(encoding="utf-8")) if store.exists() else []
    known = {key_of(each): each for each in stored}
    asked = [
        {"scale": scale, "correlation": correlation, "seed": seed, "epochs": epochs}
        for scale, correlation in points
        for seed in seeds
    ]
    missing = [each for each in {key_of(each): each for each in asked}.values() if key_of(each) not in known]
    began = time.perf_counter()
    for done, each in enumerate(missing, start=1):
        known[key_of(each)] = each | measure(**each)
        write_json(list(known.values()), store)
        left = (time.perf_counter() - began) / done * (len(missing) - done) / 60
        error = known[key_of(each)]["test_error"]
        what = f"scale {each['scale']:g}, correlation {each['correlation']:g}, seed {each['seed']}"
        print(f"{done}/{len(missing)}  {what}: test error {error:.2f} %, {left:.1f} min left", flush=True)
    return [known[key_of(each)] for each in asked]


def key_of(point: dict[str, Any]) -> tuple[Any, ...]:
    """Return what tells one run from another."""
    return tuple(point[name] for name in ("scale", "correlation", "seed", "epochs"))


def labelled(axis: str, values: Sequence[float], seeds: Sequence[int], found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return (point, seed) variables of one panel."""
    shape = (len(values), len(seeds))
    return {
        f"{name}_by_{axis}": (
            (axis, "seed"),
            np.array([each[name] for each in found], dtype=float).reshape(shape),
            {"units": UNITS[name], "long_name": f"{text}, for each {axis} of the top-down weights"},
        )
        for name, text in MEASURES.items()
    }


def to_dataset(seeds: Sequence[int], scaled: list[dict[str, Any]], mixed: list[dict[str, Any]]) -> Dataset:
    """Label all that was measured."""
    variables = labelled("scale", SCALES, seeds, scaled) | labelled("correlation", CORRELATIONS, seeds, mixed)
    coordinates = {
        "scale": ("scale", list(SCALES), {"units": "1", "long_name": "top-down weights over bottom-up weights"}),
        "correlation": ("correlation", list(CORRELATIONS), {"units": "1", "long_name": "correlation before learning"}),
        "seed": ("seed", list(seeds), {"units": "1", "long_name": "seed of all random numbers"}),
    }
    about = {
        "experiment": HERE.name,
        "of": EXPERIMENT.parent.name,
        "units_of_v1": SIZE,
        "scale_of_correlations": SCALE,
        "versions": json.dumps(versions(), sort_keys=True),
    }
    return Dataset(variables, coordinates, about)


def summary(data: Dataset) -> dict[str, Any]:
    """Return mean and standard deviation over seeds of the test error [percent]."""
    found: dict[str, Any] = {"experiment": data.attrs["experiment"], "seeds": data["seed"].values.tolist()}
    for axis in ("scale", "correlation"):
        errors = data[f"test_error_by_{axis}"]
        spread = errors.std("seed", ddof=1 if errors.sizes["seed"] > 1 else 0)
        found[f"test_error_percent_by_{axis}"] = [
            {
                axis: float(value),
                "mean": float(errors.sel({axis: value}).mean()),
                "sd": float(spread.sel({axis: value})),
            }
            for value in data[axis].values
        ]
    return {"found": sentence(found)} | found


def sentence(found: dict[str, Any]) -> str:
    """Say in one line how far strength and symmetry matter."""
    scales, mixed = found["test_error_percent_by_scale"], found["test_error_percent_by_correlation"]
    errors = {each["scale"]: each["mean"] for each in scales if each["scale"] > 0}
    best = min(errors, key=lambda scale: errors[scale])
    by = {each["correlation"]: f"{each['mean']:.1f} ± {each['sd']:.1f} %" for each in mixed}
    return (
        f"without feedback {scales[0]['mean']:.1f} ± {scales[0]['sd']:.1f} %; least at a scale of {best:g}, "
        f"{errors[best]:.1f} %; at a correlation of 0 {by[0.0]}, of 1 {by[1.0]} ({len(found['seeds'])} seeds)"
    )


def draw(data: Dataset) -> Figure:
    """Draw both panels: every seed (open circles), and the mean."""
    figure = new_figure(8.5, 3.6)
    left, right = figure.subplots(1, 2, sharey=True)
    draw_panel(left, data, "scale")
    left.set_xscale("symlog", linthresh=0.01, linscale=0.5)
    left.set_xlim(-0.005, 2000)
    left.set_xticks([0, *10.0 ** np.arange(-2, 4)], ["0", "0.01", "0.1", "1", "10", "100", "1000"])
    left.set_xlabel("scale of top-down weights [1]")
    left.set_ylabel("test error [%]")
    plain_axes(left, "Tied weights")
    draw_panel(right, data, "correlation")
    after, look = data["correlation_at_end_by_correlation"].mean("seed"), stroke(1)
    means = data["test_error_by_correlation"].mean("seed")
    right.plot(
        after, means, color=look.colour, marker=look.marker, markersize=4, linestyle="--", label="after learning"
    )
    right.set_xlabel("correlation with transposed weights [1]")
    plain_axes(right, f"Weights that are tied in part, scale {SCALE:g}")
    right.legend(frameon=False, fontsize="small")
    return figure


def draw_panel(axes: Axes, data: Dataset, axis: str) -> None:
    """Draw the test error against one axis."""
    errors, look = data[f"test_error_by_{axis}"], stroke(0)
    for seed in errors["seed"].values:
        points = errors.sel(seed=seed)
        axes.plot(data[axis], points, linestyle="none", marker="o", markersize=3, markerfacecolor="none", color="0.5")
    axes.plot(
        data[axis], errors.mean("seed"), color=look.colour, marker=look.marker, markersize=4, label="before learning"
    )
    axes.set_yscale("log")
    axes.set_yticks([2, 5, 10, 20, 50], ["2", "5", "10", "20", "50"])
    axes.minorticks_off()
    axes.grid(axis="y", color="0.9", linewidth=0.6)


def main() -> None:
    """Measure, write, draw."""
    parser = argparse.ArgumentParser(description="Sweep scale and correlation of top-down weights on digits.")
    parser.add_argument(
        "--output", type=Path, default=HERE / "result", help="folder; default: result/ beside the script"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS), help="default: %(default)s")
    parser.add_argument("--epochs", type=int, help="default: those of experiment 04")
    parser.add_argument(
        "--again", action="store_true", help="only summary and figure, from the result.nc that is there"
    )
    asked = parser.parse_args()
    result = asked.output / "result.nc"
    if asked.again:
        data = load_dataset(result, engine="h5netcdf")
    else:
        points = [(scale, 1.0) for scale in SCALES] + [(SCALE, correlation) for correlation in CORRELATIONS]
        asked.output.mkdir(parents=True, exist_ok=True)
        found = sweep(points, asked.seeds, asked.epochs, asked.output / "points.json")
        edge = len(SCALES) * len(asked.seeds)
        data = to_dataset(asked.seeds, found[:edge], found[edge:])
        with whole_file(result) as part:
            write_netcdf(data, part)
    save_figure(draw(data), asked.output / "figure.png")
    write_json(summary(data), asked.output / "summary.json")


if __name__ == "__main__":
    main()
