"""Random numbers of one simulation: Brian2 draws from NumPy's global generator, which belongs to the caller."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from brainlearn.saved_state import Arrays, ForeignState, find

ONE_NUMBER = ("position", "has_gauss", "cached_gaussian")  # of NumPy's generator, beside its key


class RandomNumbers:
    """NumPy's global generator as one simulation has it; the caller's own state is put back after every use.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        before = _get()
        np.random.seed(seed)  # noqa: NPY002
        self._kept = _get()
        self._in_use = False
        _set(before)

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Let whatever is drawn within the block continue with the numbers of the simulation."""
        before = _get()
        _set(self._kept)
        self._in_use = True
        try:
            yield
        finally:
            self._in_use = False
            self._kept = _get()
            _set(before)

    def state(self) -> Arrays:
        """Return where the generator is."""
        _, key, *numbers = _get() if self._in_use else self._kept
        return {"key": np.asarray(key), **{n: np.asarray(value) for n, value in zip(ONE_NUMBER, numbers, strict=True)}}

    def restore(self, saved: Arrays) -> None:
        """Put the generator where another one was.

        Raises
        ------
        ForeignState
            If the state is that of another kind of generator.
        """
        position, has_gauss, cached = (find(name, saved).item() for name in ONE_NUMBER)
        before = _get()
        try:
            _set(("MT19937", find("key", saved), position, has_gauss, cached))
        except (TypeError, ValueError) as error:
            raise ForeignState("the random numbers belong to another generator") from error
        if not self._in_use:
            self._kept = _get()
            _set(before)


def _get() -> Any:
    return np.random.get_state()  # noqa: NPY002


def _set(state: Any) -> None:
    np.random.set_state(state)  # noqa: NPY002


def draw(function: str, number: int) -> np.ndarray:
    """Return `number` numbers of ``"rand"`` or ``"randn"``, as Brian2 draws them: from the generator that is in use."""
    numbers: np.ndarray = {"rand": np.random.rand, "randn": np.random.randn}[function](number)
    return numbers
