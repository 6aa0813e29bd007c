"""Where all copies of a mirrored circuit are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

from brainlearn.mirror.active_units import ActiveUnits
from brainlearn.mirror.film import MirrorFilm


@dataclass
class MirrorState:
    """Where all copies of a circuit are.

    Parameters
    ----------
    step : int
        Steps since the onset of the presentation.
    counted : int
        Steps since spikes were last counted afresh.
    populations : dict of str to dict of str to (copy, unit) Tensor
        State variables, by path and name.
    counts : dict of str to (copy, unit) Tensor
        Spikes so far, by path.
    lines : dict of str to deque of (copy, unit) Tensor
        Spikes, and what is transmitted, in transit by projection.
    film : MirrorFilm
        Frames, and where they are.
    releases : dict of str to States
        What spikes left of the resources of synapses, by projection with short-term plasticity.
    fast : dict of str to (copy, pre, post) Tensor
        Fast weights, by projection.
    active : ActiveUnits
        What is known of the spikes of this step.
    """

    step: int
    counted: int
    populations: dict[str, dict[str, Any]]
    counts: dict[str, Tensor]
    lines: dict[str, Any]
    seen: dict[str, dict[int, Any]] = field(default_factory=dict)
    spikes: dict[str, Tensor] = field(default_factory=dict)
    film: MirrorFilm = field(default_factory=MirrorFilm)
    releases: dict[str, Any] = field(default_factory=dict)
    fast: dict[str, Tensor] = field(default_factory=dict)
    active: ActiveUnits = field(default_factory=ActiveUnits)

    @property
    def copies(self) -> int:
        """How many there are."""
        return len(next(iter(next(iter(self.populations.values())).values())))

    def begin_time(self, dt: float) -> None:
        """Let the time of the circuit's text start over; earlier moments stay as far back as before [s]."""
        for values in self.populations.values():
            if "lastspike" in values:
                values["lastspike"] = values["lastspike"] - self.step * dt
        self.step = 0

    def copy(self) -> MirrorState:
        """Return a state of the same tensors, which can go its own way."""
        return MirrorState(
            self.step,
            self.counted,
            {path: dict(values) for path, values in self.populations.items()},
            dict(self.counts),
            {name: line.copy() for name, line in self.lines.items()},
            {name: dict(seen) for name, seen in self.seen.items()},
            dict(self.spikes),
            replace(self.film),
            dict(self.releases),
            dict(self.fast),
        )


def once_a_step(record: Callable[[MirrorState], None]) -> Callable[[MirrorState], None]:
    """Leave out the steps that are computed again on the way back."""
    latest = -1

    def record_new(state: MirrorState) -> None:
        nonlocal latest
        if state.step > latest:
            latest = state.step
            record(state)

    return record_new
