"""A circuit and all its copies in PyTorch, as a `Simulation` takes it: what `BuiltCircuit` is in Brian2."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from brainlearn.brian.clockwork import SlotCall, circuit_clock
from brainlearn.brian.kept_states import KeptStates
from brainlearn.brian.learning.additions import added_traces, feedback_means
from brainlearn.brian.learning.plasticity import Plasticity
from brainlearn.brian.learning.population_values import PopulationValues
from brainlearn.brian.one_copy import OnsetTime
from brainlearn.brian.populations import group_name
from brainlearn.brian.share import Share
from brainlearn.brian.text.abstract_code import CircuitCode, circuit_code
from brainlearn.brian.text.synapse_text import continuous_inputs
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.fast_memory import refuse_too_many
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.mirror.choice import choose_device, choose_dtype
from brainlearn.mirror.learning.population import TensorPopulation
from brainlearn.mirror.learning.synapses import TensorSynapses
from brainlearn.mirror.poisson_drives import PoissonDrives
from brainlearn.mirror.population import MirrorPopulation
from brainlearn.mirror.projection import mirror_projection
from brainlearn.mirror.state import MirrorState
from brainlearn.mirror.steps import Steps
from brainlearn.mirror.unit_values import UnitTensors


@dataclass(frozen=True)
class Gain:
    """Sets the gain of a population with divisive normalisation."""

    population: TensorPopulation
    run: Callable[[], None]


class MirrorCircuit:
    """A circuit in PyTorch whose copies share their weights, step by step in the slots of Brian2.

    Rules, tasks and records see it as they see the circuit in Brian2: they read arrays.

    Parameters
    ----------
    circuit, copies, wiring, plasticity, delivery, share, seed
        As in `BuiltCircuit`; there is no other delivery than ``"shared"``.
    precision : "float32" or "float64"
    device : str

    Raises
    ------
    UserError
        If the text of the circuit has no rendering, or the device is not there.
    """

    joint: tuple[Any, ...] = ()

    def __init__(
        self,
        circuit: Circuit,
        copies: int,
        wiring: Mapping[str, AnyWiring],
        plasticity: Sequence[Plasticity],
        delivery: str,
        share: Share,
        seed: int,
        precision: str = "float32",
        device: str = "cpu",
    ) -> None:
        self.circuit, self.copies, self.wiring, self.plasticity = circuit, copies, wiring, plasticity
        self.share = share
        self.copies_here = len(share.own(np.arange(copies)))
        self.clock, self.onset = circuit_clock(circuit), OnsetTime(circuit.dt.value)
        self._dtype, self._device, self._seed = choose_dtype(precision), choose_device(device), seed
        refuse_too_many(circuit, self.copies_here, self._dtype.itemsize)
        self._traces = {p.path: tuple(added_traces(circuit, p.path, plasticity)) for p in circuit.populations}
        code = circuit_code(circuit, self._traces)
        self._state = MirrorState(0, 0, {}, {}, {})
        in_order = sorted(code.populations, key=group_name)  # in which Brian2 deals with them, and draws
        mirrors = {path: self._mirror(path, code) for path in in_order}
        self.populations = {p.path: self._population(p.path, mirrors[p.path]) for p in circuit.populations}
        projections = {p.name: self._mirror_projection(p, code) for p in circuit.projections}
        self._steps = Steps(circuit, mirrors, projections, PoissonDrives(circuit, mirrors, seed + share.rank))
        self.projections = {p.name: self._synapses(p) for p in circuit.projections}
        self.gains = [Gain(self.populations[path], self._normaliser(path)) for path in self._steps.normalised]
        self.drives: dict[str, Any] = {}
        self.kept = {path: KeptStates(p, share) for path, p in self.populations.items() if p.model.kept}  # type: ignore[arg-type]
        self.feedback = feedback_means(self.populations, plasticity)
        self.values = {path: PopulationValues(p, self.feedback.get(path)) for path, p in self.populations.items()}  # type: ignore[arg-type]

    def planned(self, network: Any) -> AbstractContextManager[None]:
        """Return a context in which a network runs: every step by itself."""
        return nullcontext()

    # ---- parts ---------------------------------------------------------------------------------------------------

    def _mirror(self, path: str, code: CircuitCode) -> MirrorPopulation:
        own = code.populations[path]
        differing = UnitTensors(self.circuit, path, self._seed, own, self.copies, self.share)
        return MirrorPopulation(own, self.circuit.population(path).size, differing)

    def _population(self, path: str, mirror: MirrorPopulation) -> TensorPopulation:
        inputs = (each for each in continuous_inputs(self.circuit, path) if each.in_equations)
        return TensorPopulation(
            self.circuit.population(path),
            self.circuit.models[path],
            mirror,
            self._state,
            self.copies_here,
            self._traces[path],
            frozenset(each.part(name) for each in inputs for name in each.projections),
            self._dtype,
            self._device,
            self.clock,
        )

    def _mirror_projection(self, projection: Projection, code: CircuitCode) -> Any:
        wiring = self.wiring[projection.name]
        return mirror_projection(self.circuit, projection, code, wiring, self._seed, self._device)

    def _synapses(self, projection: Projection) -> TensorSynapses:
        return TensorSynapses(
            projection.name,
            self._steps.projections[projection.name],
            self.wiring[projection.name],
            self._state,
            self.populations[projection.source],
            str(self._dtype).removeprefix("torch."),
            self._device,
            any(projection.name in each.projections for each in self.plasticity),
        )

    # ---- running -------------------------------------------------------------------------------------------------

    def objects(self) -> Iterator[Any]:
        """Yield what takes part in the network: what the mirror does in each slot of a step, and what looks on."""
        calls = (
            (self._transmit, "before_groups", 0),
            (self._update, "groups", 0),
            (self._cross, "thresholds", 0),
            (self._deliver, "synapses", 0),
            (self._reset, "resets", 0),
            *((each.run, "before_synapses" if each.population.spiking else "after_groups", 0) for each in self.gains),
        )
        for call, when, order in calls:
            yield SlotCall(self.clock, call, when, order, "mirror*")
        yield from self.kept.values()
        yield from self.feedback.values()

    def _transmit(self) -> None:
        self._state.step = self.onset.steps
        self._state.counted = next(iter(self.populations.values())).steps
        self._steps.transmit(self._state, self._weights())

    def _update(self) -> None:
        self._steps.update(self._state)

    def _cross(self) -> None:
        self._steps.cross(self._state)

    def _deliver(self) -> None:
        self._steps.deliver(self._state, self._weights())
        for synapses in self.projections.values():
            synapses.delivered()

    def _reset(self) -> None:
        self._steps.reset(self._state)

    def _weights(self) -> dict[str, torch.Tensor]:
        return {name: synapses.tensor for name, synapses in self.projections.items()}

    def _normaliser(self, path: str) -> Callable[[], None]:
        def normalise() -> None:
            self._state.counted = self.populations[path].steps
            self._steps.normalise(self._state, path)

        return normalise
