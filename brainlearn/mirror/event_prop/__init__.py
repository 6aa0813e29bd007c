"""Exact gradients of spike times: circuits in continuous time, event by event, with EventProp on the way back."""

from __future__ import annotations

from brainlearn.mirror.event_prop.event_mirror import EventMirror, EventRun

__all__ = ["EventMirror", "EventRun"]
