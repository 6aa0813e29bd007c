"""The state of something as named arrays: what is written into a checkpoint, and put back from one.

Names are paths, as ``"population/V1/E/v"``. An object with state offers ``state() -> Arrays`` and ``restore(arrays)``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]


class ForeignState(ValueError):
    """A saved state that does not fit what it is to be put into."""


def under(name: str, arrays: Mapping[str, Any]) -> Arrays:
    """Return the arrays with ``name/`` before their names.

    >>> under("V1/E", {"v": 0.5})
    {'V1/E/v': array(0.5)}
    """
    return {f"{name}/{key}": np.asarray(value) for key, value in arrays.items()}


def below(name: str, arrays: Mapping[str, np.ndarray]) -> Arrays:
    """Return those arrays whose names begin with ``name/``, without it."""
    start = f"{name}/"
    return {key.removeprefix(start): value for key, value in arrays.items() if key.startswith(start)}


def find(name: str, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return an array; ForeignState if it is not there."""
    if name not in arrays:
        raise ForeignState(f'there is no "{name}"')
    return arrays[name]


def put_back(array: np.ndarray, name: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a saved array over `array`; ForeignState if it is not there, or of another shape or type."""
    saved = find(name, arrays)
    if saved.shape != array.shape or saved.dtype != array.dtype:
        found, wanted = (f"{each.dtype} of shape {each.shape}" for each in (saved, array))
        raise ForeignState(f'"{name}" is {found} instead of {wanted}')
    array[...] = saved


def generator_state(rng: np.random.Generator) -> np.ndarray:
    """Return where a random generator is, as a text in an array."""
    return np.array(json.dumps(rng.bit_generator.state))


def put_generator_back(rng: np.random.Generator, name: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Put a random generator where it was; ForeignState if that is of another kind of generator."""
    try:
        rng.bit_generator.state = json.loads(str(find(name, arrays)))
    except (TypeError, ValueError, KeyError) as error:
        raise ForeignState(f'"{name}" is no state of a {type(rng.bit_generator).__name__}') from error
