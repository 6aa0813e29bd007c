"""What ``torchrun`` tells a process that it starts, in its environment."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from brainlearn.brian.share import ALONE, Share

OF_TORCHRUN = ("GROUP_", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_", "RANK", "ROLE_", "TORCHELASTIC_", "WORLD_SIZE")


def follows() -> bool:
    """Return whether this process takes part in a run that another process displays and writes."""
    return processes() > 1 and int(os.environ["RANK"]) > 0


def resume_command(folder: Path, count: int) -> str:
    """Return the command that resumes a run whose copies so many processes hold."""
    by = f"torchrun --nproc-per-node {count} -m " if count > 1 else ""
    return f"{by}brainlearn resume {shlex.quote(str(folder))}"


def restarted() -> bool:
    """Return whether ``torchrun`` has started the processes again after one of them failed."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0


@contextmanager
def shared() -> Iterator[Share]:
    """Join the processes that ``torchrun`` started, if it did, and leave them at the end."""
    if processes() == 1:
        yield ALONE
        return
    from brainlearn.processes.strided_share import joined  # PyTorch, which a process alone does without

    with joined() as share:
        yield share


def without_torchrun(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a program that runs alone."""
    return {name: value for name, value in environment.items() if not name.startswith(OF_TORCHRUN)}


def processes() -> int:
    """Return how many processes take part in the run of this one."""
    return int(os.environ.get("WORLD_SIZE", "1"))
