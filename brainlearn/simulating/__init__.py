"""Circuits simulated for any time without learning: inputs, what is recorded, statistics of the spikes."""

from __future__ import annotations

from brainlearn.simulating.in_folder import Stopped, simulate
from brainlearn.simulating.inputs import Sampled, SpikeTrains

__all__ = ["Sampled", "SpikeTrains", "Stopped", "simulate"]
