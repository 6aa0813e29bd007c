"""Weighted sums over synapses that are listed: matrices of PyTorch that hold no pair without a synapse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from brainlearn.circuit.rows import Rows

AT_ONCE = 4_000_000  # products of both sides that are held in memory on the way back
FEW = 0.1  # of all synapses in all copies: more spikes than that are added up faster by a product of matrices


class ListedPairs:
    """The pairs of units that synapses join, in a form in which their weights make a sparse matrix.

    Several synapses of one pair are one entry of the matrix, the sum of their weights.

    Parameters
    ----------
    pres, posts : (synapse,) array of int
    shape : (int, int)
        Source units and target units.
    device : torch.device
    """

    def __init__(self, pres: np.ndarray, posts: np.ndarray, shape: tuple[int, int], device: torch.device) -> None:
        self.shape, self._pres, self._posts, self._device = shape, pres, posts, device
        ordered = bool((pres[1:] >= pres[:-1]).all())
        by_pre = None if ordered else np.argsort(pres, kind="stable")
        self._synapse = None if by_pre is None else self._numbers(by_pre)
        self._post = self._numbers(posts if by_pre is None else posts[by_pre])
        self._first = self._numbers(np.searchsorted(pres if by_pre is None else pres[by_pre], np.arange(shape[0] + 1)))

    def _numbers(self, values: np.ndarray) -> Tensor:
        return torch.as_tensor(values.astype(np.int64, copy=False), device=self._device)

    @cached_property
    def _pairs(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The pair of every synapse, the order of pairs by their target, and places in both orders, (2, pair)."""
        pairs, entry = np.unique(self._pres.astype(np.int64) * self.shape[1] + self._posts, return_inverse=True)
        pre, post = np.divmod(pairs, self.shape[1])
        by_post = np.lexsort((pre, post))
        places, turned = np.array([pre, post]), np.array([post[by_post], pre[by_post]])
        return self._numbers(entry), self._numbers(by_post), self._numbers(places), self._numbers(turned)

    def entries(self, weights: Tensor) -> Tensor:
        """Return the entries of the matrix, (pair,), row by row, for (synapse,) weights."""
        entry, _, places, _ = self._pairs
        return weights.new_zeros(places.shape[1]).index_add(0, entry, weights)

    def matrix(self, weights: Tensor) -> Tensor:
        """Return the (pre, post) sparse matrix of (synapse,) weights."""
        return _sparse(self._pairs[2], self.entries(weights), self.shape)

    def transposed(self, weights: Tensor) -> Tensor:
        """Return the (post, pre) sparse matrix of (synapse,) weights."""
        _, by_post, _, turned = self._pairs
        return _sparse(turned, self.entries(weights)[by_post], self.shape[::-1])

    def sum_of_few(self, sent: Tensor, weights: Tensor, chosen: Tensor | None = None) -> Tensor | None:
        """Return the weighted sum, (copy, post), synapse by synapse of the units that send; None if too many do.

        Parameters
        ----------
        sent : (copy, pre) Tensor
        weights : (synapse,) Tensor
        chosen : (synapse,) Tensor, optional
            Which of the weights belong to these synapses; default: all, one after the other.
        """
        places = torch.from_numpy(np.flatnonzero(sent.detach().numpy()))  # NumPy is several times faster here
        copy, unit = places // self.shape[0], places % self.shape[0]
        first, count = self._first[unit], self._first[unit + 1] - self._first[unit]
        total = int(count.sum())
        if total > FEW * len(sent) * len(self._post):
            return None
        each = torch.arange(total) + (first - count.cumsum(0) + count).repeat_interleave(count)
        released = sent.reshape(-1)[places].repeat_interleave(count)
        onto = (copy * self.shape[1]).repeat_interleave(count) + self._post[each]
        synapse = each if self._synapse is None else self._synapse[each]
        values = weights[synapse if chosen is None else chosen[synapse]] * released
        return sent.new_zeros(len(sent) * self.shape[1]).index_add_(0, onto, values).reshape(len(sent), self.shape[1])

    def products(self, sent: Tensor, gradient: Tensor) -> Tensor:
        """Return the sum over copies of (copy, pre) times (copy, post) at every synapse, (synapse,)."""
        a, b = sent.T.contiguous(), gradient.T.contiguous()
        step = max(AT_ONCE // max(len(sent), 1), 1)
        entry, _, places, _ = self._pairs
        parts = [(a[pre] * b[post]).sum(1) for pre, post in places.split(step, dim=1)]
        return torch.cat(parts)[entry] if parts else gradient.new_zeros(0)


def _sparse(places: Tensor, entries: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return a matrix with entries at `places`, (2, entry): each place once, row by row."""
    return torch.sparse_coo_tensor(places, entries, shape, is_coalesced=True, check_invariants=False)


class _ListedSum(torch.autograd.Function):
    """``sent @ weights`` at the synapses; the way back takes other weights if others are believed."""

    @staticmethod
    def forward(ctx: Any, sent: Tensor, weights: Tensor, believed: Tensor | None, pairs: ListedPairs) -> Tensor:
        ctx.save_for_backward(sent, weights if believed is None else believed)
        ctx.pairs = pairs
        return (pairs.transposed(weights) @ sent.T).T.contiguous()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        sent, back = ctx.saved_tensors
        to_sent, to_weights, *_ = ctx.needs_input_grad
        return (
            (ctx.pairs.matrix(back) @ gradient.T).T if to_sent else None,
            ctx.pairs.products(sent, gradient) if to_weights else None,
            None,
            None,
        )


def _asks_for_gradients(*tensors: Tensor | None) -> bool:
    return torch.is_grad_enabled() and any(each is not None and each.requires_grad for each in tensors)


class ListedSynapses:
    """The synapses of a projection, those of one delay together.

    Parameters
    ----------
    rows : Rows
    delay : int
        For synapses without their own delay [time steps].
    device : torch.device

    Attributes
    ----------
    longest : int
        The longest delay [time steps].
    """

    def __init__(self, rows: Rows, delay: int, device: torch.device) -> None:
        self.shape, pres = rows.shape, rows.pres
        self._groups: list[tuple[int, Tensor | None, ListedPairs]] = []
        self._posts = torch.as_tensor(rows.posts.astype(np.int64), device=device)
        if rows.delays is None:
            self._groups.append((delay, None, ListedPairs(pres, rows.posts, rows.shape, device)))
        for steps in [] if rows.delays is None else np.unique(rows.delays):
            chosen = np.flatnonzero(rows.delays == steps)
            pairs = ListedPairs(pres[chosen], rows.posts[chosen], rows.shape, device)
            self._groups.append((int(steps), torch.as_tensor(chosen, device=device), pairs))
        self.longest = max((steps for steps, *_ in self._groups), default=0)

    def sums(self, sent: Sequence[Tensor | None], weights: Tensor, believed: Tensor | None) -> Iterator[Tensor]:
        """Yield what arrives in this step after each delay, (copy, post).

        Parameters
        ----------
        sent : sequence of (copy, pre) Tensor or None
            What left in each of the last steps, this one last.
        weights : (synapse,) Tensor
        believed : (synapse,) Tensor, or None
            What the way back takes the weights for; None: for what they are.
        """
        for steps, chosen, pairs in self._groups:
            arriving = sent[len(sent) - 1 - steps]
            if arriving is None:
                continue
            few = None
            if arriving.device.type == "cpu" and not _asks_for_gradients(arriving, weights, believed):
                few = pairs.sum_of_few(arriving, weights, chosen)
            if few is not None:
                yield few
                continue
            here = weights if chosen is None else weights[chosen]
            back = believed if chosen is None or believed is None else believed[chosen]
            total: Tensor = _ListedSum.apply(arriving, here, back, pairs)
            yield total

    def sums_by_synapse(
        self, sent: Sequence[Tensor | None], weights: Tensor, believed: Tensor | None
    ) -> Iterator[Tensor]:
        """As `sums`, where every synapse was sent something else: `sent` is (copy, synapse)."""
        for steps, chosen, _ in self._groups:
            arriving = sent[len(sent) - 1 - steps]
            if arriving is None:
                continue
            parts = arriving, weights, weights if believed is None else believed, self._posts
            value, here, back, posts = parts if chosen is None else (each[..., chosen] for each in parts)
            value = value.detach() * here + (value - value.detach()) * back
            yield value.new_zeros(len(value), self.shape[1]).index_add(1, posts, value)
