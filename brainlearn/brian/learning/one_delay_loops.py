"""The text of two compiled loops that learn on spikes, where all synapses have one delay, or none.

The first loop looks at units before any synapse delivers, as rules do. It evaluates both sides of every term and notes
which units' spikes arrive, and which units spike. The second one runs after the delivery. It takes every synapse of
those units once: adds up its terms in their order, over copies, as `SpikeSum` does, and takes the sum through the chain
of updates. What the first one cannot do it leaves to Python, in that step alone, and returns False.
"""

from __future__ import annotations

from collections.abc import Sequence

from brainlearn.brian.learning.spike_sum import COLUMN
from brainlearn.brian.learning.synapse_statements import (
    BOUNDED,
    BY_PYTHON,
    COLUMNS,
    ROWS,
    WAITING,
    SynapseText,
    filled,
    indented,
    marked,
    sides_of_post,
    sides_of_pre,
    unmarked,
)

ARRIVED = "arrived[u8({source})]"
"""Whether a spike arrives at a synapse, in the loops here."""

_PROPOSING = f"""
def loop(row, numbers):
    {{found}}
    copies, n_pre, n_post, slots = size[0], size[1], size[2], size[3]
    if noted[{BY_PYTHON}]:
        return True
    {{arriving}}
    fires = post_space[copies * n_post]
    {{counted}}
    learns = learning[0] > 0 and number + fires > 0
    if not place[0]:
        return False
    if learns and number * n_post + {COLUMN} * fires * n_pre >= n_pre * n_post:
        return False
    place[1] = (place[1] + 1) % slots
    first = place[1] * copies * n_pre
    if slots > 1 or learns:
        {{pre}}
    if not learns:
        return True
    noted[{WAITING}] = 1
    {{post}}
    {{rows}}
    {{columns}}
    return True
"""
_AT_ONCE = ["arriving, begin, number = pre_space, 0, pre_space[copies * n_pre]"]
_LATE = [
    "arriving = carray(pointer(held_at[0]), held_at[1], int32)",
    "begin, number = line_place[0], lengths[line_place[2]]",
]
_LEARNING = f"""
def loop(row, numbers):
    {{found}}
    copies, n_pre, n_post, slots = size[0], size[1], size[2], size[3]
    if noted[{BY_PYTHON}]:
        return False
    if not noted[{WAITING}]:
        return True
    if not noted[{BOUNDED}]:
        return False
    noted[{WAITING}] = 0
    first = (place[1] + 1) % slots * copies * n_pre
    for k in range(noted[{ROWS}]):
        u = rows[k]
        {{of_rows}}
    for k in range(noted[{COLUMNS}]):
        j = columns[k]
        {{of_columns}}
    {{rows}}
    {{columns}}
    return True
"""
_PAIRS = ["s = u8(u * n_post + j)"]
_CONNECTED = [*_PAIRS, "if not mask[s]:", "    continue"]
_WALKS = {
    "rows": (
        ("for s in range(u8(starts[u]), u8(starts[u + 1])):", ["j = posts[s]"]),
        ("for m in range(u8(ends[j]), u8(ends[j + 1])):", ["u, s = others[m], u8(flat[m])"]),
    ),
    "matrix": (("for j in range(n_post):", _PAIRS), ("for u in range(n_pre):", _PAIRS)),
    "masked": (("for j in range(n_post):", _CONNECTED), ("for u in range(n_pre):", _CONNECTED)),
}
"""How to walk over the synapses of unit `u` and onto unit `j`, by how they are stored."""


def proposing(synapse: SynapseText, found: Sequence[str], delayed: bool) -> str:
    """Return the text of the first loop.

    Parameters
    ----------
    synapse : SynapseText
    found : sequence of str
        Statements that find arrays and numbers.
    delayed : bool
        Whether spikes arrive later than they are sent.
    """
    on_pre, on_post = synapse.acts_on(pre=True), synapse.acts_on(pre=False)
    none = [*([] if on_pre else ["number = 0"]), *([] if on_post else ["fires = 0"])]
    return filled(
        _PROPOSING,
        found=found,
        arriving=_LATE if delayed else _AT_ONCE,
        counted=none,
        pre=sides_of_pre(synapse.terms, synapse.kind),
        post=sides_of_post(synapse.terms, synapse.kind),
        rows=marked("arriving[begin + k]", "number", "arrived", "rows", "n_pre", ROWS),
        columns=marked("post_space[k]", "fires", "fired", "columns", "n_post", COLUMNS),
    )


def learning(synapse: SynapseText, found: Sequence[str], storage: str) -> str:
    """Return the text of the second loop; `storage` is a key of `_WALKS`, `found` as in `proposing`."""
    (over_row, of_row), (over_column, of_column) = _WALKS[storage]
    return filled(
        _LEARNING,
        found=found,
        of_rows=[over_row, *indented([*of_row, *synapse.learning()])],
        of_columns=[over_column, *indented([*of_column, *synapse.unless_reached(), *synapse.learning()])],
        rows=unmarked("arrived", "rows", "n_pre", ROWS),
        columns=unmarked("fired", "columns", "n_post", COLUMNS),
    )
