"""What differs between the two sides of a comparison besides what it compares, computed from files and records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from brainlearn.experiment.loading import Experiment, load_experiment
from brainlearn.experiment.schema import BaselineTable
from pages.evidence.comparison import Comparison, Side
from pages.evidence.experiments import FILE
from pages.evidence.recorded_values import runs_of
from pages.evidence.swept import SWEEPS, trained_by
from pages.evidence.verdicts import Judged

RECORDED = ("epochs", "presentations", "items")
SEARCH = "not recorded"


def what_differs(judged: Judged, experiments: Path) -> str:
    """Return one line: every condition in which the sides differ, run / control, and the search of each side."""
    comparison = judged.comparison
    if comparison.control.value is not None:
        return f"control is a known number ({comparison.control.what}); settings tried: {_count(judged.tried[0])}"
    found = [f"{name} {run} / {control}" for name, run, control in _differing(comparison, experiments)]
    tried = " / ".join(map(_count, judged.tried))
    return f"{'; '.join(found) or 'nothing else that files and records say'}; settings tried: {tried}"


def _count(tried: int | None) -> str:
    return SEARCH if tried is None else str(tried)


def _differing(comparison: Comparison, experiments: Path) -> Iterator[tuple[str, str, str]]:
    run, control = comparison.run, comparison.control
    yield from _of_runs(runs_of(run, experiments), runs_of(control, experiments))
    ours, theirs = (_training(side, experiments) for side in (run, control))
    for name, value in ours.items():
        if value != theirs.get(name, value):
            yield name, value, theirs[name]


def _of_runs(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield what the records of runs say of how long each side learned, and on what it was tested."""
    for key in RECORDED:
        both = [sorted({run[key] for run in runs if run.get(key) is not None}) for runs in (ours, theirs)]
        if all(both) and both[0] != both[1]:
            run, control = (", ".join(f"{value:,}" for value in values) for values in both)
            yield key, run, control


def _training(side: Side, experiments: Path) -> dict[str, str]:
    """Return how a side was trained, by the experiment file: the rule's way, or that of the baseline it names."""
    trained = _trained(side, experiments / side.experiment)
    if trained is None:
        return {}
    experiment, baseline = trained
    settings = experiment.settings
    found = {
        "circuit": experiment.circuit.name,
        "shifts in training": str(settings.stimulus.shift),
        "noise in training": f"{settings.stimulus.noise:g}",
        "dropout": ", ".join(f"{path} {share:g}" for path, share in settings.dropout.items() if share) or "none",
        "training images": str(settings.training.samples or "all"),
        "presentations in a step": str((baseline or settings.training).copies),
        "weight decay": f"{_decay(experiment, baseline):g}",
    }
    if side.file == "seeds.json":
        found["epochs"] = str(settings.training.epochs)
    elif not (experiments / side.experiment / FILE).is_file():
        found["epochs"] = str(sum(settings.epochs_of_tasks(baseline)))
    return found


def _trained(side: Side, folder: Path) -> tuple[Experiment, BaselineTable | None] | None:
    """Return what a side trained: by the experiment file, or by the sweep that its record is called after."""
    if (folder / FILE).is_file():
        experiment = _loaded(folder / FILE)
        return experiment, _baseline(side, experiment)
    sweep = folder / SWEEPS / f"{Path(side.file).stem}.toml"
    return trained_by(sweep) if sweep.is_file() else None


@cache
def _loaded(path: Path) -> Experiment:
    return load_experiment(path)


def _baseline(side: Side, experiment: Experiment) -> BaselineTable | None:
    """Return the baseline whose runs a side has; scripts call it by what it does, backprop."""
    chosen = experiment.settings.baselines.chosen()
    rule = str(side.where.get("rule", ""))
    return chosen.get(rule) or (chosen.get("backprop_through_time") if rule == "backprop" else None)


def _decay(experiment: Experiment, baseline: BaselineTable | None) -> float:
    if baseline is not None:
        return baseline.decay
    steps = [step for table in experiment.settings.rule_tables.values() for step in table.updates]
    return max((float(getattr(step, "rate", 0.0)) for step in steps if step.name == "decay"), default=0.0)
