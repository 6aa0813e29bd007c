"""Packages of an extra that an export needs."""

from __future__ import annotations

import importlib.util

from brainlearn.mistakes import Mistake, UserError


def need(*packages: str) -> None:
    """Raise a UserError that names the packages which are not installed."""
    missing = [
        Mistake(name, "the package is not installed", suggestion=f"Install it: pip install {name}")
        for name in packages
        if not importlib.util.find_spec(name)
    ]
    if missing:
        raise UserError(*missing)
