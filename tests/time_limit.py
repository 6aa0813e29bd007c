"""What does not end is a failure, not a test that runs for ever."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def within(seconds: float, seed: object = "") -> Iterator[None]:
    """Fail if the block takes longer, in the main thread of a system that has alarms; name the seed of the case."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"no end within {seconds} s, seed {seed}")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except Exception as error:
        error.add_note(f"seed {seed}")
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
