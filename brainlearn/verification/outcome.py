"""What came of a verification: machine by machine, and in one sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from brainlearn.verification.same_spikes import Comparison

MOST_NAMED = 6  # variables and populations in the closing line


@dataclass(frozen=True, repr=False)
class Verification:
    """The outcome of `verify`.

    Parameters
    ----------
    steps, copies : int
    machines : dict of str to Comparison
        ``"copies"`` and ``"mirror"``, each against stock Brian2.
    spikes : dict of str to int
        Spikes of every spiking population in stock Brian2.
    inactive : tuple of str
        Populations that did nothing: what they would have sent was not verified.
    diverged : tuple of str
        State variables that are no finite numbers in stock Brian2 itself.
    tolerance : float
    dt : str
        Time step.
    """

    steps: int
    copies: int
    machines: dict[str, Comparison]
    spikes: dict[str, int]
    inactive: tuple[str, ...]
    diverged: tuple[str, ...]
    tolerance: float
    dt: str = ""

    def __repr__(self) -> str:
        return f"Verification(holds={self.holds}, steps={self.steps}, copies={self.copies})"

    def __str__(self) -> str:
        return closing_line(self, self.dt)

    @property
    def agrees(self) -> bool:
        """Whether every machine spikes like stock Brian2, with states within the tolerance."""
        return all(comparison.holds(self.tolerance) for comparison in self.machines.values())

    @property
    def holds(self) -> bool:
        """Whether the machines agree, and every population took part."""
        return self.agrees and not self.inactive and not self.diverged


def closing_line(found: Verification, dt: str) -> str:
    """Say whether the circuit is verified; if not, why, and what to do."""
    steps, copies = ("" if number == 1 else "s" for number in (found.steps, found.copies))
    size = f"{found.steps:,} step{steps} of {dt}, {found.copies:,} cop{'ies' if copies else 'y'}"
    if found.holds:
        spikes = "all spikes are the same, and " if found.spikes else ""
        return f"Verified in {size}: {spikes}states differ by at most {found.tolerance:g} of their largest value."
    reasons = [
        _disagreement(name, comparison, found.tolerance)
        for name, comparison in found.machines.items()
        if not comparison.holds(found.tolerance)
    ]
    if found.diverged:
        reasons.append(f"{_list(found.diverged)}: no finite number in stock Brian2 itself. Take a smaller dt.")
    if found.inactive:
        reasons.append(_inactive(found))
    return f"Not verified in {size}: " + " ".join(reasons)


def _disagreement(name: str, comparison: Comparison, tolerance: float) -> str:
    """Say what differs; if only states do, by how much, for all spikes may agree all the same."""
    states, misfiring = comparison.deviating(tolerance), comparison.misfiring()
    wrong = [*(f"{path} (spikes)" for path in misfiring), *states]
    text = f"the {name} {'differ' if name == 'copies' else 'differs'} from stock Brian2 in {_list(wrong)}"
    if misfiring:
        return f"{text}."
    alike = "; all spikes are the same" if comparison.all_spikes else ""
    shares = [
        comparison.differences[each] / comparison.sizes[each] if comparison.sizes[each] else math.inf for each in states
    ]
    return f"{text}, by up to {max(shares):.1g} of its largest value, where {tolerance:.1g} is allowed{alike}."


def _inactive(found: Verification) -> str:
    silent = [path for path in found.inactive if path in found.spikes]
    idle = [path for path in found.inactive if path not in found.spikes]
    did = [f"{_list(silent)} never spiked" if silent else "", f"{_list(idle)} never put out anything" if idle else ""]
    return (
        f"{', and '.join(filter(None, did))}, so what would have been sent was not compared. "
        "Raise --strength or --duration, or the weights onto it."
    )


def _list(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
