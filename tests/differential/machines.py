"""The machines that have to do the same: a plain Brian2 script, and three of the package's."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from brainlearn import load_circuit
from brainlearn.brian import fused_code
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.recorder import Recorder
from brainlearn.brian.simulation import Delivery, Simulation
from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror, MirrorState
from brainlearn.mistakes import UserError
from tests.differential import plain_brian
from tests.differential.case import SCRIPT, Case, Record


def plain(case: Case, folder: Path) -> Record:
    """Run the plain script of a case that is saved in a folder."""
    text = plain_brian.write(case)
    (folder / SCRIPT).write_text(text)
    return plain_brian.run(case, text, str(folder / SCRIPT))


def simulated(case: Case, circuit: Circuit, delivery: Delivery) -> Record:
    """Run all copies in one simulation, with a phase for each stretch of a presentation."""
    with large_groups(case.fused):
        return _simulated(case, circuit, delivery)


@contextlib.contextmanager
def large_groups(fused: bool) -> Iterator[None]:
    """Let every group be large enough for compiled code."""
    before = fused_code.SMALLEST_GROUP
    fused_code.SMALLEST_GROUP = 1 if fused else before
    try:
        yield
    finally:
        fused_code.SMALLEST_GROUP = before


def _simulated(case: Case, circuit: Circuit, delivery: Delivery) -> Record:
    first = range(case.phases)
    phases = [Phase(f"phase_{k}", case.stretches[k].steps, reset=case.stretches[k].reset) for k in first]
    simulation = Simulation(circuit, case.copies, phases, delivery=delivery, precision="float64")
    recorder = Recorder(simulation)
    rounds = [
        Round({}, np.zeros(case.copies), then={f"phase_{k}": case.stretches[n + k].shown for k in first})
        for n in range(0, len(case.stretches), case.phases)
    ]
    simulation.present(iter(rounds), len(rounds))
    return Record(_stacked(recorder.spikes), _stacked(recorder.states))


def mirrored(case: Case, circuit: Circuit) -> Record | None:
    """Run the mirror; None if it refuses the circuit."""
    try:
        mirror = Mirror(circuit, dtype="float64").requires_grad_(False)
    except UserError:
        return None
    spikes: dict[str, list[np.ndarray]] = {}
    states: dict[str, list[np.ndarray]] = {}

    def keep(state: MirrorState) -> None:
        for path, values in state.populations.items():
            population = mirror.populations[path]
            for name in population.code.initial:
                value = values[name].expand(case.copies, population.size).numpy().copy()
                states.setdefault(f"{path}.{name}", []).append(value)
        for path, each in state.spikes.items():
            spikes.setdefault(path, []).append(each.numpy() > 0)

    state = mirror.initial_state(case.copies)
    for stretch in case.stretches:
        state = mirror.present(stretch.shown, stretch.steps, state, stretch.reset, record=keep, onset=stretch.onset)
    return Record(_stacked(spikes), _stacked(states))


def reason_of(error: BaseException) -> str:
    """Return the first line of what an error says; Brian2 hides it in the cause."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).partition("\n")[0]


def _stacked(values: dict[str, list[np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.stack(each).astype(each[0].dtype) for name, each in values.items()}


MACHINES: Mapping[str, Callable[[Case, Circuit], Record | None]] = MappingProxyType(
    {
        "stock": lambda case, circuit: simulated(case, circuit, "stock"),
        "shared": lambda case, circuit: simulated(case, circuit, "shared"),
        "mirror": mirrored,
    }
)


def loaded(case: Case, folder: Path) -> Circuit:
    """Save a case in a folder and read it as the package does."""
    return load_circuit(case.save(folder))
