"""The synapses of a projection, stored row after row, without the matrix of all pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from brainlearn.compiled_loop import compiled_loop

FEW = 2_000_000  # synapses that NumPy sorts within half a second


@dataclass(frozen=True, eq=False)
class Rows:
    """The synapses of one projection, those of the first source unit first.

    Parameters
    ----------
    starts : (pre + 1,) array of int64
        The synapses of source unit ``u`` are number ``starts[u]`` to ``starts[u + 1] - 1``.
    posts : (synapse,) array of int32
        Target units, ascending within a row, and with `delays` within a row and a delay. A target unit that a row
        names twice has two synapses.
    weights : (synapse,) array of float64 or float32
        Initial weights [1].
    targets : int
        Number of target units.
    delays : (synapse,) array of uint8, uint16 or uint32, or None
        In time steps, ascending within a row; None if all are that of the projection.
    order : (synapse,) array of int, or None
        Of tied weights: where those that they follow are in the flattened weights of the other projection.
    own : (synapse,) array of float64, or None
        The part of tied weights that does not follow the others [1], with a root mean square of 1.
    """

    starts: np.ndarray
    posts: np.ndarray
    weights: np.ndarray
    targets: int
    delays: np.ndarray | None = None
    order: np.ndarray | None = None
    own: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Source units and target units."""
        return len(self.starts) - 1, self.targets

    @property
    def mask(self) -> None:
        """Nothing: every weight is that of a synapse."""

    @cached_property
    def pres(self) -> np.ndarray:
        """(synapse,) array of int32 : Source units."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.starts))

    def where(self, kept: np.ndarray) -> Rows:
        """Return the synapses for which `kept`, (synapse,) bool, is true."""
        starts = starts_of(np.bincount(self.pres[kept], minlength=self.shape[0]))
        delays = None if self.delays is None else self.delays[kept]
        return Rows(starts, self.posts[kept], self.weights[kept], self.targets, delays)

    def matrix(self, values: np.ndarray | None = None) -> np.ndarray:
        """Return weights, or other (synapse,) `values`, as a (pre, post) array; synapses of one pair are added up."""
        matrix = np.zeros(self.shape, dtype=self.weights.dtype)
        np.add.at(matrix, (self.pres, self.posts), self.weights if values is None else values)
        return matrix


def starts_of(lengths: np.ndarray) -> np.ndarray:
    """Return where rows of these lengths, (pre,), start, and where the last one ends: (pre + 1,) int64."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def rows_of_blocks(blocks: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return `starts` and `posts` of the rows of a mask that comes in blocks of rows, (some pre, post) bool each."""
    lengths, posts = [], []
    for block in blocks:
        lengths.append(np.count_nonzero(block, axis=1))
        posts.append(np.nonzero(block)[1].astype(np.int32))
    return starts_of(np.concatenate(lengths)), np.concatenate(posts)


def rows_of_columns(pres: np.ndarray, sources: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `starts` and `posts` of synapses that are listed by target unit.

    Parameters
    ----------
    pres : (post, synapse) array of int32
        Source units of every target unit, in any order.
    sources : int
        Number of source units.
    """
    starts = starts_of(np.bincount(pres.reshape(-1), minlength=sources))
    posts = np.empty(pres.size, dtype=np.int32)
    _fill_rows(pres, starts[:-1].copy(), posts)
    return starts, posts


@compiled_loop(nogil=True)
def _fill_rows(pres, ends, posts):  # type: ignore[no-untyped-def]
    """Write every target unit into the rows of its source units; `ends` is where each row has come to."""
    for post in range(pres.shape[0]):
        for k in range(pres.shape[1]):
            pre = pres[post, k]
            posts[ends[pre]] = post
            ends[pre] += 1


def sort_by_delay(starts: np.ndarray, posts: np.ndarray, delays: np.ndarray) -> None:
    """Bring the synapses of every row into the order of their delays, in place; those of one delay keep theirs."""
    if len(posts) <= FEW:
        _sort_few(starts, posts, delays)
    else:
        _sort(starts, posts, delays, int(delays.max()), int(np.diff(starts).max()))


def _sort_few(starts: np.ndarray, posts: np.ndarray, delays: np.ndarray) -> None:
    """Sort as `_sort` does, without Numba, which takes a second and 120 MB to load."""
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    order = np.lexsort((delays, rows))
    posts[:], delays[:] = posts[order], delays[order]


@compiled_loop(nogil=True)
def _sort(starts, posts, delays, largest, longest):  # type: ignore[no-untyped-def]
    places = np.zeros(largest + 2, dtype=np.int64)
    old_posts = np.empty(longest, dtype=posts.dtype)
    old_delays = np.empty(longest, dtype=delays.dtype)
    for row in range(starts.shape[0] - 1):
        first = starts[row]
        length = starts[row + 1] - first
        places[:] = 0
        for k in range(length):
            old_posts[k] = posts[first + k]
            old_delays[k] = delays[first + k]
            places[old_delays[k] + 1] += 1
        for d in range(1, largest + 1):
            places[d] += places[d - 1]
        for k in range(length):
            place = first + places[old_delays[k]]
            places[old_delays[k]] += 1
            posts[place] = old_posts[k]
            delays[place] = old_delays[k]


def smallest_type(largest: int) -> type[np.unsignedinteger]:
    """Return the smallest type of NumPy that holds delays of so many steps."""
    return np.uint8 if largest < 2**8 else np.uint16 if largest < 2**16 else np.uint32
