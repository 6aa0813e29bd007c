"""Experiments: what a circuit is shown, how it learns, how it is tested."""

from __future__ import annotations

from brainlearn.experiment.folder import resume, run_to_folder
from brainlearn.experiment.loading import Experiment, load_experiment
from brainlearn.experiment.run import Interrupted, run, run_record

__all__ = ["Experiment", "Interrupted", "load_experiment", "resume", "run", "run_record", "run_to_folder"]
