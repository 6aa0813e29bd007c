"""Synapses whose delays are learned: while they learn, a spike arrives in the steps around its delay, in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from brainlearn.circuit import Circuit
from brainlearn.circuit.rows import Rows, smallest_type, starts_of
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.mistakes import Mistake, UserError, closest


class DelayedSynapses:
    """The synapses of a projection, each with a delay that may be any number of time steps.

    A synapse with weight w and delay d brings ``w * k(n - d)`` n steps after the spike. The kernel k is a triangle, and
    its parts add up to 1: the gradient of a delay compares what comes earlier with what comes later (Hammouamri,
    Khalfaoui-Hassani & Masquelier 2023, arXiv 2306.17670, who take a Gaussian). With a width of one step it
    interpolates between the two steps next to the delay, and a delay of whole steps is an ordinary one.

    Parameters
    ----------
    rows : Rows
    longest : int
        The longest delay [time steps].
    device : torch.device
    """

    def __init__(self, rows: Rows, longest: int, device: torch.device) -> None:
        self.shape, self.longest = rows.shape, longest
        pairs = rows.pres.astype(np.int64) * rows.shape[1] + rows.posts
        self._pairs = torch.as_tensor(pairs, device=device)

    def spread(self, weights: Tensor, delays: Tensor, width: float) -> Tensor:
        """Return the weights of all steps, those of the longest delay first, ((longest + 1) * pre, post).

        Parameters
        ----------
        weights, delays : (synapse,) Tensor
            Delays in time steps.
        width : float
            How far the kernel reaches to each side [time steps], 1 or more.
        """
        late = torch.arange(self.longest, -1, -1, dtype=delays.dtype, device=delays.device)[:, None]
        apart = (late - delays) / width  # (step, synapse)
        # A triangle, written so that its derivative at a corner is the mean of those on both sides: whole delays move.
        kernel = ((apart + 1).abs() - 2 * apart.abs() + (apart - 1).abs()) / 2
        parts = weights * kernel / kernel.sum(dim=0)
        size = self.shape[0] * self.shape[1]
        whole = parts.new_zeros(self.longest + 1, size).index_add(1, self._pairs, parts)
        return whole.view(-1, self.shape[1])

    def sums(self, sent: Sequence[Tensor | None], weights: Tensor, believed: Tensor | None) -> Iterator[Tensor]:
        """Yield what arrives in this step, (copy, post).

        Parameters
        ----------
        sent : sequence of (copy, pre) Tensor or None
            What left in each of the last steps, this one last.
        weights : Tensor
            What `spread` returned.
        believed : None
        """
        there = [each for each in sent if each is not None]  # None only before the first step
        yield torch.cat(there, dim=1) @ weights[-len(there) * self.shape[0] :]


def delays_to_learn(
    circuit: Circuit, wiring: Mapping[str, AnyWiring], longest: Mapping[str, int]
) -> dict[str, np.ndarray]:
    """Return the delays that learning begins with, (synapse,) by projection [time steps].

    Parameters
    ----------
    circuit : Circuit
    wiring : mapping of str to Wiring or Rows
    longest : mapping of str to int
        The longest delay of a projection, by name [time steps].

    Raises
    ------
    UserError
        If a projection has no delays that could be learned.
    """
    found: dict[str, np.ndarray] = {}
    for name, steps in longest.items():
        where, own = f'learned_delays["{name}"]', wiring.get(name)
        if own is None:
            raise UserError(Mistake(where, "no such projection", f'"{name}"', ", ".join(wiring), closest(name, wiring)))
        if not isinstance(own, Rows) or own.delays is None or own.order is not None:
            wrong = "delays can be learned only if every synapse has its own delay and weight"
            hint = 'Give the projection a delay such as { distribution = "uniform", low = "0 ms", high = "20 ms" }.'
            raise UserError(Mistake(where, wrong, "one delay, or tied weights", "a table of delays", hint))
        if circuit.projection(name).short_term_plasticity is not None:
            wrong, key = "delays of synapses with short-term plasticity cannot be learned", "short_term_plasticity"
            raise UserError(Mistake(where, wrong, key, f"synapses without `{key}`"))
        tied = [p.name for p in circuit.projections if isinstance(p.weights, Tied) and p.weights.to == name]
        if tied:
            wrong = "other weights are tied to its synapses, whose order changes with their delays"
            raise UserError(Mistake(where, wrong, ", ".join(tied), "a projection to which no other is tied"))
        drawn = int(own.delays.max(initial=0))
        if steps < max(drawn, 1):
            wrong, allowed = "the longest delay is shorter than that of a synapse", f"{max(drawn, 1)} or more"
            raise UserError(Mistake(where, wrong, str(steps), f"{allowed} [time steps]"))
        found[name] = own.delays
    return found


def learned_wiring(
    wiring: Mapping[str, AnyWiring], weights: nn.ParameterDict, delays: nn.ParameterDict
) -> dict[str, AnyWiring]:
    """Return synapses with what was learned, delays in whole steps; tied weights stay as they are."""
    found: dict[str, AnyWiring] = {}
    for name, own in wiring.items():
        now = np.array(weights[name].numpy(force=True) if name in weights else own.weights, dtype=own.weights.dtype)
        if name in delays and isinstance(own, Rows):
            found[name] = _in_whole_steps(own, now, delays[name].numpy(force=True))
        else:
            found[name] = replace(own, weights=now)
    return found


def _in_whole_steps(rows: Rows, weights: np.ndarray, delays: np.ndarray) -> Rows:
    """Return synapses with (synapse,) weights and delays, rounded to time steps, in the order of `Rows`."""
    steps = np.rint(delays).astype(np.uint32)
    order = np.lexsort((rows.posts, steps, rows.pres))
    starts = starts_of(np.bincount(rows.pres, minlength=rows.shape[0]))
    kept = steps[order].astype(smallest_type(int(steps.max(initial=0))))
    return Rows(starts, rows.posts[order], weights[order], rows.targets, kept)
