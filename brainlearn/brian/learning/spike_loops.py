"""The text of two compiled loops that learn on spikes: what a step brings, and what becomes of the weights it reaches.

The first loop looks at units before any synapse delivers, as rules do. It evaluates both sides of every term and notes
which units' spikes arrive, and which units spike. The second one runs after the delivery. It takes every synapse of
those units once: adds up its terms in their order, first over copies, as `SpikeSum` does, and takes the sum through
the chain of updates. What either cannot do it leaves to Python, in that step alone, and returns False.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brainlearn.brian.learning.spike_sum import COLUMN

# What `noted` holds.
ROWS, COLUMNS, WAITING, BY_PYTHON, BOUNDED = range(5)


@dataclass(frozen=True)
class TermText:
    """A term as text.

    Parameters
    ----------
    on_pre : bool
        Whether it acts when a presynaptic spike arrives; else when the postsynaptic unit spikes.
    pre, post : str
        Both sides, of unit ``i`` of all copies.
    pre_fixed, post_fixed : bool
        Whether a side is a constant.
    weight : str
        The factor of the weight `w`, or empty.
    """

    on_pre: bool
    pre: str
    post: str
    pre_fixed: bool
    post_fixed: bool
    weight: str


@dataclass(frozen=True)
class LoopText:
    """What both loops are made of.

    Parameters
    ----------
    terms : sequence of TermText
    copies : int
    kind : str
        Type of the weights, ``"f4"`` or ``"f8"``.
    delayed : bool
        Whether spikes arrive later than they are sent.
    storage : str
        A key of `_WALKS`.
    chain : sequence of str
        Statements that take a change `x` of the weight `w` into it.
    """

    terms: Sequence[TermText]
    copies: int
    kind: str
    delayed: bool
    storage: str
    chain: Sequence[str]

    def proposing(self, found: Sequence[str]) -> str:
        """Return the text of the first loop; `found` are the statements that find its arrays and numbers."""
        on_pre, on_post = (any(term.on_pre is side for term in self.terms) for side in (True, False))
        pre = [f"pre{k}[u8(first + i)] = {t.pre}" for k, t in enumerate(self.terms) if not t.pre_fixed]
        post = [f"post{k}[i] = {t.post}" for k, t in enumerate(self.terms) if not t.post_fixed]
        return _PROPOSING.format(
            found=_indented(found, 4),
            arriving=_indented(_LATE if self.delayed else _AT_ONCE, 4),
            on_pre=int(on_pre),
            on_post=int(on_post),
            column=COLUMN,
            delayed=self.delayed,
            pre=_over_units(pre, "pre", self.kind, 8),
            post=_over_units(post, "post", self.kind, 4),
            by_python=BY_PYTHON,
            waiting=WAITING,
            mark_pre=_MARK.format(flags="arrived", units="rows", size="n_pre", place=ROWS),
            mark_post=_MARK.format(flags="fired", units="columns", size="n_post", place=COLUMNS),
        )

    def learning(self, found: Sequence[str]) -> str:
        """Return the text of the second loop."""
        row, column = _WALKS[self.storage]
        lines = [f"w, x = weights[s], {self.kind}(0)"]
        for k, term in enumerate(self.terms):
            lines += self._term(k, term)
        lines += [*self.chain, "weights[s] = w"]
        return _LEARNING.format(
            found=_indented(found, 4),
            rows=_indented([*row, *(f"    {line}" for line in lines)], 8),
            columns=_indented([*column, *(f"    {line}" for line in (*self._unreached(), *lines))], 8),
            **{name: globals()[name] for name in ("ROWS", "COLUMNS", "WAITING", "BY_PYTHON", "BOUNDED")},
        )

    def _term(self, k: int, term: TermText) -> list[str]:
        """Return the statements that add a term to the change of one synapse."""
        pre = term.pre if term.pre_fixed else f"pre{k}[u8(first + {self._source})]"
        post = term.post if term.post_fixed else f"post{k}[u8({self._target})]"
        flag = f"arrived[u8({self._source})]" if term.on_pre else f"fired[u8({self._target})]"
        total = "part" if term.weight else "x"
        lines = self._over_copies([f"if {flag}:", f"    {total} += {pre} * {post}"])
        return [f"part = {self.kind}(0)", *lines, f"x += part * {term.weight}"] if term.weight else lines

    def _unreached(self) -> list[str]:
        """Return the statements that pass over a synapse that was taken with its row."""
        lines = self._over_copies([f"reached |= arrived[u8({self._source})]"])
        return ["reached = False", *lines, "if reached:", "    continue"]

    # The loop over one copy would cost more than what is in it.

    def _over_copies(self, lines: Sequence[str]) -> Sequence[str]:
        return lines if self.copies == 1 else ["for c in range(copies):", *(f"    {line}" for line in lines)]

    @property
    def _source(self) -> str:
        return "u" if self.copies == 1 else "c * n_pre + u"

    @property
    def _target(self) -> str:
        return "j" if self.copies == 1 else "c * n_post + j"


_PROPOSING = """
def loop(row, numbers):
    {found}
    copies, n_pre, n_post, slots = size[0], size[1], size[2], size[3]
    if noted[{by_python}]:
        return True
    {arriving}
    sent, fires = pre_space[copies * n_pre], post_space[copies * n_post]
    reached, columns_reached = number * {on_pre}, fires * {on_post}
    if learning[0] and reached * n_post + {column} * columns_reached * n_pre >= n_pre * n_post:
        return False
    if not place[0]:
        return False
    place[1] = (place[1] + 1) % slots
    first = place[1] * copies * n_pre
    learns = learning[0] and reached + columns_reached > 0
    if {delayed} or learns:
        {pre}
    if not learns:
        return True
    {post}
    noted[{waiting}] = 1
    for k in range(reached):
        e = arriving[begin + k]
        {mark_pre}
    for k in range(columns_reached):
        e = post_space[k]
        {mark_post}
    return True
