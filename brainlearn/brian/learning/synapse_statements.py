"""Statements of compiled loops that learn on spikes: what becomes of one synapse, and what units say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# What `noted` holds, which the loops and Python tell each other.
COLUMNS, ROWS, WAITING, BY_PYTHON, BOUNDED = range(5)


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
class SynapseText:
    """What becomes of synapse `s` from unit `u` to unit `j`; what its source was is found from place `first` on.

    Parameters
    ----------
    terms : sequence of TermText
    copies : int
    kind : str
        Type of the weights, ``"f4"`` or ``"f8"``.
    chain : sequence of str
        Statements that take a change `x`, a sum over copies, into the weight `w`.
    arrived : str
        Whether a spike arrives at the synapse: text in which ``{source}`` is the unit among those of all copies, and
        ``{copy}`` its copy.
    weigh_each : bool
        Whether the factor of the weight multiplies what each copy brings; else their sum.
    """

    terms: Sequence[TermText]
    copies: int
    kind: str
    chain: Sequence[str]
    arrived: str
    weigh_each: bool = False

    def acts_on(self, pre: bool) -> bool:
        """Return whether any term acts on presynaptic spikes, or any on postsynaptic ones."""
        return any(term.on_pre is pre for term in self.terms)

    def learning(self) -> list[str]:
        """Return the statements that add up its terms in their order, and change its weight."""
        lines = [f"w, x = weights[s], {self.kind}(0)"]
        for k, term in enumerate(self.terms):
            lines += self._term(k, term)
        return [*lines, *self.chain, "weights[s] = w"]

    def unless_reached(self) -> list[str]:
        """Return the statements that pass over a synapse that a spike reaches: it was taken with its row."""
        if not self.acts_on(pre=True):
            return []
        lines = self._over_copies([f"reached |= {self._arrived}"])
        return ["reached = False", *lines, "if reached:", "    continue"]

    def _term(self, k: int, term: TermText) -> list[str]:
        pre = term.pre if term.pre_fixed else f"pre{k}[u8(first + {self._source})]"
        post = term.post if term.post_fixed else f"post{k}[u8({self._target})]"
        flag = self._arrived if term.on_pre else f"fired[u8({self._target})]"
        if not term.weight or self.weigh_each:
            factor = f" * {term.weight}" if term.weight else ""
            return self._over_copies([f"if {flag}:", f"    x += {pre} * {post}{factor}"])
        lines = self._over_copies([f"if {flag}:", f"    part += {pre} * {post}"])
        return [f"part = {self.kind}(0)", *lines, f"x += part * {term.weight}"]

    # A loop over one copy would cost more than what is in it.

    def _over_copies(self, lines: list[str]) -> list[str]:
        return lines if self.copies == 1 else ["for c in range(copies):", *indented(lines)]

    @property
    def _arrived(self) -> str:
        return self.arrived.format(source=self._source, copy="0" if self.copies == 1 else "c")

    @property
    def _source(self) -> str:
        return "u" if self.copies == 1 else "c * n_pre + u"

    @property
    def _target(self) -> str:
        return "j" if self.copies == 1 else "c * n_post + j"


def sides_of_pre(terms: Sequence[TermText], kind: str) -> list[str]:
    """Return the statements that write presynaptic sides of all terms, from place `first` on."""
    return _over_units(
        [f"pre{k}[u8(first + i)] = {t.pre}" for k, t in enumerate(terms) if not t.pre_fixed], "pre", kind
    )


def sides_of_post(terms: Sequence[TermText], kind: str) -> list[str]:
    """Return the statements that write postsynaptic sides of all terms."""
    sides = (f"post{k}[i] = {term.post}" for k, term in enumerate(terms) if not term.post_fixed)
    return _over_units(list(sides), "post", kind)


def _over_units(statements: Sequence[str], side: str, kind: str) -> list[str]:
    """Return the loop over the units of a side, and over those that spike, if that makes a difference."""
    again = [each for each in statements if "spiked" in each]
    lines = [f"spiked = {kind}(0)", f"for i in range(u8(copies * n_{side})):", *indented(statements)]
    if again:
        spikes = f"for k in range({side}_space[copies * n_{side}]):"
        lines += [f"spiked = {kind}(1)", spikes, f"    i = {side}_space[k]", *indented(again)]
    return lines if statements else ["pass"]


def marked(spikes: str, number: str, flags: str, units: str, size: str, place: int) -> list[str]:
    """Return the statements that note in flags which units spiked in copies that learn, and list each unit once."""
    return f"""for k in range({number}):
    e = {spikes}
    c = e // {size}
    u = e - c * {size}
    if taking_part[c]:
        fresh = True
        for o in range(c):
            if {flags}[o * {size} + u]:
                fresh = False
        {flags}[e] = True
        if fresh:
            {units}[noted[{place}]] = u
            noted[{place}] += 1""".splitlines()


def unmarked(flags: str, units: str, size: str, place: int) -> list[str]:
    """Return the statements that undo what `marked` noted."""
    return f"""for k in range(noted[{place}]):
    for c in range(copies):
        {flags}[c * {size} + {units}[k]] = False
noted[{place}] = 0""".splitlines()


def indented(lines: Sequence[str]) -> list[str]:
    """Return lines as those of a block."""
    return [f"    {line}" for line in lines]


def filled(frame: str, **blocks: Sequence[str]) -> str:
    """Return the text of a function with blocks in the places of lines like ``{name}``, as deep as these are."""
    lines = []
    for line in frame.strip("\n").splitlines():
        name = line.strip()[1:-1]
        depth = len(line) - len(line.lstrip())
        lines += [" " * depth + each for each in blocks[name]] if line.strip() == f"{{{name}}}" else [line]
    return "\n".join(lines) + "\n"
