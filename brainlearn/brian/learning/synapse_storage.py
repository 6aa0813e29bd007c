"""How compiled loops that learn on spikes find the synapses of a unit, and what is in transit to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from brainlearn.brian.learning import one_delay_loops, spread_loops
from brainlearn.brian.learning.spike_sum import SpikeSum
from brainlearn.brian.learning.spike_terms import OnSpikes, SpikeTerms
from brainlearn.brian.learning.spread_terms import SpreadTerms
from brainlearn.brian.learning.synapse_statements import SynapseText
from brainlearn.brian.loop_text import NotElementWise
from brainlearn.brian.row_line import RowLine

MOST_COPIES = 8  # a synapse that is reached looks at all copies: with more of them a list of events is faster

Named = Mapping[str, np.ndarray]
Write = Callable[[SynapseText, Sequence[str]], str]


@dataclass(frozen=True)
class Storage:
    """How the synapses of a projection are stored, and how spikes come to them.

    Parameters
    ----------
    proposing, learning : callable
        Write the two loops: take a `SynapseText`, and the statements that find arrays and numbers.
    arrived : str
        Text that tells whether a spike arrives at a synapse.
    spread : bool
        Whether every synapse has its own delay.
    slots : int
        Steps for which presynaptic sides are held.
    held : mapping of int to array
        Presynaptic sides, by the number of the term, where they are in transit.
    both, first, second : mapping of str to array
        Arrays of both loops, and of either.
    """

    proposing: Write
    learning: Write
    arrived: str
    spread: bool
    slots: int
    held: Mapping[int, np.ndarray]
    both: Named
    first: Named
    second: Named


def storage_of(terms: OnSpikes, synapses: Any, copies: int) -> Storage:
    """Return how synapses are stored that learn by terms on spikes.

    Raises
    ------
    NotElementWise
        If loops cannot do what becomes of the terms.
    """
    if copies > MOST_COPIES or any(term.synapse for term in terms.terms):
        raise NotElementWise(synapses.name)
    match terms, synapses.line:
        case SpreadTerms(local=True), _:
            return _spread(terms, synapses)
        case SpikeTerms(few=SpikeSum()), RowLine() as line if synapses.spread is None:
            return _of_one_delay(terms, synapses, line, copies)
    raise NotElementWise(synapses.name)


def _of_one_delay(terms: SpikeTerms, synapses: Any, line: RowLine, copies: int) -> Storage:
    n_pre, rows = synapses.shape[0], synapses.rows
    kind = "rows" if rows is not None else "matrix" if synapses.mask is None else "masked"
    ends = {} if synapses.mask is None else {"mask": synapses.mask}
    if rows is not None:
        assert terms.few is not None
        ends = {"starts": rows.starts, "posts": rows.posts, **_columns(terms.few)}
    marks = {"arrived": np.zeros(copies * n_pre, dtype=bool), "rows": np.zeros(n_pre, dtype=np.int32)}
    under_way: Named = {}
    held: Mapping[int, np.ndarray] = {}
    place = np.array([1, 0], dtype=np.int64)
    if terms.arriving is not None:
        under_way = {"held_at": line.held_at, "line_place": line.place, "lengths": line.lengths}
        held, place = terms.arriving.held, terms.arriving.place
    return Storage(
        partial(one_delay_loops.proposing, delayed=line.steps > 0),
        partial(one_delay_loops.learning, storage=kind),
        one_delay_loops.ARRIVED,
        False,
        line.steps + 1,
        held,
        {"place": place, **marks},
        under_way,
        ends,
    )


def _spread(terms: SpreadTerms, synapses: Any) -> Storage:
    rows, past, spikes = synapses.rows, terms.past, terms.spikes
    both = {"place": past.place, "sent": past.sent, "flights_at": spikes.flights_at, "under_way": spikes.place}
    return Storage(
        spread_loops.proposing,
        spread_loops.learning,
        spread_loops.ARRIVED,
        True,
        len(past.sent),
        past.held,
        {**both, "starts": rows.starts},
        {},
        {"posts": rows.posts, "delays": terms.delays, **_columns(terms.sum)},
    )


def _columns(few: SpikeSum) -> dict[str, np.ndarray]:
    """Return where the synapses of every postsynaptic unit are."""
    columns = few.columns
    return {"ends": columns.starts, "others": columns.others, "flat": columns.flat}
