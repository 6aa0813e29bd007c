"""Running a network with its own settings, without pointless warnings and without garbage collections."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
from brian2 import Network, prefs, second
from brian2.core import network as brian_network
from brian2.core.network import _get_all_objects

_NO_COLLECTION = SimpleNamespace(collect=lambda: 0)


@contextlib.contextmanager
def brian_settings(precision: str) -> Iterator[None]:
    """Let Brian2 build and run in a precision, by its numpy target, and put the caller's settings back."""
    settings: dict[str, Any] = {
        "codegen.target": "numpy",
        "core.stop_on_keyboard_interrupt": False,  # Ctrl-C ends the program, not just this call of run
        "core.default_float_dtype": np.dtype(precision).type,
    }
    before = {name: prefs[name] for name in settings}
    try:
        for name, value in settings.items():
            prefs[name] = value
        yield
    finally:
        for name, value in before.items():
            prefs[name] = value


def claim(network: Network) -> None:
    """Tell all objects of a network that they are part of one, or Brian2 warns of each if it never runs."""
    for each in _get_all_objects(network.objects):
        each._network = network.id


@contextlib.contextmanager
def little_garbage() -> Iterator[None]:
    """Let Brian2 run networks without the garbage collection that it makes before each run.

    A collection takes some tenths of a second in a process that has imported PyTorch, however short the run is.
    Python still collects garbage as objects add up.
    """
    before = brian_network.gc
    brian_network.gc = _NO_COLLECTION
    try:
        yield
    finally:
        brian_network.gc = before


def run_network(network: Network, duration: float) -> None:
    """Run for a duration [s]; names in its text are those that its objects were given.

    Garbage is collected before the first run alone: what was simulated before may hold much memory.
    """
    again = network.t_ > 0
    with little_garbage() if again else contextlib.nullcontext(), warnings.catch_warnings():
        # Brian2 compares float32 states with 1e50 after every run, which is infinite there.
        warnings.filterwarnings("ignore", message="overflow encountered in cast", category=RuntimeWarning)
        with np.errstate(all="warn", under="ignore"):  # as NumPy begins, whatever the caller asks for
            network.run(duration * second, namespace={})
