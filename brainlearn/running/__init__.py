"""Runs: an experiment trained and tested, optionally in a folder, where it is saved while it runs, and resumed."""

from __future__ import annotations

from brainlearn.running.conduct import Interrupted, run_record
from brainlearn.running.in_folder import Ended, resume, run_to_folder
from brainlearn.running.whole_run import run

__all__ = ["Ended", "Interrupted", "resume", "run", "run_record", "run_to_folder"]
