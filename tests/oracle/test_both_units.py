"""Synapse text that reads both of its units: gap junctions, and constants of targets that differ."""

from __future__ import annotations

import tomllib

import brian2 as b2
import numpy as np
import pytest
from brian2 import ms, mV, nS

from brainlearn import simulate
from brainlearn.brian.loading import with_text_checked
from brainlearn.circuit import Circuit, Rows, wire
from brainlearn.circuit.loading import read_tables
from brainlearn.circuit.unit_values import unit_values
from brainlearn.mistakes import UserError
from brainlearn.verification.verify import verify

CELL = """
[neurons.NAME]
equations = '''
dv/dt = (-65*mV - v)/(10*ms) + (gap + drive)/capacitance : volt (unless refractory)
gap : amp
drive : amp
'''
threshold = "v > -50*mV"
reset = "v = -70*mV"
refractory = "1*ms"
method = "euler"
input = "drive"
kind = "spiking"
initial = { v = "-65 mV" }
parameters = { PARAMETERS }
"""
CAPACITANCE = 'capacitance = { distribution = "normal", mean = "200 pF", sd = "30 pF", low = "100 pF" }'
GAIN = 'gain = { distribution = "uniform", low = 0.2, high = 2.0 }'
TEXT = """
name = "both"
dt = "0.1 ms"

CELL
OTHER
[synapses.gap_junction]
transmit = "gap_post = w*nS*(v_pre - v_post)"

[synapses.kick]
on_pre = "v_post += gain*w*mV"

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 30, neuron = "cell" }, { name = "I", size = 20, neuron = "other" }]

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "gap_junction"
weights = { distribution = "uniform", low = 0.0, high = 0.6 }
CONNECTIVITY

[[projections]]
source = "V1/E"
target = "V1/I"
pathway = "lateral"
synapse = "kick"
weights = { distribution = "uniform", low = 0.0, high = 3.0 }
CONNECTIVITY
DELAY
"""
LISTED = 'connectivity = { kind = "fixed_in_degree", in_degree = 8, multapses = true }'
MATRIX = 'connectivity = { kind = "probability", probability = 0.4 }'
EACH = 'delay = { distribution = "uniform", low = "0 ms", high = "3 ms" }'
ONE = 'delay = "1.2 ms"'
STEPS = 1500


def circuit(connectivity: str = LISTED, delay: str = EACH, *replaced: tuple[str, str]) -> Circuit:
    text = TEXT.replace("CONNECTIVITY", connectivity).replace("DELAY", delay)
    cells = (("cell", CAPACITANCE), ("other", f"{CAPACITANCE}, {GAIN}"))
    cell, other = (CELL.replace("NAME", name).replace("PARAMETERS", values) for name, values in cells)
    text = text.replace("CELL", cell).replace("OTHER", other)
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    reading = with_text_checked(read_tables(tomllib.loads(text), "both"))
    if reading.mistakes or reading.circuit is None:
        raise UserError(*reading.mistakes)
    return reading.circuit


def drives() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    return {"V1/E:drive": rng.uniform(200e-12, 500e-12, 30), "V1/I:drive": rng.uniform(100e-12, 350e-12, 20)}


