"""Frames and spike trains move a circuit, in both deliveries and in the mirror, as a stock Brian2 script moves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import brian2 as b2
import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Delivery, Simulation
from brainlearn.brian.spike_probe import probing
from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror

COPIES, INPUTS, UNITS, FRAMES, FRAME_STEPS = 3, 6, 8, 10, 2
PHASES = (Phase("first", 12), Phase("pause", 5, reset=False, show=False), Phase("last", 13, reset=False))
STEPS = sum(phase.steps for phase in PHASES)
CIRCUIT = """
name = "film"
dt = "1 ms"

[neurons.plain]
kind = "spiking"
equations = '''
dv/dt = (current - v)/(10*ms) : 1
current : 1
'''
threshold = "v > 1"
reset = "v = 0"
method = "exponential_euler"

[[areas]]
name = "retina"
level = 0
populations = [{{ name = "image", size = {inputs}, neuron = "{stimulus}" }}]

[[areas]]
name = "V1"
level = 1
populations = [{{ name = "E", size = {units}, neuron = "plain" }}]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "{synapse}"
weights = {{ distribution = "uniform", low = 0.1, high = {high} }}
"""


def circuit_of(folder: Path, stimulus: str, synapse: str, high: float) -> Circuit:
    path = folder / "film.toml"
    text = CIRCUIT.format(stimulus=stimulus, synapse=synapse, inputs=INPUTS, units=UNITS, high=high)
    path.write_text(text, encoding="utf-8")
    return load_circuit(path)


def onset_of(frame: int) -> int:
    """The step in which a frame begins: frames wait while the middle phase is blank."""
    step = frame * FRAME_STEPS
    return step if step < PHASES[0].steps else step + PHASES[1].steps


def by_hand(weights: np.ndarray, inputs: Callable[[], tuple[list, dict, str]]) -> list[tuple[int, int]]:
    """Return step and unit of the spikes of a stock Brian2 script for one presentation."""
    b2.prefs.codegen.target = "numpy"
    b2.defaultclock.dt = 1 * b2.ms
    sources, names, current = inputs()
    text = f"dv/dt = ({current} - v)/(10*ms) : 1"
    group = b2.NeuronGroup(UNITS, text, threshold="v > 1", reset="v = 0", method="exponential_euler", namespace=names)
    objects = [group, b2.SpikeMonitor(group)]
    if sources:
        synapses = b2.Synapses(sources[0], group, "w : 1", on_pre="v_post += w")
        synapses.connect()
        synapses.w = weights.reshape(-1)
        objects += [sources[0], synapses]
    b2.Network(objects).run(STEPS * b2.ms, namespace={})
    monitor = objects[1]
    return sorted(zip(np.rint(monitor.t / b2.ms).astype(int).tolist(), monitor.i[:].tolist(), strict=True))


def in_brian(circuit: Circuit, frames: np.ndarray, delivery: Delivery) -> list[list[tuple[int, int]]]:
    with Simulation(circuit, COPIES, PHASES, delivery=delivery, seed=1, precision="float64") as simulation:
        shown = Round({"retina/image": frames}, np.zeros(COPIES), learn=False, frame_steps=FRAME_STEPS)
        simulation.present(iter([shown]), 1)  # what was shown before must not matter
        with probing(simulation, COPIES) as probe:
            simulation.present(iter([shown]), 1)
        return sorted_spikes(probe.spikes("V1/E"))


def in_mirror(circuit: Circuit, frames: np.ndarray) -> list[list[tuple[int, int]]]:
    mirror, state, spikes = Mirror(circuit, seed=1, dtype="float64"), None, []

    def record(now) -> None:
        copy, unit = np.nonzero(now.spikes["V1/E"].numpy(force=True))
        spikes.append(np.stack([np.full_like(copy, now.step - 1), copy, unit]))

    for phase in PHASES:
        state = mirror.present(
            {"retina/image": frames},
            phase.steps,
            state,
            phase.reset,
            record=record,
            frame_steps=FRAME_STEPS,
            show=phase.show,
        )
    return sorted_spikes(np.concatenate(spikes, axis=1))


def sorted_spikes(spikes: np.ndarray) -> list[list[tuple[int, int]]]:
    """Return step and unit of the spikes of every copy, for (3, spike) steps, copies and units."""
    step, copy, unit = spikes
    return [sorted(zip(step[copy == k].tolist(), unit[copy == k].tolist(), strict=True)) for k in range(COPIES)]


def everywhere(circuit: Circuit, frames: np.ndarray) -> dict[str, list[list[tuple[int, int]]]]:
    deliveries: tuple[Delivery, ...] = ("shared", "stock")
    return {**{each: in_brian(circuit, frames, each) for each in deliveries}, "mirror": in_mirror(circuit, frames)}


def weights_of(circuit: Circuit) -> np.ndarray:
    return Simulation(circuit, 1, PHASES, seed=1, precision="float64").weights("retina/image->V1/E")


@pytest.mark.slow
def test_spike_trains_arrive_as_from_a_spike_generator(tmp_path: Path) -> None:
    circuit = circuit_of(tmp_path, "spike_train", "delta", 0.9)
    frames = (np.random.default_rng(2).random((COPIES, FRAMES, INPUTS)) < 0.3).astype(np.uint8)
    weights = weights_of(circuit)

    def generator(copy: int):
        frame, unit = np.nonzero(frames[copy])
        times = np.array([onset_of(int(each)) for each in frame])
        return lambda: ([b2.SpikeGeneratorGroup(INPUTS, unit, times * b2.ms)], {}, "0")

    expected = [by_hand(weights, generator(copy)) for copy in range(COPIES)]
    assert all(len(spikes) > 10 for spikes in expected)
    for where, found in everywhere(circuit, frames).items():
        assert found == expected, where


@pytest.mark.slow
def test_frames_drive_a_circuit_as_a_timed_array_does(tmp_path: Path) -> None:
    circuit = circuit_of(tmp_path, "constant_current", "constant_current", 2.0)
    frames = np.random.default_rng(3).uniform(0, 0.6, (COPIES, FRAMES, INPUTS))
    weights = weights_of(circuit)
    course = np.zeros((COPIES, STEPS, INPUTS))
    for frame in range(FRAMES):
        course[:, onset_of(frame) : onset_of(frame) + FRAME_STEPS] = frames[:, [frame]]

    def current(copy: int):
        values = b2.TimedArray(course[copy] @ weights, dt=1 * b2.ms)
        return lambda: ([], {"values": values}, "values(t, i)")

    expected = [by_hand(weights, current(copy)) for copy in range(COPIES)]
    assert all(len(spikes) > 10 for spikes in expected)
    assert max(step for spikes in expected for step, _ in spikes) < onset_of(FRAMES - 1) + FRAME_STEPS + 1
    for where, found in everywhere(circuit, frames).items():
        assert found == expected, where
