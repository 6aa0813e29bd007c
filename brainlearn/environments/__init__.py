"""Environments in which a circuit acts: built-in ones, and all of Gymnasium by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from brainlearn.environments.delayed_reward import DelayedReward
from brainlearn.environments.environment import Environment, Kind
from brainlearn.environments.gaze import Gaze
from brainlearn.environments.two_arm import TwoArm
from brainlearn.environments.water_maze import WaterMaze

__all__ = ["ENVIRONMENTS", "Environment", "Kind"]

ENVIRONMENTS: Mapping[str, Kind] = MappingProxyType(
    {
        "delayed_reward": Kind(
            DelayedReward,
            "a cue, a choice, and some decisions later the reward for it",
            "Izhikevich 2007, Cerebral Cortex 17, 2443: the distal reward problem",
        ),
        "gaze": Kind(
            Gaze,
            "the eyes must turn against the head, and slip of the image is told late",
            "Ito 1982, Annual Review of Neuroscience 5, 275: the vestibulo-ocular reflex",
        ),
        "two_arm": Kind(
            TwoArm,
            "two arms that pay with different probabilities, which may depend on a cue",
            "Sutton & Barto 2018, Reinforcement Learning, 2nd edition, chapter 2",
        ),
        "water_maze": Kind(
            WaterMaze,
            "a round pool with a hidden platform; reaching it ends the episode",
            "Morris, Garrud, Rawlins & O'Keefe 1982, Nature 297, 681",
        ),
    }
)
"""A new one is a file and an entry here."""
