"""Episodes of a circuit that acts in an environment, as the training loop records them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray


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


@dataclass(frozen=True)
class FilmRecord:
    """What was seen and done in the first test episode of a few copies, frame after frame.

    Parameters
    ----------
    film : (frame,) array of int
        Which episode a frame belongs to, from 0.
    observation : (frame, number) array
    action : (frame, component) array
        That led to the frame; nan in the first frame of an episode.
    reward : (frame,) array
        That came with it [1].
    picture : (picture, row, column, 3) array of uint8, optional
        Of some frames of the first episode, at equal distances, if the environment renders them.
    """

    film: NDArray[Any]
    observation: NDArray[Any]
    action: NDArray[Any]
    reward: NDArray[Any]
    picture: NDArray[Any] | None = None
