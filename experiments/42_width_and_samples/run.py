"""Errors of rules and of backpropagation over width and images: ``python experiments/42_width_and_samples/run.py``.

It chooses step sizes on validation items (``steps.nc``), then learns at every point of the grid, and writes
``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file. ``--runs`` keeps finished runs:
started again, it continues from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from labelled import array_of, best_steps, derived, step_at
from reporting import draw, summary
from training import AREAS, LEARNERS, measure
from xarray import Dataset, load_dataset

from brainlearn.lab import measure_missing, of_these, record_script, script_options, whole_file, write_netcdf

HERE = Path(__file__).resolve().parent
SEEDS = (1, 2, 3, 4, 5)
TESTED = (1, 2, 3, 4, 5)
"""Seeds whose test items the search for step sizes must not see."""
WIDTHS, SAMPLES = (10, 30, 100, 300), (60, 180, 480, 1200)
GRID = (
    *((width, SAMPLES[-1]) for width in WIDTHS),
    *((WIDTHS[-1], samples) for samples in SAMPLES[:-1]),
    (WIDTHS[0], SAMPLES[0]),
)
"""Width and samples of each point: along all widths with most images, along all images at the widest, and a corner."""
TRIED = (
    *((55, step, seed) for seed in (77, 78) for step in (3e-3, 1e-2, 3e-2, 1e-1)),
    *((width, step, 77) for width in (WIDTHS[0], WIDTHS[-1]) for step in (3e-3, 1e-2, 3e-2)),
)
"""Width, step size and seed of each trial of the search, with as many images as are in the middle of the grid."""
MIDDLE = 240
CIRCUITS = [{"rule": rule, "learner": learner} for rule in AREAS for learner in LEARNERS]


def main() -> None:
    """Choose step sizes, learn, write, draw."""
    options = script_options("Who gains from width, and by a power law?", HERE / "result", SEEDS)
    options.add_argument("--runs", type=Path, default=Path("runs") / HERE.name, help="folder; default: %(default)s")
    options.add_argument("--only-steps", action="store_true", help="choose step sizes, and stop")
    asked = options.parse_args()
    if asked.only_steps:
        choose_steps(asked.runs, asked.output)
    else:
        steps = asked.output / "steps.nc"
        record_script(asked, partial(learn_all, asked), partial(summary, steps=steps), draw)


def choose_steps(runs: Path, output: Path) -> Dataset:
    """Measure the validation errors of step sizes in narrow, middling and wide circuits, and record them."""
    asked = [
        circuit | {"width": width, "samples": MIDDLE, "step_size": step, "seed": seed, "tested": list(TESTED)}
        for width, step, seed in TRIED
        for circuit in CIRCUITS
    ]
    found = measured(asked, runs / "steps.json")
    by_seed = array_of(found, "validation_error", ("learner", "rule", "width", "step_size", "seed"))
    mean = by_seed.mean("seed", keep_attrs=True).assign_attrs(long_name="mean validation error over the seeds")
    data = Dataset({"validation_error": mean, "validation_error_by_seed": by_seed})
    output.mkdir(parents=True, exist_ok=True)
    with whole_file(output / "steps.nc") as part:
        write_netcdf(data.assign_attrs(experiment=HERE.name), part)
    return data


def learn_all(asked: Any) -> Dataset:
    """Learn at every point of the grid with the step sizes that were chosen, one seed after the other."""
    recorded = asked.output / "steps.nc"
    steps = load_dataset(recorded, engine="h5netcdf") if recorded.exists() else choose_steps(asked.runs, asked.output)
    best = best_steps(steps)
    points = [
        circuit
        | {
            "width": width,
            "samples": samples,
            "step_size": step_at(best.sel(circuit), width),
            "seed": seed,
            "tested": [],
        }
        for seed in asked.seeds
        for circuit in CIRCUITS
        for width, samples in GRID
    ]
    runs = measured(points, asked.runs / "runs.json")
    error = array_of(runs, "test_error", ("learner", "rule", "width", "samples", "seed"))
    return derived(error).assign_attrs(experiment=HERE.name)


def measured(asked: Sequence[Mapping[str, Any]], store: Path) -> list[dict[str, Any]]:
    """Return the runs asked for, and measure those that the store does not hold."""
    store.parent.mkdir(parents=True, exist_ok=True)
    return of_these(measure_missing(asked, store, measure, said), asked)


def said(run: Mapping[str, Any]) -> str:
    """Return the line to print of a run."""
    kind = "validation_error" if run["tested"] else "test_error"
    what = f"{run['learner']}, {run['width']} units, {run['samples']} images, step {run['step_size']:g}"
    return f"seed {run['seed']}, {run['rule']} by {what}: {run[kind]:.1f} %"


if __name__ == "__main__":
    main()
