"""What a script, or a notebook, has set is the same after every public call."""

from __future__ import annotations

import logging
import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import torch
from brian2 import defaultclock, ms, prefs

import brainlearn
from tests.docs.markdown import ROOT

ONE_AREA = ROOT / "circuits" / "one_area.toml"
SMALL = ("training.epochs=1", "training.samples=40", "dataset.validation=0", "readout.one_pass=false")
PREFERENCES = ("codegen.target", "core.default_float_dtype", "core.stop_on_keyboard_interrupt", "logging.display_brian_error_message")


def state() -> dict[str, Any]:
    """What somebody else may have set."""
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002
    return {
        "preferences": {name: prefs[name] for name in PREFERENCES},
        "clock": float(defaultclock.dt),
        "errors": np.geterr(),
        "print": np.get_printoptions()["precision"],
        "filters": list(warnings.filters),
        "loggers": [list(logging.getLogger(name).handlers) for name in (None, "brian2", "matplotlib", "py.warnings")],
        "level": logging.getLogger().level,
        "random": (kind, keys.tolist(), rest),
        "python's random": random.getstate(),
        "torch's random": torch.get_rng_state().tolist(),
        "torch": (torch.get_default_dtype(), torch.is_grad_enabled()),
        "backend": dict(mpl.rcParams)["backend"],
        "figures": dict(mpl.rcParams)["figure.figsize"],
        "hook": sys.excepthook,
    }  # fmt: skip


@contextmanager
def unchanged() -> Iterator[None]:
    """Set what is nobody's default, and compare."""
    before_prefs, before_clock, before_errors = {name: prefs[name] for name in PREFERENCES}, defaultclock.dt, np.geterr()
    prefs.codegen.target = "cython" if before_prefs["codegen.target"] == "numpy" else "numpy"
    prefs["core.stop_on_keyboard_interrupt"] = False
    defaultclock.dt = 0.25 * ms
    np.seterr(under="call", over="raise")
    random.seed(5), np.random.seed(5), torch.manual_seed(5)  # noqa: NPY002
    before = state()
    try:
        yield
        after = state()
    finally:
        prefs._set_preference = None if False else getattr(prefs, "_set_preference", None)
        for name, value in before_prefs.items():
            prefs[name] = value
        defaultclock.dt = before_clock
        np.seterr(**before_errors)
    different = {name: (value, after[name]) for name, value in before.items() if value != after[name]}
    assert not different
