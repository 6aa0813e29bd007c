"""The synapses of cortex that the page on circuit files shows, beside Brian2 by hand and closed forms."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import brian2 as b2
import numpy as np
import pytest
from brian2 import ms, mV, nS

from brainlearn.brian.loading import with_text_checked
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import read_tables
from brainlearn.mistakes import UserError
from brainlearn.verification.verify import verify

PAGE = Path(__file__).parents[2] / "docs" / "circuit-files.md"
REST = """
name = "cortex"
dt = "0.1 ms"

[[areas]]
name = "V1"
level = 1
populations = [{ name = "P", size = 8, neuron = "spike_train" }, { name = "E", size = 6, neuron = "cortical" }]
"""
PROJECTION = """
[[projections]]
name = "{synapse}"
source = "V1/{source}"
target = "V1/E"
pathway = "lateral"
synapse = "{synapse}"
connectivity = {{ kind = "all_to_all" }}
weights = {{ distribution = "constant", value = {weight} }}
"""
WEIGHTS = {
    "ampa": ("P", 12.0), "gaba_a": ("P", 0.4), "gaba_b": ("P", 0.05), "nmda": ("E", 2.0), "gap_junction": ("E", 1.5),
}  # fmt: skip
STEPS = 3000


def recipes() -> str:
    """Return the tables of the page's section."""
    found = re.search(r"## Synapses of cortex\n.*?```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def cortical(*synapses: str) -> Circuit:
    chosen = (PROJECTION.format(synapse=each, source=WEIGHTS[each][0], weight=WEIGHTS[each][1]) for each in synapses)
    text = REST.replace("[[areas]]", recipes() + "\n[[areas]]", 1) + "".join(chosen)
    reading = with_text_checked(read_tables(tomllib.loads(text), "cortex"))
    if reading.mistakes or reading.circuit is None:
        raise UserError(*reading.mistakes)
    return reading.circuit


def shown(circuit: Circuit, spikes: np.ndarray, *names: str) -> dict[str, np.ndarray]:
    """Return variables of E after every step, (step, unit), from spikes of P, (step, unit)."""
    found: dict[str, list[np.ndarray]] = {name: [] for name in names}
    with Simulation(circuit, 1, [Phase("show", len(spikes))], precision="float64") as simulation:
        population = simulation.populations["V1/E"]
        population.array("v")[:] += np.linspace(0, 5e-3, 6)  # so that units differ

        def look() -> None:
            for name, values in found.items():
                values.append(population.array(name)[0].copy())

        simulation.presenter.phases = (Phase("show", len(spikes), reset=False),)
        simulation.network.add(b2.NetworkOperation(look, dt=0.1 * ms, when="end"))
        simulation.present(iter([Round({"V1/P": spikes[None]}, np.zeros(1))]), 1)
    return {name: np.array(values) for name, values in found.items()}


def random_spikes() -> np.ndarray:
    return (np.random.default_rng(4).random((STEPS, 8)) < 0.01).astype(float)


def test_all_of_them_do_what_a_script_of_brian_does() -> None:
    spikes = random_spikes()
    found = shown(cortical(*WEIGHTS), spikes, "v", "gate", "gaba_a", "gaba_b")
    model = tomllib.loads(recipes())["neurons"]["cortical"]
    constants = {"leak": 10 * nS, "rest": -65 * mV, "capacitance": 200 * b2.pF}
    text = {key: model[key] for key in ("threshold", "reset", "refractory", "method")}
    cells = b2.NeuronGroup(6, model["equations"], **text, namespace=constants, dt=0.1 * ms)
    cells.v = -65 * mV + np.linspace(0, 5, 6) * mV
    steps, units = np.nonzero(spikes)
    inputs = b2.SpikeGeneratorGroup(8, units, steps * 0.1 * ms, dt=0.1 * ms)
    on_pre = {"ampa": "ampa += 12*nS", "gaba_a": "gaba_a_rise += exp(1)*0.4*nS", "gaba_b": "gaba_b_rise += 0.05*nS"}
    synapses = [b2.Synapses(inputs, cells, on_pre=each) for each in on_pre.values()]
    models = ("nmda_post = 2*nS*gate_pre : siemens (summed)", "gap_post = 1.5*nS*(v_pre - v_post) : amp (summed)")
    synapses += [b2.Synapses(cells, cells, each, dt=0.1 * ms, order=-1) for each in models]
    for each in synapses[:3]:
        each.connect()
    for each in synapses[3:]:
        each.connect(condition="i != j")
    monitor = b2.StateMonitor(cells, list(found), record=True, when="end", dt=0.1 * ms)
    fired = b2.SpikeMonitor(cells)
    b2.Network(inputs, cells, *synapses, monitor, fired).run(STEPS * 0.1 * ms)
    assert fired.num_spikes > 20
    assert monitor.gate_.max() > 0.3
    for name, values in found.items():
        expected = getattr(monitor, f"{name}_").T
        np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("machine", [pytest.param("copies", marks=pytest.mark.slow), "mirror"])
def test_stock_brian_copies_and_the_mirror_agree(machine: str) -> None:
    circuit = cortical(*WEIGHTS)
    found = verify(circuit, steps=300, copies=2, strength=1.0, machines=(machine,))
    assert found.agrees
    assert found.spikes["V1/E"] > 0


def test_conductances_have_the_shapes_of_their_names() -> None:
    """One spike of one unit: an alpha function that peaks at the weight, and a difference of exponentials."""
    spikes = np.zeros((STEPS, 8))
    spikes[0, 0] = 1
    found = shown(cortical("gaba_a", "gaba_b"), spikes, "gaba_a", "gaba_b")
    time = np.arange(STEPS) * 0.1  # ms since the spike, at the end of each step
    alpha = 0.4e-9 * time / 5 * np.exp(1 - time / 5)
    double = 0.05e-9 * 100 / (100 - 20) * (np.exp(-time / 100) - np.exp(-time / 20))
    np.testing.assert_allclose(found["gaba_a"][:, 0], alpha, atol=0.02 * 0.4e-9)
    np.testing.assert_allclose(found["gaba_b"][:, 0], double, atol=0.02 * 0.05e-9)
    assert found["gaba_a"].max() == pytest.approx(0.4e-9, rel=0.02)
