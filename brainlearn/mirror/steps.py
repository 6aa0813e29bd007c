"""One step of a mirrored circuit, in Brian2's order: groups, thresholds, synapses, resets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from brainlearn.brian.populations import GAIN
from brainlearn.circuit import Circuit
from brainlearn.mirror.active_units import ActiveUnits
from brainlearn.mirror.normalisation import gain_of
from brainlearn.mirror.poisson_drives import PoissonDrives
from brainlearn.mirror.population import MirrorPopulation
from brainlearn.mirror.projection import MirrorProjection
from brainlearn.mirror.state import MirrorState


@dataclass(frozen=True)
class Steps:
    """What a circuit does in a step, part by part, on a `MirrorState` that it changes.

    Parameters
    ----------
    circuit : Circuit
    populations : mapping of str to MirrorPopulation
        By path.
    projections : mapping of str to MirrorProjection
        By name.
    drives : PoissonDrives
    """

    circuit: Circuit
    populations: Mapping[str, MirrorPopulation]
    projections: Mapping[str, MirrorProjection]
    drives: PoissonDrives

    @cached_property
    def normalised(self) -> dict[str, float]:
        """The root mean square to which populations scale their output, by path."""
        return {p.path: p.normalisation.rms for p in self.circuit.populations if p.normalisation is not None}

    def transmit(self, state: MirrorState, weights: Mapping[str, Tensor]) -> None:
        """Let continuous projections set the variables of their targets."""
        populations = state.populations
        before = {path: dict(values) for path, values in populations.items()}
        arrived: dict[str, set[str]] = {path: set() for path in populations}
        for projection in self.circuit.projections:
            mirror = self.projections[projection.name]
            if mirror.code.continuous:
                mirror.transmit(
                    before[projection.source],
                    populations[projection.target],
                    before[projection.target],
                    weights[projection.name],
                    state.seen.setdefault(projection.name, {}),
                    arrived[projection.target],
                    state.lines.get(projection.name),
                    state.fast,
                )

    def update(self, state: MirrorState) -> None:
        """Integrate the equations of all populations."""
        t = state.step * self.circuit.dt.value
        for path, population in self.populations.items():
            population.update(state.populations[path], t)

    def cross(self, state: MirrorState) -> None:
        """Find the units that spike, and count."""
        state.spikes, state.active = {}, ActiveUnits()
        for path, population in self.populations.items():
            if population.spiking:
                state.spikes[path] = population.spikes(state.populations[path])
                state.counts[path] = state.counts[path] + state.spikes[path]

    def deliver(self, state: MirrorState, weights: Mapping[str, Tensor]) -> None:
        """Let spikes arrive, those from outside too."""
        populations = state.populations
        for projection in self.circuit.projections:
            mirror = self.projections[projection.name]
            if not mirror.code.continuous:
                mirror.deliver(
                    populations[projection.source],
                    populations[projection.target],
                    state.spikes[projection.source],
                    weights[projection.name],
                    state.lines[projection.name],
                    state.releases,
                    state.active,
                )
        self.drives.add(populations)

    def reset(self, state: MirrorState) -> None:
        """Reset the units that spiked."""
        for path, spikes in state.spikes.items():
            self.populations[path].reset(state.populations[path], spikes)

    def normalise(self, state: MirrorState, path: str) -> None:
        """Set the gain with which a population passes its activity on; see `DivisiveNormalisation`."""
        state.populations[path][GAIN] = gain_of(self.activity(state, path), self.normalised[path])

    def activity(self, state: MirrorState, path: str) -> Tensor:
        """Return the activity of a population in the phase so far, (copy, unit): spikes per step, or its output."""
        if self.populations[path].spiking:
            return state.counts[path] / max(state.counted, 1)
        return state.populations[path][self.circuit.models[path].output]
