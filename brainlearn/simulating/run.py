"""A circuit simulated for a given time, unchanged or learning by a rule."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import shutil
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import numpy as np

from brainlearn.brian.calling import CalledEachStep
from brainlearn.brian.loading import load_circuit
from brainlearn.brian.network_run import claim
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Delivery, Simulation
from brainlearn.brian.stretch.rest import FOR_EVER
from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import parse_circuit
from brainlearn.circuit.plain_values import plain
from brainlearn.circuit.time_steps import steps_of
from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import is_regular, read_text
from brainlearn.results.growing_file import GrowingFile
from brainlearn.results.run_folder import CIRCUIT
from brainlearn.results.simulation_schema import KIND, SIMULATION_SCHEMA
from brainlearn.rules.writing import rule_text
from brainlearn.running.preparation import versions
from brainlearn.running.signals import handled
from brainlearn.simulating.feeding import Feed, feed, feeds_of
from brainlearn.simulating.learning import BYTES_TO_TELL, Asked, memory_of_states, plasticities_of
from brainlearn.simulating.recording import Recording
from brainlearn.simulating.records import Plan, plan_of
from brainlearn.simulating.unit_values import write_unit_values

MOST_STEPS = 1_000_000_000
MOST_COPIES = 100_000
WEIGHT_SAMPLES = 100  # of weights that learn, if nothing else is asked
TELL_EVERY = 0.2  # seconds
SPARE_BYTES = 50_000_000  # that stay free on the disk, for what is written at the end
AT_ONCE = 1.0  # seconds after which a second Ctrl-C is no echo of the first

Watch = Callable[[int, int], None]


@dataclass(frozen=True)
class Prepared:
    """A simulation that is ready to start: all input has been checked, and nothing is written yet.

    Parameters
    ----------
    simulation : Simulation
    steps, every : int
        How many, and how many from one sample to the next.
    feeds : list of Feed
    plan : Plan
    about : dict
        What was asked, for the attributes of the result.
    notes : list of str
        What the user should know.
    weights_every : int
        Steps from one sample of learning weights to the next.
    """

    simulation: Simulation
    steps: int
    every: int
    feeds: list[Feed]
    plan: Plan
    about: dict[str, Any]
    notes: list[str]
    weights_every: int


@dataclass(frozen=True)
class Simulated:
    """The outcome of a simulation.

    Parameters
    ----------
    steps : int
        That were simulated.
    stopped : bool
        Whether it was asked to end before its time.
    """

    steps: int
    stopped: bool


def prepare(
    circuit: Circuit | str | Path,
    duration: Any,
    inputs: Mapping[str, Any] | None = None,
    record: str | Sequence[str] = (),
    interval: Any = None,
    copies: int = 1,
    seed: int = 0,
    delivery: Delivery = "shared",
    precision: Literal["float32", "float64"] = "float64",
    nudging: float = 0.0,
    learning: Sequence[Asked] = (),
    weights_every: Any = None,
) -> Prepared:
    """Build a circuit and check all arguments; as for `brainlearn.simulate`.

    Raises
    ------
    UserError
        With all mistakes.
    """
    circuit = circuit if isinstance(circuit, Circuit) else load_circuit(circuit)
    steps, mistakes = steps_of(plain(duration), circuit.dt, MOST_STEPS, "duration")
    every, wrong = (1, []) if interval is None else steps_of(plain(interval), circuit.dt, MOST_STEPS, "interval")
    mistakes += [*wrong, *_check_options(copies, seed, delivery, precision, nudging)]
    if mistakes:  # find those in inputs and records too
        copies, seed, delivery, precision, nudging = 1, 0, "shared", "float64", 0.0
    plasticity, wrong = plasticities_of(circuit, learning)
    sampled, more = _weight_samples(weights_every, steps, circuit)
    mistakes += [*wrong, *more]
    phase = Phase("simulate", max(steps, 1), learn=bool(plasticity), nudge=nudging)
    simulation = Simulation(circuit, copies, [phase], plasticity, delivery, seed, precision)
    claim(simulation.network)
    feeds, wrong, notes = feeds_of(simulation, max(steps, 1), inputs, seed)
    notes += [*_other_sizes(circuit), *_memory(simulation)]
    plan, more = plan_of(simulation, record)
    mistakes += [*wrong, *more]
    if mistakes:
        raise UserError(*mistakes)
    described = [each.described() for each in learning] if plasticity else [None]
    asked = {
        "inputs": None if inputs is None else {name: _described(value) for name, value in inputs.items()},
        "record": [record] if isinstance(record, str) else list(record),
        "nudging": nudging,
        "learning": described if len(described) > 1 else described[0],
    }
    about = {
        "duration": round(steps * circuit.dt.value * 1e3, 9),
        "dt": round(circuit.dt.value * 1e3, 12),
        "interval": round(every * circuit.dt.value * 1e3, 9),
        "copies": copies,
        "seed": seed,
        "delivery": delivery,
        "precision": precision,
        "asked": json.dumps(asked),
        "rule_text": "\n".join(rule_text(each.rule) for each in plasticity),
    }
    return Prepared(simulation, steps, max(every, 1), feeds, plan, about, notes, sampled)


def _weight_samples(asked: Any, steps: int, circuit: Circuit) -> tuple[int, list[Mistake]]:
    """Return the number of steps between samples of learning weights."""
    if asked is None:
        return max(-(-steps // WEIGHT_SAMPLES), 1), []
    return steps_of(plain(asked), circuit.dt, MOST_STEPS, "weights_every")


def _memory(simulation: Simulation) -> Iterator[str]:
    """Report the memory of synaptic states, if it is large."""
    for plasticity in simulation.plasticity:
        masks = (simulation.projections[name] for name in plasticity.projections)
        synapses = sum(int(each.weights.size if each.mask is None else each.mask.sum()) for each in masks)
        needed = memory_of_states(plasticity.rule, synapses, simulation.copies, simulation.precision)
        if needed >= BYTES_TO_TELL:
            states, taken = (
                ", ".join(state.name for state in plasticity.rule.states),
                f"{needed / 1e9:.1f} GB of memory",
            )
            taken = f"{needed / 1e9:.1f} GB of memory"
            yield f"{states} of {synapses:,} synapses in {simulation.copies} copies take {taken}"


def _check_options(copies: Any, seed: Any, delivery: str, precision: str, nudging: float) -> list[Mistake]:
    mistakes = [
        Mistake(where, "not a whole number in range", repr(value), f"{low} to {high:,}")
        for where, value, low, high in (("copies", copies, 1, MOST_COPIES), ("seed", seed, 0, 2**32 - 1))
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high
    ]
    if not np.isfinite(nudging):
        mistakes.append(Mistake("nudging", "not a strength", f"{nudging}", "a finite number"))
    choices = (("delivery", delivery, ("shared", "stock")), ("precision", precision, ("float32", "float64")))
    mistakes += [
        Mistake(where, "no such choice", f'"{value}"', ", ".join(allowed))
        for where, value, allowed in choices
        if value not in allowed
    ]
    return mistakes


def _described(value: Any) -> str:
    """Describe an input in a few words."""
    if isinstance(value, str | Path | int | float):
        return str(value)
    return f"{type(value).__name__} {np.shape(value)}" if np.shape(value) else type(value).__name__


# ---- running -------------------------------------------------------------------------------------------------------


def simulate_into(prepared: Prepared, target: Path | io.BytesIO, watch: Watch | None = None) -> Simulated:
    """Simulate, and write what is recorded into a netCDF file while it runs.

    What asks the process to end (Ctrl-C) ends the simulation after the steps that are computed together, and the file
    is whole; a second time raises KeyboardInterrupt.
    """
    simulation, notes, began = prepared.simulation, list(prepared.notes), time.perf_counter()
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    pace = _Pace(simulation, prepared.steps, watch)
    with GrowingFile(target) as file:
        recording = Recording(simulation, prepared.plan, prepared.every, file, _room(target), prepared.weights_every)
        pace.recording = recording
        write_unit_values(file, simulation)
        feed(simulation, prepared.feeds)
        learns = bool(simulation.plasticity)
        shown = Round({}, np.full(simulation.copies, float(learns)), learn=learns)
        with handled(pace.ask):
            simulation.present(iter([shown]), count=1)
            done = recording.finish()
        if pace.asked and done < prepared.steps:
            notes.append(f"stopped after {_time(simulation, done)} of {_time(simulation, prepared.steps)}")
        if recording.full:
            notes.append(f"the disk is full: recorded are at most {_time(simulation, done)}")
        notes += _not_finite(simulation)
        file.describe(_attributes(prepared, done, time.perf_counter() - began, started, notes))
    return Simulated(done, pace.asked and done < prepared.steps)


class _Pace:
    """Reports the progress of a simulation, and ends it on request, or if nothing can be written any longer."""

    def __init__(self, simulation: Simulation, steps: int, watch: Watch | None) -> None:
        self._simulation, self._steps, self._watch = simulation, steps, watch
        self._done, self._told = 0, 0.0
        self.asked, self._asked_at = False, -np.inf
        self.recording: Recording | None = None
        CalledEachStep(simulation, self._run, "end", 5, lambda: FOR_EVER, self._skip)
        if watch is not None:
            watch(0, steps)

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Ask the simulation to end after this step; a second time raises KeyboardInterrupt."""
        now = time.perf_counter()
        if self.asked and now - self._asked_at > AT_ONCE:
            raise KeyboardInterrupt
        if not self.asked:
            self.asked, self._asked_at = True, now

    def _skip(self, steps: int) -> None:
        self._done += steps

    def _run(self) -> None:
        self._done += 1
        if self.asked or (self.recording is not None and self.recording.full):
            self._simulation.network.stop()
        now = time.perf_counter()
        if self._watch is not None and (now - self._told > TELL_EVERY or self._done == self._steps):
            self._told = now
            self._watch(self._done, self._steps)


