"""The outcome of a verification: machine by machine, and in one sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from brainlearn.verification.same_spikes import Comparison
from brainlearn.verification.statistics import Statistics

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
    statistics : dict of str to Statistics
        Of machines whose spikes differ because the circuit amplifies rounding.
    not_compared : dict of str to str
        Why a machine could not be compared.
    handed : tuple of str
        Populations whose random spikes the mirror was handed.
    """

    steps: int
    copies: int
    machines: dict[str, Comparison]
    spikes: dict[str, int]
    inactive: tuple[str, ...]
    diverged: tuple[str, ...]
    tolerance: float
    dt: str = ""
    statistics: Mapping[str, Statistics] = field(default_factory=dict)
    not_compared: Mapping[str, str] = field(default_factory=dict)
    handed: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Verification(holds={self.holds}, steps={self.steps}, copies={self.copies})"

    def __str__(self) -> str:
        return closing_line(self, self.dt)

    @property
    def agrees(self) -> bool:
        """Whether every machine agrees with stock Brian2; see `machine_agrees`."""
        return all(self.machine_agrees(name) for name in self.machines)

    def machine_agrees(self, name: str) -> bool:
        """Return whether a machine agrees with stock Brian2, spike by spike or, after rounding, on average."""
        statistics, comparison = self.statistics.get(name), self.machines[name]
        if statistics is not None:
            return statistics.agree
        return comparison.holds(self.tolerance) or comparison.divergence.grown(self.tolerance) is not None

    @property
    def holds(self) -> bool:
        """Whether the machines agree, and every population took part."""
        return self.agrees and not self.inactive and not self.diverged


def closing_line(found: Verification, dt: str) -> str:
    """Say whether the circuit is verified; if not, why, and what to do."""
    steps, copies = ("" if number == 1 else "s" for number in (found.steps, found.copies))
    size = f"{found.steps:,} step{steps} of {dt}, {found.copies:,} cop{'ies' if copies else 'y'}"
    notes = [*_grown(found), *_drifts(found), *_left_out(found)]
    if found.holds:
        grown = [name for name, each in found.machines.items() if each.divergence.grown(found.tolerance)]
        alike = [each for each in found.machines if each not in found.statistics and each not in grown]
        spikes = "all spikes are the same, and " if found.spikes else ""
        states = f"states differ by at most {found.tolerance:g} of their largest value."
        whose = "" if len(alike) == len(found.machines) else f"in the {' and '.join(alike)} " if alike else None
        said = [] if whose is None else [f"{whose}{spikes}{states}"]
        return f"Verified in {size}: " + " ".join([*said, *notes])
    reasons = [
        _disagreement(name, comparison, found.tolerance)
        for name, comparison in found.machines.items()
        if not found.machine_agrees(name) and name not in found.statistics
    ]
    if found.diverged:
        reasons.append(f"{_list(found.diverged)}: no finite number in stock Brian2 itself. Take a smaller dt.")
    if found.inactive:
        reasons.append(_inactive(found))
    return f"Not verified in {size}: " + " ".join([*reasons, *notes])


def _grown(found: Verification) -> Iterator[str]:
    """Describe machines that spike identically, but whose states differ as the circuit amplifies rounding."""
    for name, comparison in found.machines.items():
        step = comparison.divergence.grown(found.tolerance)
        if step is not None:
            alike = ": all spikes are the same, and" if comparison.all_spikes else ":"
            yield (
                f"In the {name} rounding grows{alike} states differ by up to {comparison.divergence.before:.1g} of "
                f"their largest value, from step {step:,} on by more than {found.tolerance:.1g}."
            )


def _drifts(found: Verification) -> Iterator[str]:
    """Describe machines whose spikes differ because the circuit amplifies rounding."""
    for name, statistics in found.statistics.items():
        apart = found.machines[name].divergence
        does = "differ" if name == "copies" else "differs"
        yield (
            f"The {name} {does} from stock Brian2 in {_list(apart.populations)} from step {apart.step:,} on. Until then"
            f" states differ by at most {apart.before:.1g} of their largest value: rounding, which the circuit "
            f"amplifies. Statistics: {statistics}."
        )


def _left_out(found: Verification) -> Iterator[str]:
    """Describe what could not be compared, and what the mirror received."""
    for name, why in found.not_compared.items():
        yield f"The {name} was not compared: {why}."
    if found.handed:
        yield f"The mirror draws no random numbers: it was handed the spikes of {_list(found.handed)}."


def _disagreement(name: str, comparison: Comparison, tolerance: float) -> str:
    """Say what differs; if only states do, by how much, for all spikes may agree all the same."""
    states, misfiring, apart = comparison.deviating(tolerance), comparison.misfiring(), comparison.divergence
    wrong = [*(f"{path} (spikes)" for path in misfiring), *states]
    text = f"the {name} {'differ' if name == 'copies' else 'differs'} from stock Brian2 in {_list(wrong)}"
    if misfiring:
        first = f": {_list(apart.populations)} first, in step {apart.step:,}" if apart.step else ""
        return f"{text}{first}."
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
        f"{', and '.join(filter(None, did))}, so their outgoing projections were not compared. "
        "Raise --strength or --duration, or the weights onto it."
    )


def _list(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