"""
_AT_ONCE = ("arriving, begin, number = pre_space, 0, pre_space[copies * n_pre]",)
_LATE = (
    "arriving = carray(pointer(held_at[0]), held_at[1], int32)",
    "begin, number = line_place[0], lengths[line_place[2]]",
)
_MARK = """c = e // {size}
        u = e - c * {size}
        if taking_part[c]:
            fresh = True
            for o in range(c):
                if {flags}[o * {size} + u]:
                    fresh = False
            {flags}[e] = True
            if fresh:
                {units}[noted[{place}]] = u
                noted[{place}] += 1"""
_LEARNING = """
def loop(row, numbers):
    {found}
    copies, n_pre, n_post, slots = size[0], size[1], size[2], size[3]
    if noted[{BY_PYTHON}]:
        return False
    if not noted[{WAITING}]:
        return True
    if not noted[{BOUNDED}]:
        return False
    first = (place[1] + 1) % slots * copies * n_pre
    for k in range(noted[{ROWS}]):
        u = rows[k]
        {rows}
    for k in range(noted[{COLUMNS}]):
        j = columns[k]
        {columns}
    for k in range(noted[{ROWS}]):
        for c in range(copies):
            arrived[c * n_pre + rows[k]] = False
    for k in range(noted[{COLUMNS}]):
        for c in range(copies):
            fired[c * n_post + columns[k]] = False
    noted[{ROWS}] = noted[{COLUMNS}] = noted[{WAITING}] = 0
    return True
"""
_WALKS = {
    "rows": (
        ("for s in range(u8(starts[u]), u8(starts[u + 1])):", "    j = posts[s]"),
        ("for m in range(u8(ends[j]), u8(ends[j + 1])):", "    u, s = others[m], u8(flat[m])"),
    ),
    "matrix": (
        ("for j in range(n_post):", "    s = u8(u * n_post + j)"),
        ("for u in range(n_pre):", "    s = u8(u * n_post + j)"),
    ),
    "masked": (
        ("for j in range(n_post):", "    s = u8(u * n_post + j)", "    if not mask[s]:", "        continue"),
        ("for u in range(n_pre):", "    s = u8(u * n_post + j)", "    if not mask[s]:", "        continue"),
    ),
}


def _over_units(statements: Sequence[str], side: str, kind: str, depth: int) -> str:
    """Return the loop over the units of a side, and over those that spike, if that makes a difference."""
    if not statements:
        return "pass"
    lines = [
        f"spiked = {kind}(0)",
        f"for i in range(u8(copies * n_{side})):",
        *(f"    {each}" for each in statements),
    ]
    again = [each for each in statements if "spiked" in each]
    if again:
        lines += [
            f"spiked = {kind}(1)",
            f"for k in range({side}_space[copies * n_{side}]):",
            f"    i = {side}_space[k]",
        ]
        lines += [f"    {each}" for each in again]
    return _indented(lines, depth)


def _indented(lines: Sequence[str], depth: int) -> str:
    return ("\n" + " " * depth).join(lines)
