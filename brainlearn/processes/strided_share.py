"""Copies assigned to processes in turn, which add up their changes with ``torch.distributed`` (gloo)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
import torch.distributed as group
from torch.distributed.rendezvous import rendezvous

from brainlearn.brian.share import Number
from brainlearn.mistakes import Mistake, UserError


class StridedShare:
    """Every `size`-th copy, from the copy `rank` on: each process gets positives and negatives.

    Parameters
    ----------
    rank, size : int
        Number of this process, from 0, and how many there are in the group that has been joined.
    """

    def __init__(self, rank: int, size: int) -> None:
        self.rank, self.size = rank, size

    def own(self, values: np.ndarray) -> np.ndarray:
        """Return the rows of this process, of a (copy, ...) array over all copies."""
        return values[self.rank :: self.size]

    def all_of(self, values: np.ndarray, copies: int) -> np.ndarray:
        """Return the (copy, ...) array over all `copies` of which every process has its own rows."""
        most = -(-copies // self.size)
        padded = np.zeros((most, *values.shape[1:]), dtype=values.dtype)  # gloo wants rows alike
        padded[: len(values)] = values
        mine = torch.from_numpy(padded)
        parts = [torch.empty_like(mine) for _ in range(self.size)]
        group.all_gather(parts, mine)
        joined_rows = np.empty((copies, *values.shape[1:]), dtype=values.dtype)
        for rank, part in enumerate(parts):
            rows = joined_rows[rank :: self.size]
            rows[:] = part.numpy()[: len(rows)]
        return joined_rows

    def told(self, message: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Return what the first process says to all; the others pass nothing."""
        said = [message]
        group.broadcast_object_list(said, src=0)
        assert said[0] is not None
        return said[0]

    def total(self, values: Number) -> Number:
        """Return the sum over processes of a number or an array: the same bits in every process."""
        summed = torch.tensor(values) if isinstance(values, int) else torch.from_numpy(np.array(values, order="C"))
        group.all_reduce(summed)
        return int(summed) if isinstance(values, int) else summed.numpy()


@contextmanager
def joined() -> Iterator[StridedShare]:
    """Join the other processes that ``torchrun`` started; leave them at the end."""
    store, rank, size = next(rendezvous("env://"))
    if os.environ.get("GROUP_WORLD_SIZE") == "1":  # torchrun keeps the store, with the addresses of processes that died
        attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
        store = group.PrefixStore(f"attempt_{attempt}", store)  # type: ignore[attr-defined]
    group.init_process_group("gloo", store=store, rank=rank, world_size=size)
    try:
        yield StridedShare(group.get_rank(), group.get_world_size())
    except RuntimeError as error:
        if "gloo" not in str(error):
            raise
        hint = "Look at what it printed. torchrun --max-restarts N starts all of them again, from the last checkpoint."
        raise UserError(Mistake("processes", "another process of this run has ended", "", "", hint)) from error
    finally:
        group.destroy_process_group()
