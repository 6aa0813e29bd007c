"""Signals that ask a run to end: Ctrl-C (SIGINT), SIGTERM, and SIGHUP of a terminal that was closed."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

Handler = Callable[[int, FrameType | None], object]


def asking_to_end() -> tuple[signal.Signals, ...]:
    """Return the signals that ask for the end here; not SIGHUP where ``nohup`` has it ignored, or there is none."""
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is None or signal.getsignal(hang_up) is signal.SIG_IGN:
        return (signal.SIGINT, signal.SIGTERM)
    return (signal.SIGINT, signal.SIGTERM, hang_up)


@contextlib.contextmanager
def handled(handler: Handler) -> Iterator[None]:
    """Let those signals call `handler` within the block; outside the main thread nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in asking_to_end()}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def interrupt(number: int, frame: FrameType | None) -> None:
    """End what is running by KeyboardInterrupt."""
    raise KeyboardInterrupt


@contextlib.contextmanager
def postponed() -> Iterator[None]:
    """Delay signals to the end of the block, and raise KeyboardInterrupt then; a second one at once.

    For blocks that must not be left half done, as the start of other processes.
    """
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    with handled(ask):
        yield
    if asked:
        raise KeyboardInterrupt
