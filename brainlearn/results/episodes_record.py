"""Episodes of a circuit that acts in an environment, as the training loop records them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EpisodesRecord:
    """Episodes that are over, in the order in which they ended.

    Parameters
    ----------
    copy, number : list of int
        Which copy lived the episode, and its how many-th it was, from 0.
    total_reward : list of float
        Sum of all rewards [1].
    length : list of int
        Decisions.
    latency : list of float
        Time of the circuit from the onset to the last decision [s].
    terminated : list of bool
        Whether it came to its end; else to its limit.
    """

    copy: list[int] = field(default_factory=list)
    number: list[int] = field(default_factory=list)
    total_reward: list[float] = field(default_factory=list)
    length: list[int] = field(default_factory=list)
    latency: list[float] = field(default_factory=list)
    terminated: list[bool] = field(default_factory=list)
