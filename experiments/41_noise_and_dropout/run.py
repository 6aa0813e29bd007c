"""Noise and dropout of spikes while a circuit learns, over 60 epochs: which learning curves cross.

Each rule learns few digits for many epochs, with every unit and clean images, with half the units off, and with noisy
images. Step sizes are chosen on validation items, for each rule and condition by the same search::

    python experiments/41_noise_and_dropout/run.py

It writes ``runs.json``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file (``--output`` writes
elsewhere). Started again, it continues with the runs that are missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from brainlearn import load_experiment
from brainlearn.lab import (
    Silent,
    conduct,
    error_percent,
    mean_interval,
    measure_missing,
    new_figure,
    of_these,
    plain_axes,
    prepare,
    record_runs,
    runs_options,
    stroke,
)

HERE = Path(__file__).resolve().parent
SEEDS, SEARCHED = (1, 2, 3, 4, 5), 11
STEPS, BEYOND = (2e-3, 4e-3, 8e-3, 1.6e-2), 3.2e-2  # of the search, and one more to see its edge
FRACTION, NOISE = 0.5, 0.3
EVERY = 3  # epochs between validations
FIRST, LAST = 2, 3  # validations that are averaged: early, after epochs 3 and 6; late, for the search
BASELINE = "backprop_through_time"
FILES = {
    "forward_forward": "forward_forward",
    "temporal_difference": "temporal_difference",
    BASELINE: "temporal_difference",
}
AREAS = {"forward_forward": ("V1/E", "V2/E"), "temporal_difference": ("V1/E",)}
TESTED = ("final", "equal_step")
CONDITIONS = {"plain": "neither", "dropout": "half the units off", "noise": "noisy images"}


def changes(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run changes in the file of its experiment."""
    rule, condition = asked["rule"], asked["condition"]
    step = f"baselines.{BASELINE}.step_size" if rule == BASELINE else "rule.updates[0].size"
    found = {step: asked["step"], "seed": asked["seed"], "readout.validate_every": EVERY}
    if condition == "dropout":
        found["dropout"] = dict.fromkeys(AREAS[FILES[rule]], FRACTION)
    if condition == "noise":
        found["stimulus.noise"] = NOISE
    return found | ({} if asked["stage"] in TESTED else {"readout.test": False})


