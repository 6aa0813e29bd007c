"""One training of one circuit, with labels that are right or half wrong, by its rule or by backpropagation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brainlearn import load_experiment
from brainlearn.lab import Silent, conduct, error_percent, prepare

HERE = Path(__file__).resolve().parent
CIRCUITS = ("forward_forward", "temporal_difference", "predictive_coding", "target_propagation", "e_prop")
MNIST = "mnist"
RULE, BACKPROP = "rule", "backprop"
BASELINES = dict.fromkeys(CIRCUITS, "backprop_through_time") | {MNIST: "backprop"}


def learn(run: Mapping[str, Any], data: Path | None = None, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Learn, and return errors [percent], the epochs and what decays of every weight at each change.

    Parameters
    ----------
    run : mapping
        The ``circuit`` (a file beside this one), the ``learner``, the share of ``wrong_labels`` and the ``seed``.
    data : Path, optional
        Folder of MNIST.
    changes : mapping, optional
        Values of other keys of the file.
    """
    file = HERE / f"{run['circuit']}.toml"
    told = {"seed": run["seed"], "dataset.wrong_labels": run["wrong_labels"], **(changes or {})}
    told["readout.validate_every"] = load_experiment(file).settings.training.epochs  # only once, which saves time
    experiment = load_experiment(file, told)
    baseline = BASELINES[run["circuit"]] if run["learner"] == BACKPROP else None
    course = prepare(experiment, data, Silent(), baseline)
    record = conduct(course)
    settings, tested = experiment.settings, record.test
    found: dict[str, Any] = {"validation_error_percent": record.epochs[-1].validation_error_percent}
    if tested is not None and tested.prediction is not None and tested.label is not None:
        found["test_error_percent"] = error_percent(tested.prediction, tested.label)
        found["items"] = len(tested.prediction)
    table = settings.baselines.chosen().get(baseline or "")
    if table is not None:
        return found | {"epochs": len(record.epochs), "decay": table.decay * table.step_size}
    step = next(iter(settings.rule_tables.values())).updates[-1]
    return found | {"epochs": len(record.epochs), "decay": float(getattr(step, "rate", 0.0))}


def decaying(circuit: str, learner: str, share: float) -> dict[str, Any]:
    """Return the changes of a file that let a share of every weight decay at each change."""
    settings = load_experiment(HERE / f"{circuit}.toml").settings
    if learner == BACKPROP:
        name = BASELINES[circuit]
        return {f"baselines.{name}.decay": share / settings.baselines.chosen()[name].step_size}
    if len(settings.rule_tables) == 1:
        return {"rule.updates[1].rate": share}
    return {f"rules[{k}].updates[1].rate": share for k in range(len(settings.rule_tables))}
