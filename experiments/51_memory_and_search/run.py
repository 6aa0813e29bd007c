"""Memory of training by depth, and steps that rules need: ``python experiments/51_memory_and_search/run.py``.

It writes ``memory.json``, ``gradients.json``, ``trials.json`` and ``trials.nc``, ``steps.json``, ``summary.json`` and
``figure.png`` into ``result/`` beside this file (``--output`` writes elsewhere): started again, it continues from
there. Memory is measured on Linux, with the C library of GNU.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from memory import ARMS, gradients_apart, measured
from search import RULES, TRIALS, steps_needed
from xarray import Dataset

from brainlearn.lab import (
    mean_interval,
    measure_missing,
    new_figure,
    plain_axes,
    save_figure,
    stroke,
    write_json,
    write_netcdf,
)

HERE = Path(__file__).resolve().parent
MEMORY_SEEDS, SEEDS, TUNING_SEED = (1, 2, 3), (1, 2, 3, 4, 5), 101
DEPTHS, COPIES = (2, 5, 10, 20), (50, 400)
THROUGHOUT = ("forward_forward, mirror", "backprop_through_time", "checkpointing", "temporal_difference, mirror")
RESOLVED = 1.0  # MB; what is less is drawn there
TUNING_STEPS = {"node_perturbation": 2000}
OTHERS_TUNING_STEPS = 300
WORDS = {
    "forward_forward, mirror": "Forward-Forward",
    "temporal_difference, mirror": "temporal differences",
    "backprop_through_time": "backpropagation through time",
    "checkpointing": "the same with recomputation",
    "node_perturbation": "node perturbation",
    "forward_forward": "Forward-Forward",
    "temporal_difference": "temporal differences",
}

Run = Mapping[str, Any]


# ---- what is measured ----------------------------------------------------------------------------------------------


def points() -> list[dict[str, Any]]:
    """Return all points at which memory is measured, what decides first."""
    forward, backward, recomputed, difference = THROUGHOUT
    found = [(arm, 20, 400, "returning") for arm in (forward, backward, recomputed)]
    found += [(arm, 2, 400, "returning") for arm in (forward, backward, recomputed)]
    found += [(arm, 20, 400, "default") for arm in (backward, recomputed)]
    found += [(arm, areas, 50, "returning") for areas in (20, 2) for arm in (forward, backward)]
    found += [(arm, 20, 400, "returning") for arm in ARMS if arm not in (forward, backward, recomputed)]
    found += [(arm, areas, 400, "returning") for areas in (10, 5) for arm in (forward, backward, recomputed)]
    found += [(difference, areas, 400, "returning") for areas in (2, 10, 5)]
    found += [(arm, areas, 50, "returning") for areas in DEPTHS for arm in THROUGHOUT]
    keys = ("arm", "areas", "copies", "allocator")
    return [{**dict(zip(keys, point, strict=True)), "seed": seed} for point in found for seed in MEMORY_SEEDS]


def trials() -> list[dict[str, Any]]:
    """Return the trials by which the settings of every rule are chosen."""
    return [
        {"rule": rule, "seed": TUNING_SEED, "most": TUNING_STEPS.get(rule, OTHERS_TUNING_STEPS), **settings}
        for rule in reversed(RULES)
        for settings in TRIALS[rule]
    ]


def chosen(tried: Sequence[Run], rule: str) -> dict[str, Any]:
    """Return the settings with which a rule needed fewest steps; if none sufficed, erred least."""
    best = min(
        (each for each in tried if each["rule"] == rule),
        key=lambda each: (not each["reached"], each["steps"], each["validation_error_percent"]),
    )
    return {key: best[key] for key in ("size", "spread") if key in best}


def searched(tried: Sequence[Run]) -> Dataset:
    """Return the validation error with which every trial ended, from which the evidence counts them."""
    errors = [[run["validation_error_percent"] for run in tried if run["rule"] == rule] for rule in RULES]
    about = {"units": "percent", "long_name": "validation error at the end of a trial"}
    return Dataset({"validation_error": (("rule", "trial"), errors, about)}, {"rule": list(RULES)})


def said_of_memory(run: Run) -> str:
    """Return the line to print of a point."""
    point = f"{run['arm']}, {run['areas']} areas, {run['copies']} copies, {run['allocator']}, seed {run['seed']}"
    return f"{point}: {run['growth_mb']:.1f} MB"


def said_of_steps(run: Run) -> str:
    """Return the line to print of a search."""
    settings = ", ".join(f"{key} {run[key]:g}" for key in ("size", "spread") if key in run)
    end = f"{run['steps']} steps, {run['validation_error_percent']:.1f} %"
    return f"{run['rule']}, seed {run['seed']}, {settings}: {end}"


# ---- what was found ------------------------------------------------------------------------------------------------


def growth(memory: Sequence[Run], arm: str, areas: int, copies: int, allocator: str = "returning") -> list[float]:
    """Return the memory that training adds at a point, by seed [MB]."""
    wanted = {"arm": arm, "areas": areas, "copies": copies, "allocator": allocator}
    return [run["growth_mb"] for run in memory if wanted.items() <= run.items()]


def summary(memory: Sequence[Run], gradients: Sequence[Run], tried: Sequence[Run], steps: Sequence[Run]) -> Run:
    """Return means with 95 % intervals, and a sentence."""
    added = {
        f"{arm}; {areas} areas; {copies} copies; {allocator}": rounded(values)
        for arm in ARMS
        for copies in COPIES
        for areas in DEPTHS
        for allocator in ("returning", "default")
        if len(values := growth(memory, arm, areas, copies, allocator)) > 1
    }
    needed = {rule: [run for run in steps if run["rule"] == rule] for rule in RULES}
    by_seed = {run["seed"]: run["log10_steps"] for run in needed["backprop_through_time"]}
    ratios = {
        rule: rounded([run["log10_steps"] - by_seed[run["seed"]] for run in runs if run["seed"] in by_seed])
        for rule, runs in needed.items()
        if rule != "backprop_through_time" and len(runs) > 1
    }
    mean = {arm: np.mean(values) for arm in THROUGHOUT if (values := growth(memory, arm, 20, 400))}
    most = mean["backprop_through_time"]
    shares = "; ".join(f"{WORDS[arm]} {each:.0f} MB, {100 * each / most:.0f} %" for arm, each in mean.items())
    times = "; ".join(f"{WORDS[rule]} {10 ** ratio[0]:.1f} times" for rule, ratio in ratios.items())
    return {
        "experiment": HERE.name,
        "found": f"memory that training adds, 20 areas, 400 copies: {shares}; "
        f"steps of backpropagation until 10 % validation error: {times}",
        "growth_mb": added,
        "gradients": list(gradients),
        "chosen": {rule: chosen(tried, rule) for rule in RULES if any(run["rule"] == rule for run in tried)},
        "steps": {rule: rounded([run["steps"] for run in runs]) for rule, runs in needed.items() if len(runs) > 1},
        "not_reached": {rule: sum(not run["reached"] for run in runs) for rule, runs in needed.items()},
        "log10_of_steps_over_those_of_backpropagation": ratios,
    }


def rounded(values: Sequence[float]) -> list[float]:
    """Return a mean with its 95 % interval."""
    return [round(float(each), 3) for each in mean_interval(values)]


def draw(memory: Sequence[Run], steps: Sequence[Run]) -> Figure:
    """Draw memory against depth for both numbers of copies, and the steps of every rule; dots are seeds."""
    figure = new_figure(10.5, 3.6)
    axes = figure.subplots(1, 3, width_ratios=(1, 1, 1.1))
    axes[1].sharey(axes[0])
    for place, copies in zip(axes, COPIES, strict=False):
        for index, arm in enumerate(THROUGHOUT):
            line = stroke(index)
            found = {areas: values for areas in DEPTHS if (values := growth(memory, arm, areas, copies))}
            found = {areas: np.maximum(values, RESOLVED) for areas, values in found.items()}
            means = [np.mean(values) for values in found.values()]
            place.plot([*found], means, color=line.colour, marker=line.marker, markersize=4, label=WORDS[arm])
            for areas, values in found.items():
                place.plot([areas] * len(values), values, line.marker, color=line.colour, markersize=3, alpha=0.5)
        plain_axes(place, f"{copies} copies")
        place.set(xscale="log", yscale="log", xlabel="areas")
        place.set_xticks(DEPTHS, [str(each) for each in DEPTHS])
        place.minorticks_off()
    axes[0].set_ylabel("memory that training adds [MB]")
    axes[0].legend(fontsize="x-small", frameon=False, loc="upper left")
    names = [*RULES][::-1]
    for row, rule in enumerate(names):
        for run in (each for each in steps if each["rule"] == rule):
            face = "black" if run["reached"] else "none"
            axes[2].plot(run["steps"], row, "o", markersize=4, color="black", markerfacecolor=face)
    plain_axes(axes[2], "steps until 10 % validation error")
    axes[2].set(xscale="log", xlabel="changes of the weights")
    axes[2].set_yticks(range(len(names)), [WORDS[rule] for rule in names])
    axes[2].set_ylim(-0.5, len(names) - 0.5)
    return figure


def main() -> None:
    """Measure what is not there yet, and write all files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("memory", "search"), help="measure one half; default: both")
    parser.add_argument("--output", type=Path, default=HERE / "result", help="folder; default: result/ here")
    parser.add_argument("--again", action="store_true", help="only summary and figure, from the files that are there")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    stores = {name: options.output / f"{name}.json" for name in ("memory", "gradients", "trials", "steps")}
    if not options.again and options.only != "search":
        measure_missing(points(), stores["memory"], measured, said_of_memory)
        asked = [{"areas": 20, "copies": 50, "seed": seed} for seed in MEMORY_SEEDS]
        measure_missing(asked, stores["gradients"], lambda each: gradients_apart(**each), str)
    if not options.again and options.only != "memory":
        tried = measure_missing(trials(), stores["trials"], steps_needed, said_of_steps)
        write_netcdf(searched(tried), options.output / "trials.nc")
        asked = [{"rule": rule, "seed": seed, **chosen(tried, rule)} for seed in SEEDS for rule in reversed(RULES)]
        measure_missing(asked, stores["steps"], steps_needed, said_of_steps)
    found = {name: json.loads(store.read_text("utf-8")) for name, store in stores.items() if store.exists()}
    if len(found) == len(stores):
        write_json(
            summary(found["memory"], found["gradients"], found["trials"], found["steps"]),
            options.output / "summary.json",
        )
        save_figure(draw(found["memory"], found["steps"]), options.output / "figure.png")


if __name__ == "__main__":
    main()
