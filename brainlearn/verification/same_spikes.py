"""How well two machines with the same stimuli agree: spike by spike, state by state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from brainlearn.brian.populations import LONG_AGO

ROUNDING = 1e-15  # of a state's largest value, within a step
LEAP = 1e3  # times as large as before within a step: more than rounding that grows
MOST_GROWN = 1e-6  # of a state's largest value, where spikes agree


@dataclass
class Record:
    """Spikes and states of one machine in some steps, as `Recorder` has them."""

    states: dict[str, list[np.ndarray]] = field(default_factory=dict)
    spikes: dict[str, list[np.ndarray]] = field(default_factory=dict)


@dataclass
class Comparison:
    """How far another machine is from stock Brian2.

    Parameters
    ----------
    differences : dict of str to float
        Largest difference of every state variable over all steps, copies and units, in its SI unit, by ``"V1/E.v"``;
        infinite where one of the machines has no finite number.
    sizes : dict of str to float
        Largest absolute value of the same variables in stock Brian2.
    agreeing, all_spikes : dict of str to int
        Spikes that both machines have at the same unit and step, and those that at least one has, by population.
    divergence : Divergence
        How the two came apart, if they did.
    """

    differences: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    agreeing: dict[str, int] = field(default_factory=dict)
    all_spikes: dict[str, int] = field(default_factory=dict)
    divergence: Divergence = field(default_factory=lambda: Divergence())

    def add(self, stock: Record, other: Record) -> None:
        """Add some steps; states that the other machine does not have are ignored."""
        for name, values in stock.states.items():
            if name not in other.states:
                continue
            a, b = stacked(values), stacked(other.states[name])
            with np.errstate(invalid="ignore"):  # infinity less infinity
                worst = float(np.max(np.abs(a - b), initial=0.0))
            self.differences[name] = max(self.differences.get(name, 0.0), worst if np.isfinite(worst) else np.inf)
            ordinary = np.abs(a[np.isfinite(a) & (a != LONG_AGO)])
            self.sizes[name] = max(self.sizes.get(name, 0.0), float(np.max(ordinary, initial=0.0)))
        for path, values in stock.spikes.items():
            a, b = np.stack(values), np.stack(other.spikes[path])
            self.agreeing[path] = self.agreeing.get(path, 0) + int((a & b).sum())
            self.all_spikes[path] = self.all_spikes.get(path, 0) + int((a | b).sum())
        self.divergence.add(stock, other, self.sizes)

    def deviating(self, tolerance: float) -> list[str]:
        """Return the state variables that differ by more than `tolerance` times their largest value."""
        return [name for name, d in self.differences.items() if not d <= tolerance * self.sizes[name]]

    def misfiring(self) -> list[str]:
        """Return the populations whose spikes differ."""
        return [path for path, number in self.agreeing.items() if number != self.all_spikes[path]]

    def holds(self, tolerance: float) -> bool:
        """Return whether all spikes agree, and all states within `tolerance` of their largest value."""
        return not self.misfiring() and not self.deviating(tolerance)


@dataclass
class Divergence:
    """How two machines diverged, step by step.

    Parameters
    ----------
    step : int or None
        The first step, counted from 1, in which any population spiked differently; None if none did.
    populations : tuple of str
        Those that did in that step.
    before : float
        Largest difference of a state before that, in multiples of its largest value.
    gradual : bool
        Whether it grew from rounding, and never leapt.
    shares : list of float
        The largest difference of a state in each of those steps, in multiples of its largest value.
    """

    step: int | None = None
    populations: tuple[str, ...] = ()
    before: float = 0.0
    gradual: bool = True
    shares: list[float] = field(default_factory=list)
    _done: int = 0

    def add(self, stock: Record, other: Record, sizes: Mapping[str, float]) -> None:
        """Add some steps; `sizes` are the largest values of states."""
        steps = len(next(iter((*stock.spikes.values(), *stock.states.values())), ()))
        apart = {
            path: np.flatnonzero((np.stack(values) != np.stack(other.spikes[path])).any(axis=(1, 2)))
            for path, values in stock.spikes.items()
        }
        first = min((int(each[0]) for each in apart.values() if len(each)), default=steps)
        if self.step is None:
            for worst in self._shares(stock, other, sizes, first):
                self.gradual &= bool(worst <= LEAP * max(self.before, ROUNDING))
                self.before = max(self.before, float(worst))
                self.shares.append(float(worst))
            if first < steps:
                self.step = self._done + first + 1
                self.populations = tuple(path for path, each in apart.items() if len(each) and each[0] == first)
        self._done += steps

    @staticmethod
    def _shares(stock: Record, other: Record, sizes: Mapping[str, float], steps: int) -> np.ndarray:
        """Return the largest difference of any state in each of the first steps, in multiples of its largest value."""
        worst = np.zeros(steps)
        for name, values in stock.states.items():
            if name in other.states and sizes[name] and steps:
                with np.errstate(invalid="ignore"):
                    apart = np.abs(stacked(values[:steps]) - stacked(other.states[name][:steps])) / sizes[name]
                np.maximum(worst, np.nan_to_num(apart, nan=np.inf).max(axis=(1, 2), initial=0.0), out=worst)
        return worst

    def by_rounding(self, tolerance: float) -> bool:
        """Return whether spikes differ after states had drifted apart by more than `tolerance`.

        Where states were alike, a spike too many is no matter of rounding.
        """
        return self.step is not None and self.gradual and tolerance < self.before < 1

    def grown(self, tolerance: float) -> int | None:
        """Return the first step after which states differ by more than `tolerance`, counted from 1.

        None where spikes differ, where states leapt apart or came farther apart than rounding grows in a circuit that
        spikes identically, and where nothing differs by so much.
        """
        if self.step is not None or not self.gradual or self.before > MOST_GROWN:
            return None
        return next((k + 1 for k, share in enumerate(self.shares) if share > tolerance), None)


def stacked(values: list[np.ndarray]) -> np.ndarray:
    """Return the values of all steps as one array of numbers, (step, copy, unit)."""
    return np.stack(values).astype(float)
