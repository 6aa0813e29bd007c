"""The circuit of Diehl & Cook 2015, small and alone, does what a Brian2 script written by hand does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from brian2 import (
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    Synapses,
    defaultclock,
    ms,
    mV,
    prefs,
)

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit, load_experiment
from brainlearn.experiment.rule_of import rule_of

ROOT = Path(__file__).parents[2]
CIRCUIT = ROOT / "circuits" / "published" / "Diehl_Cook_2015.toml"
EXPERIMENT = ROOT / "experiments" / "published" / "Diehl_Cook_2015" / "experiment.toml"
PIXELS, UNITS, STEPS, PRESENTATIONS = 36, 9, 120, 3
ETA, TARGET, HIGHEST, SUM = 0.05, 0.1, 0.5, 6.0
NAME = "retina/image->V1/E"

EXCITATORY = """
dv/dt = (-65*mV - v + ge*(0*mV - v) + gi*(-100*mV - v))/(100*ms) : volt
dge/dt = -ge/(1*ms) : 1
dgi/dt = -gi/(2*ms) : 1
dtheta/dt = -theta/(350*second) : volt
"""
INHIBITORY = """
dv/dt = (-60*mV - v + ge*(0*mV - v))/(10*ms) : volt
dge/dt = -ge/(1*ms) : 1
"""


def plain(weights: np.ndarray, pixel: np.ndarray, step: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return final weights and thresholds, and the (unit, step) of excitatory spikes, for given spikes of pixels."""
    defaultclock.dt = 1 * ms
    options = {"method": "exponential_euler", "namespace": {}}
    source = SpikeGeneratorGroup(PIXELS, pixel, step * ms)
    e = NeuronGroup(UNITS, EXCITATORY, threshold="v > -72*mV + theta", reset="v = -65*mV; theta += 0.3*mV", **options)
    i = NeuronGroup(UNITS, INHIBITORY, threshold="v > -40*mV", reset="v = -60*mV", **options)
    learning = Synapses(
        source,
        e,
        "w : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)",
        on_pre={"deliver": "ge_post += w", "mark": "x = 1"},
        on_post=f"w = clip(w + {ETA}*(x - {TARGET}), 0, {HIGHEST})",
        namespace={},
    )
    learning.connect()
    learning.deliver.order, learning.post.order, learning.mark.order = 0, 1, 2
    to_i = Synapses(e, i, on_pre="ge_post += 10.4", namespace={})
    to_i.connect(j="i")
    to_e = Synapses(i, e, on_pre="gi_post += 200", namespace={})
    to_e.connect(condition="i != j")
    spikes = SpikeMonitor(e)
    network = Network(source, e, i, learning, to_i, to_e, spikes)
    learning.w = weights[learning.i[:], learning.j[:]]
    e.theta = 20 * mV
    for _ in range(PRESENTATIONS):
        e.v, e.ge, e.gi, i.v, i.ge, learning.x = -65 * mV, 0, 0, -60 * mV, 0, 0
        network.run(STEPS * ms, namespace={})
        found = np.zeros((PIXELS, UNITS))
        found[learning.i[:], learning.j[:]] = learning.w[:]
        found *= SUM / found.sum(axis=0)
        learning.w = found[learning.i[:], learning.j[:]]
    return found, e.theta / mV, np.stack([spikes.i[:], np.round(spikes.t / ms).astype(int)])


def spikes_of(monitor: SpikeMonitor, begun: list[int]) -> np.ndarray:
    """Return units and steps of all spikes, (2, spike); a monitor counts time from the onset of the presentation."""
    presentation = np.searchsorted(begun, np.arange(monitor.num_spikes), side="right") - 1
    return np.stack([monitor.i[:], np.round(monitor.t / ms).astype(int) + STEPS * presentation])


@pytest.fixture(autouse=True)
def without_compiler() -> Iterator[None]:
    before = prefs.codegen.target
    prefs.codegen.target = "numpy"
    yield
    prefs.codegen.target = before


def test_it_is_the_script() -> None:
    circuit = load_circuit(CIRCUIT, {"retina/image": (6, 6), "V1/E": (3, 3), "V1/I": UNITS})
    rule = rule_of(load_experiment(EXPERIMENT).settings.rule)
    chain = (("step", {"size": ETA}), ("clip", {"low": 0.0, "high": HIGHEST}), ("normalise", {"sum": SUM}))
    plasticity = Plasticity(rule, (NAME,), updates=chain)
    simulation = Simulation(circuit, 1, [Phase("show", STEPS)], plasticity, seed=2, precision="float64")
    monitors = {p: SpikeMonitor(simulation.populations[p].group) for p in ("retina/image", "V1/E")}
    simulation.network.add(*monitors.values())
    drawn = simulation.weights(NAME).copy() * 5
    simulation.weights(NAME)[:] = drawn
    simulation.changed((NAME,))
    images = np.random.default_rng(3).uniform(0, 400, (PRESENTATIONS, 1, PIXELS))  # (presentation, copy, pixel) [Hz]
    begun: dict[str, list[int]] = {path: [] for path in monitors}
    for image in images:
        for path, monitor in monitors.items():
            begun[path].append(monitor.num_spikes)
        simulation.present(iter([Round({"retina/image": image}, np.ones(1))]), 1)
    (pixel, step), found = (spikes_of(monitors[path], begun[path]) for path in monitors)
    weights, theta, spikes = plain(drawn, pixel, step)
    assert spikes.shape[1] > 20
    assert len(np.unique(spikes[0])) > 3
    np.testing.assert_array_equal(found, spikes)
    np.testing.assert_allclose(simulation.weights(NAME), weights, rtol=1e-9)
    np.testing.assert_allclose(simulation.state("V1/E", "theta")[0], theta * 1e-3, rtol=1e-9)
    assert np.abs(weights - drawn * SUM / drawn.sum(axis=0)).max() > 0.05
