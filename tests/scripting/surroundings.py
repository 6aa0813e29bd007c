"""What a script may have set, and what must be the same after brainlearn was called or imported."""

from __future__ import annotations

import logging
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import torch
from brian2 import defaultclock, ms, prefs

LOGGERS = (None, "brian2", "matplotlib", "py.warnings", "numba", "brainlearn")


def surroundings() -> dict[str, Any]:
    """Return what somebody else may have set."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002
    backend = dict.__getitem__(mpl.rcParams, "backend")  # rcParams["backend"] would choose one
    return {
        "preferences of Brian2": {name: prefs[name] for name in prefs},
        "clock": float(defaultclock.dt),
        "errors of NumPy": np.geterr(),
        "printing of NumPy": np.get_printoptions(),
        "filters of warnings": list(warnings.filters),
        "handlers": [list(logging.getLogger(name).handlers) for name in LOGGERS],
        "levels": [logging.getLogger(name).level for name in LOGGERS],
        "random numbers of NumPy": (kind, keys.tolist(), rest),
        "random numbers of Python": random.getstate(),
        "random numbers of PyTorch": torch.get_rng_state().tolist(),
        "settings of PyTorch": (torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()),
        "backend": backend,
        "appearance": {name: value for name, value in dict.items(mpl.rcParams) if name != "backend"},
        "exceptions": sys.excepthook,
    }


@contextmanager
def unchanged() -> Iterator[None]:
    """See that the block leaves all of that alone, with values that are nobody's default."""
    with _unusual():
        before = surroundings()
        yield
        after = surroundings()
    different = [name for name, value in before.items() if value != after[name]]
    assert not different, [f"{name}: {before[name]} -> {after[name]}"[:2000] for name in different]


@contextmanager
def _unusual() -> Iterator[None]:
    changes = {
        "codegen.target": "cython",
        "core.stop_on_keyboard_interrupt": True,
        "codegen.loop_invariant_optimisations": False,
    }
    preferences = {name: prefs[name] for name in changes}
    clock, state, threads = defaultclock.dt, np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        for name, value in changes.items():
            prefs[name] = value
        defaultclock.dt = 0.25 * ms
        random.seed(5)
        np.random.seed(5)  # noqa: NPY002
        with np.errstate(under="warn", over="ignore"), warnings.catch_warnings(), mpl.rc_context({"font.size": 9.5}):
            warnings.filterwarnings("ignore", message="nobody says this")
            yield
    finally:
        for name, value in preferences.items():
            prefs[name] = value
        defaultclock.dt = clock
        np.random.set_state(state)  # noqa: NPY002
        random.setstate(threads)
