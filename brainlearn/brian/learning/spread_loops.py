"""The text of two compiled loops that learn on spikes, where every synapse has its own delay.

They share their work as those of `one_delay_loops.py`. The second one moves the spikes in transit along their rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from brainlearn.brian.learning.synapse_statements import (
    BOUNDED,
    BY_PYTHON,
    COLUMNS,
    SynapseText,
    filled,
    marked,
    sides_of_post,
    sides_of_pre,
    unmarked,
)

ARRIVED = "(sent[u8(first + {source})] and taking_part[{copy}])"
"""Whether a spike arrives at a synapse, in the loops here; `copy` is its copy."""

_FLIGHTS = "room, flights = flights_at[1], carray(pointer(flights_at[0]), 3 * flights_at[1], int64)"
_PROPOSING = f"""
def loop(row, numbers):
    {{found}}
    copies, n_pre, n_post, slots = size[0], size[1], size[2], size[3]
    if noted[{BY_PYTHON}]:
        return True
    {_FLIGHTS}
    spikes, fires = pre_space[copies * n_pre], post_space[copies * n_post]
    learns = learning[0] > 0 and under_way[0] + spikes + fires > 0
    if not place[0] or (learns and not noted[{BOUNDED}]) or under_way[0] + spikes > room:
        return False
    place[1] = (place[1] + 1) % slots
    first = place[1] * copies * n_pre
    {{pre}}
    for i in range(u8(copies * n_pre)):
        sent[u8(first) + i] = False
    for k in range(spikes):
        e, at = pre_space[k], under_way[0]
        sent[first + e] = True
        flights[at], flights[room + at], flights[2 * room + at] = e, starts[e % n_pre], under_way[1]
        under_way[0] += 1
    under_way[1] += 1
    if learns:
        {{post}}
        {{columns}}
    return True
"""
_LEARNING = f"""
def loop(row, numbers):
    {{found}}
    copies, n_pre, n_post, slots = size[0], size[1], size[2], size[3]
    if noted[{BY_PYTHON}]:
        return False
    {_FLIGHTS}
    seen, left = under_way[1] - 1, 0
    for k in range(under_way[0]):
        copy = flights[k] // n_pre
        u = flights[k] - copy * n_pre
        s, end, age = u8(flights[room + k]), u8(starts[u + 1]), seen - flights[2 * room + k]
        first = (place[1] - age + slots) % slots * copies * n_pre
        {{takes}}
        while s < end and delays[s] == age:
            if takes:
                {{of_rows}}
            s += u8(1)
        if s < end:
            flights[left], flights[room + left], flights[2 * room + left] = flights[k], s, flights[2 * room + k]
            left += 1
    under_way[0] = left
    for k in range(noted[{COLUMNS}]):
        j = columns[k]
        for m in range(u8(ends[j]), u8(ends[j + 1])):
            u, s = others[m], u8(flat[m])
            slot = place[1] - i8(delays[s])
            first = (slot if slot >= 0 else slot + slots) * copies * n_pre
            {{of_columns}}
    {{columns}}
    return True
"""
_TAKES = """takes = learning[0] > 0 and taking_part[copy]
for o in range(copy):
    if sent[first + o * n_pre + u] and taking_part[o]:
        takes = False""".splitlines()


def proposing(synapse: SynapseText, found: Sequence[str]) -> str:
    """Return the text of the first loop; `found` are the statements that find arrays and numbers."""
    fires = "fires" if synapse.acts_on(pre=False) else "0"
    return filled(
        _PROPOSING,
        found=found,
        pre=sides_of_pre(synapse.terms, synapse.kind),
        post=sides_of_post(synapse.terms, synapse.kind),
        columns=marked("post_space[k]", fires, "fired", "columns", "n_post", COLUMNS),
    )


def learning(synapse: SynapseText, found: Sequence[str]) -> str:
    """Return the text of the second loop; `found` as in `proposing`."""
    return filled(
        _LEARNING,
        found=found,
        takes=_TAKES if synapse.acts_on(pre=True) else ["takes = False"],
        of_rows=["j = posts[s]", *synapse.learning()],
        of_columns=[*synapse.unless_reached(), *synapse.learning()],
        columns=unmarked("fired", "columns", "n_post", COLUMNS),
    )
