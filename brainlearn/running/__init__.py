"""Runs: an experiment trained and tested, in a folder if it is to stay, saved while it goes on, and resumed."""

from __future__ import annotations

from brainlearn.running.conduct import Interrupted, run, run_record
from brainlearn.running.in_folder import resume, run_to_folder

__all__ = ["Interrupted", "resume", "run", "run_record", "run_to_folder"]
