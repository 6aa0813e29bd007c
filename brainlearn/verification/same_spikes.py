"""How far two machines agree that were shown the same: spike by spike, state by state."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from brainlearn.brian.populations import LONG_AGO


@dataclass
class Record:
    """What one machine did in some steps, as `Recorder` has it."""

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
    """

    differences: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    agreeing: dict[str, int] = field(default_factory=dict)
    all_spikes: dict[str, int] = field(default_factory=dict)

    def add(self, stock: Record, other: Record) -> None:
        """Take in some steps."""
        for name, values in stock.states.items():
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

    def deviating(self, tolerance: float) -> list[str]:
        """Return the state variables that differ by more than `tolerance` times their largest value."""
        return [name for name, d in self.differences.items() if not d <= tolerance * self.sizes[name]]

    def misfiring(self) -> list[str]:
        """Return the populations that do not spike alike."""
        return [path for path, number in self.agreeing.items() if number != self.all_spikes[path]]

    def holds(self, tolerance: float) -> bool:
        """Tell whether all spikes agree, and all states within `tolerance` of their largest value."""
        return not self.misfiring() and not self.deviating(tolerance)


def stacked(values: list[np.ndarray]) -> np.ndarray:
    """Return the values of all steps as one array of numbers, (step, copy, unit)."""
    return np.stack(values).astype(float)
