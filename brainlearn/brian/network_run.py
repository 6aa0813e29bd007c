"""Running a network by settings of its own, without a warning that says nothing."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from brian2 import Network, prefs, second
from brian2.core.network import _get_all_objects


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


def run_network(network: Network, duration: float) -> None:
    """Run for a duration [s]; names in its text are those that its objects were given."""
    with warnings.catch_warnings():
        # Brian2 compares float32 states with 1e50 after every run, which is infinite there.
        warnings.filterwarnings("ignore", message="overflow encountered in cast", category=RuntimeWarning)
        with np.errstate(all="warn", under="ignore"):  # as NumPy begins, whatever the caller asks for
            network.run(duration * second, namespace={})