def by_hand(of: Circuit) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return membranes after every step, (step, unit), and spikes, of a Brian2 script that knows nothing of copies."""
    b2.prefs.codegen.target = "numpy"
    equations = """
    dv/dt = (-65*mV - v)/(10*ms) + (gap + drive)/capacitance : volt (unless refractory)
    gap : amp
    drive : amp
    capacitance : farad
    gain : 1
    """
    groups = {}
    for name, size in (("V1/E", 30), ("V1/I", 20)):
        group = b2.NeuronGroup(
            size, equations, threshold="v > -50*mV", reset="v = -70*mV", refractory=1 * ms, method="euler", dt=0.1 * ms
        )
        values = unit_values(of, name, 1, 0)
        group.v, group.drive = -65 * mV, drives()[f"{name}:drive"] * b2.amp
        group.capacitance, group.gain = values["capacitance"][0] * b2.farad, values.get("gain", np.ones((1, 1)))[0]
        groups[name] = group
    objects = []
    texts = [
        {"model": "w : 1\ngap_post = w*nS*(v_pre - v_post) : amp (summed)"},
        {"model": "w : 1", "on_pre": "v_post += gain_post*w*mV"},
    ]
    for projection, text in zip(of.projections, texts, strict=True):
        wiring = wire(of, 0)[projection.name]
        synapses = b2.Synapses(groups[projection.source], groups[projection.target], **text, dt=0.1 * ms, order=-1)
        if isinstance(wiring, Rows):
            pres, posts, weights = wiring.pres, wiring.posts, wiring.weights
        else:
            pres, posts = np.nonzero(wiring.mask)
            weights = wiring.weights[pres, posts]
        synapses.connect(i=pres, j=posts)
        synapses.w = weights
        if "on_pre" in text:
            each = isinstance(wiring, Rows) and wiring.delays is not None
            synapses.pre.delay = wiring.delays * 0.1 * ms if each else projection.delay.value * b2.second
        objects.append(synapses)
    states = {n: b2.StateMonitor(g, "v", record=True, when="start", dt=0.1 * ms) for n, g in groups.items()}
    spikes = {n: b2.SpikeMonitor(g) for n, g in groups.items()}
    network = b2.Network(*groups.values(), *objects, *states.values(), *spikes.values())
    network.run(STEPS * 0.1 * ms, namespace={"nS": nS, "mV": mV, "ms": ms})
    return {n: (np.array(states[n].v_).T, np.array(spikes[n].t / (0.1 * ms))) for n in groups}


@pytest.mark.parametrize("delivery", ["shared", pytest.param("stock", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("connectivity", "delay"), [(LISTED, EACH), (LISTED, ONE), (MATRIX, ONE)])
def test_membranes_are_those_of_a_plain_brian_script(connectivity: str, delay: str, delivery: str) -> None:
    of = circuit(connectivity, delay)
    record = ["V1/E:v", "V1/I:v", "V1/E:spikes", "V1/I:spikes"]
    tree = simulate(of, f"{STEPS * 0.1} ms", drives(), record, delivery=delivery, precision="float64")
    for name, (expected, times) in by_hand(of).items():
        leaf = name.replace("/", ".")
        found = tree[f"states/{leaf}"]["v"].values[:, 0]
        assert len(times) > 50
        np.testing.assert_allclose(found, expected[: len(found)], rtol=0, atol=1e-12)
        assert np.array_equal(np.sort(np.round(tree[f"spikes/{leaf}"]["spike_time"].values / 0.1)), np.round(times))


@pytest.mark.parametrize(("connectivity", "delay"), [(LISTED, EACH), pytest.param(MATRIX, ONE, marks=pytest.mark.slow)])
def test_stock_brian_copies_and_the_mirror_agree(connectivity: str, delay: str) -> None:
    of = circuit(connectivity, delay, ("gain*w*mV", "gain_post*w*mV"))
    found = verify(of, steps=400, copies=3, strength=500e-12)
    assert found.spikes["V1/E"] > 100
    assert found.spikes["V1/I"] > 20
    assert all(each.holds(1e-10) for each in found.machines.values())


@pytest.mark.slow
def test_a_gap_junction_after_a_delay_sees_what_its_source_was() -> None:
    late = ('synapse = "gap_junction"\n', 'synapse = "gap_junction"\ndelay = "2 ms"\n')
    found = verify(circuit(MATRIX, ONE, late), steps=400, copies=2, strength=500e-12)
    assert all(each.holds(1e-10) for each in found.machines.values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("w*nS*(v_pre - v_post)", "w*nS*mV*exp((v_pre - v_post)/mV)", "mixes both units"),
        ("w*nS*(v_pre - v_post)", "w*nS*(v_pre - u_post)", 'undefined identifier "u_post"'),
        ("w*nS*(v_pre - v_post)", "w*(v_pre - v_post)", "wrong unit"),
        ("gain*w*mV", "w*(-50*mV - v_post)", "copies share the weights"),
        ("gain*w*mV", "gain*w*capacitance*mV/pF", '"capacitance" is ambiguous'),
    ],
)
def test_what_cannot_be_parted_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        circuit(MATRIX, ONE, (old, new))
    assert said in str(error.value)
