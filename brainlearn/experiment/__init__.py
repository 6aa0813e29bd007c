"""Experiments: what a circuit is shown, how it learns, how it is tested."""

from __future__ import annotations

from brainlearn.experiment.loading import Experiment, load_experiment

__all__ = ["Experiment", "load_experiment"]
