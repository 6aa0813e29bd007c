"""The peak memory of this process, without what was held only for measuring."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from pathlib import Path

import psutil


class PeakMemory:
    """Reads the peak of resident memory of this process.

    Where the system can reset the peak of a process (Linux), memory held within `left_out` does not count. Elsewhere it
    does, for the system gives the peak since the process began.
    """

    def __init__(self) -> None:
        self._before = 0.0

    def mb(self) -> float:
        """Return the peak so far [MB]."""
        return max(self._before, _high_water_mark())

    @contextlib.contextmanager
    def left_out(self) -> Iterator[None]:
        """Leave out what is held within the block and released at its end."""
        self._before = self.mb()
        try:
            yield
        finally:
            _give_back()
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5")


def _give_back() -> None:
    """Let the C library return memory to the system that Python has released (Linux with glibc)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _high_water_mark() -> float:
    """Return the peak of resident memory since the process began, or since it was reset [MB]."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) * 1024 / 1e6
    return _peak_elsewhere() / 1e6


def _peak_elsewhere() -> float:
    """Return the peak where the system has no file that holds it [B]."""
    try:
        import resource
    except ImportError:  # Windows
        memory = psutil.Process().memory_info()
        return float(getattr(memory, "peak_wset", memory.rss))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) if psutil.MACOS else peak * 1024.0  # bytes there, kilobytes elsewhere
