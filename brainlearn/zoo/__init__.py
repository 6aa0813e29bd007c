"""Trained circuits: those that come with the package, and those that runs leave in their folders."""

from __future__ import annotations

from brainlearn.zoo.loading import load_trained
from brainlearn.zoo.trained import Trained

__all__ = ["Trained", "load_trained"]
