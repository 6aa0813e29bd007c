"""One training on digits: its test error, and the angle of its changes to the gradient in the middle of training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn import load_experiment
from brainlearn.lab import AlignmentRecord, Silent, conduct, error_percent, prepare

HERE = Path(__file__).resolve().parent
EPOCHS, LOWEST = 16, "retina/image->V1/E"
UP, DOWN, SCALE = "V1/E->IT/class", "IT/class->V1/E", 0.1  # scale as in the circuit file
FILES = {
    "temporal_difference": "temporal_difference",
    "target_propagation": "target_propagation",
    "equilibrium_propagation": "graded",
    "spike_difference": "graded",
    "forward_forward": "forward_forward",
}
SILENT = "silent"  # top-down weights of 0


def learn(run: Mapping[str, Any]) -> dict[str, Any]:
    """Learn, and return the test error [percent] and angles [degrees].

    Parameters
    ----------
    run : mapping
        The ``rule`` and the ``seed``; of temporal differences also ``top_down``, the correlation of top-down weights
        with the bottom-up ones before learning, or ``"silent"``.
    """
    rule = run["rule"]
    changes: dict[str, Any] = {"seed": run["seed"], "readout.validate_every": EPOCHS}
    if FILES[rule] == "graded":
        changes["rule.name"] = rule
    if "top_down" in run:
        changes |= _top_down(run["top_down"])
    course = prepare(load_experiment(HERE / f"{FILES[rule]}.toml", changes), None, Silent())
    record = conduct(course)
    assert record.test is not None
    assert record.test.label is not None
    assert record.test.prediction is not None
    found = {"test_error_percent": error_percent(record.test.prediction, record.test.label)}
    angles = {f"after_{each.epoch}_epochs": _angles(each) for each in record.alignments}
    return found | {"epochs": len(record.epochs), **angles}


def _top_down(asked: float | str) -> dict[str, Any]:
    """Return the changes of the file that set the top-down weights; silent ones have no angle to measure."""
    if asked == SILENT:
        return {f'weights."{DOWN}"': {"distribution": "tied", "to": UP, "scale": 0.0}, "alignment.epochs": []}
    return {f'weights."{DOWN}"': {"distribution": "tied", "to": UP, "scale": SCALE, "correlation": float(asked)}}


def _angles(found: AlignmentRecord) -> dict[str, float]:
    """Return the angle of synapses from the image, all presentations averaged, and how far the gradient has settled."""
    half = found.angle_gradient[LOWEST][-min(2, len(found.presentations))]
    measured = {"angle": found.angle[LOWEST][-1], "null": found.null_angle[LOWEST], "gradient_of_half": half}
    return {name: round(float(np.asarray(value)), 3) for name, value in measured.items()}