def _room(target: Path | io.BytesIO) -> Callable[[int], bool]:
    """Return a check that so many bytes can be written: HDF5 ends the process when the disk is full."""
    if isinstance(target, io.BytesIO):
        return lambda needed: True
    folder = target.parent
    return lambda needed: shutil.disk_usage(folder).free > needed + SPARE_BYTES


def _time(simulation: Simulation, steps: int) -> str:
    return f"{steps * simulation.circuit.dt.value * 1e3:,.10g} ms"


def _not_finite(simulation: Simulation) -> list[str]:
    wrong = [path for path in simulation.populations if not simulation.finite(path)]
    return [f"{', '.join(wrong)}: not all states are finite numbers; take a smaller dt"] if wrong else []


def _attributes(prepared: Prepared, done: int, seconds: float, started: str, notes: Sequence[str]) -> dict[str, Any]:
    circuit = prepared.simulation.circuit
    text, found = text_of(circuit), versions()
    return {
        "brainlearn_kind": KIND,
        "brainlearn_schema": SIMULATION_SCHEMA,
        "creation_library": "brainlearn",
        "creation_library_version": found.get("brainlearn", "unknown"),
        "circuit": circuit.name,
        "circuit_text": text,
        "circuit_sha256": hashlib.sha256(text.encode()).hexdigest(),
        **prepared.about,
        "steps": done,
        "simulated": round(done * circuit.dt.value * 1e3, 9),
        "seconds": seconds,
        "started": started,
        "versions": json.dumps(found, sort_keys=True),
        "notes": json.dumps(list(notes)),
    }


def _other_sizes(circuit: Circuit) -> list[str]:
    """Name the populations whose size differs from that in the circuit file."""
    if not (text := text_of(circuit)):
        return []
    sizes = {p.path: p.size for p in parse_circuit(tomllib.loads(text), circuit.path)[0].populations}
    other = [f"{p.path} with {p.size} units" for p in circuit.populations if sizes.get(p.path) != p.size]
    return [f"simulated with sizes that differ from {CIRCUIT}: {', '.join(other)}"] if other else []


def text_of(circuit: Circuit) -> str:
    """Return the text of the circuit file; empty if there is none."""
    return read_text(circuit.path) if circuit.path and is_regular(circuit.path) else ""