def measure(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Let a rule learn in a condition; return the validation error over the epochs, and the test error."""
    experiment = load_experiment(HERE / f"{FILES[asked['rule']]}.toml", changes(asked))
    record = conduct(prepare(experiment, None, Silent(), BASELINE if asked["rule"] == BASELINE else None))
    validated = [(each.epoch, each.validation_error_percent) for each in record.epochs]
    curve = [(epoch, error) for epoch, error in validated if np.isfinite(error)]
    errors = [error for _, error in curve]
    found = {
        "validated_after": [epoch for epoch, _ in curve],
        "validation_error_percent": errors,
        "early_error_percent": float(np.mean(errors[:FIRST])),
        "late_error_percent": float(np.mean(errors[-LAST:])),
    }
    if asked["stage"] in TESTED:
        assert record.test is not None
        found["test_error_percent"] = error_percent(record.test.prediction, record.test.label)
    return found


def searched() -> list[dict[str, Any]]:
    """Return what names the runs of the search, the same step sizes for every rule and condition, and those beyond."""
    return [
        {
            "stage": "beyond" if step == BEYOND else "search",
            "rule": rule,
            "condition": condition,
            "step": step,
            "seed": SEARCHED,
        }
        for rule in FILES
        for condition in CONDITIONS
        for step in (*STEPS, BEYOND)
    ]


def chosen(runs: Sequence[Mapping[str, Any]], rule: str, condition: str) -> float:
    """Return the step size with the least validation error in the end."""
    trials = of_these(map(dict, runs), [{"stage": "search", "rule": rule, "condition": condition}])
    return float(min(trials, key=lambda run: (run["late_error_percent"], run["step"]))["step"])


def final(runs: Sequence[Mapping[str, Any]], seeds: Sequence[int]) -> list[dict[str, Any]]:
    """Return what names the runs that are compared, seed by seed."""
    steps = {(rule, each): chosen(runs, rule, each) for rule in FILES for each in CONDITIONS}
    return [
        {"stage": "final", "rule": rule, "condition": condition, "step": step, "seed": seed}
        for seed in seeds
        for (rule, condition), step in steps.items()
    ]


def equal_steps(runs: Sequence[Mapping[str, Any]], seeds: Sequence[int]) -> list[dict[str, Any]]:
    """Return what names runs with neither noise nor dropout, at the step size of one that has them: `against`."""
    return [
        {
            "stage": "equal_step",
            "rule": rule,
            "condition": "plain",
            "against": condition,
            "step": chosen(runs, rule, condition),
            "seed": seed,
        }
        for condition in tuple(CONDITIONS)[1:]
        for rule in FILES
        for seed in seeds
    ]


def said(run: Mapping[str, Any]) -> str:
    """Return the line to print of a run."""
    errors = f"early {run['early_error_percent']:.1f} %, late {run['late_error_percent']:.1f} %"
    tested = f", test {run['test_error_percent']:.1f} %" if "test_error_percent" in run else ""
    return f"{run['rule']}, {run['condition']}, step {run['step']:g}, seed {run['seed']}: {errors}{tested}"


# ---- what was found ------------------------------------------------------------------------------------------------


def values(runs: Sequence[Mapping[str, Any]], measured: str, **named: str) -> dict[int, Any]:
    """Return a measure of runs, by default of final ones, by seed; they are named by their rule and condition."""
    own = of_these(map(dict, runs), [{"stage": "final", **named}])
    return {run["seed"]: run[measured] for run in own}


def differences(
    runs: Sequence[Mapping[str, Any]], rule: str, condition: str, measured: str, equal: bool = False
) -> list[float]:
    """Return a measure with a condition less that without it, seed by seed; perhaps at an equal step size."""
    other = {"stage": "equal_step", "against": condition} if equal else {"condition": "plain"}
    with_it, without = (values(runs, measured, rule=rule, **each) for each in ({"condition": condition}, other))
    return [with_it[seed] - without[seed] for seed in sorted(with_it)]


def summary(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return errors and differences with their 95 % intervals [percent], the step sizes, and a sentence."""
    measures = {"early": "early_error_percent", "test": "test_error_percent"}
    errors, changed, equal, parts = {}, {}, {}, []
    for rule in FILES:
        for condition in CONDITIONS:
            for when, measured in measures.items():
                name = f"{rule}, {condition}, {when}"
                errors[name] = _rounded(list(values(runs, measured, rule=rule, condition=condition).values()))
                if condition != "plain":
                    changed[name] = _rounded(differences(runs, rule, condition, measured))
                    equal[name] = _rounded(differences(runs, rule, condition, measured, equal=True))
        early, late = changed[f"{rule}, dropout, early"], changed[f"{rule}, dropout, test"]
        parts.append(f"{rule} {early[0]:+.1f} points early and {late[0]:+.1f} in the test")
    return {
        "experiment": HERE.name,
        "found": f"dropout of half the units: {'; '.join(parts)}",
        "steps": {f"{rule}, {each}": chosen(runs, rule, each) for rule in FILES for each in CONDITIONS},
        "errors": errors,
        "differences": changed,
        "differences_at_equal_steps": equal,
    }


def _rounded(found: Sequence[float]) -> list[float]:
    return [round(float(value), 2) for value in mean_interval(found)]


def draw(runs: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw the learning curves: means over seeds, one panel for each rule; dots at the end are test errors."""
    figure = new_figure(9.5, 3.6)
    for axes, rule in zip(figure.subplots(1, len(FILES), sharey=True), FILES, strict=True):
        for index, (condition, words) in enumerate(CONDITIONS.items()):
            line, own = stroke(index), {"rule": rule, "condition": condition}
            curves = list(values(runs, "validation_error_percent", **own).values())
            epochs = next(iter(values(runs, "validated_after", **own).values()))
            axes.plot(epochs, np.mean(curves, axis=0), color=line.colour, label=words)
            tests = list(values(runs, "test_error_percent", **own).values())
            x = [epochs[-1] + 3 + 2 * index] * len(tests)
            axes.plot(x, tests, line.marker, color=line.colour, markersize=4, alpha=0.7)
        plain_axes(axes, rule.replace("_", " "))
        axes.set_xlabel("epoch (dots: test)")
        axes.set_yscale("log")
        axes.set_yticks([5, 10, 20, 50], ["5", "10", "20", "50"])
        axes.minorticks_off()
    figure.axes[0].set_ylabel("validation error [%]")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize="small")
    return figure


def main() -> None:
    """Measure what is not there yet, and write all files."""
    options = runs_options("Do noise and dropout hurt at first and help in the end?", HERE / "result", SEEDS)
    asked = options.parse_args()
    record_runs(asked, lambda store: learn_all(asked.seeds, store), summary, draw)


def learn_all(seeds: Sequence[int], store: Path) -> list[dict[str, Any]]:
    """Search the step sizes, and measure with those that were chosen, but for what `store` holds already."""
    runs = measure_missing(searched(), store, measure, said)
    runs = measure_missing(final(runs, seeds), store, measure, said)
    return measure_missing(equal_steps(runs, seeds), store, measure, said)


if __name__ == "__main__":
    main()
