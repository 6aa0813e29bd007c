"""Circuits in Brian2: copies that share weights, rules at work, and the reference to compare with."""

from __future__ import annotations

from brainlearn.brian.quiet_import import import_brian2

import_brian2()
