"""Short-term plasticity: closed forms, Brian2 by hand, all deliveries and the mirror alike, saved, refused."""

from __future__ import annotations

import tomllib

import brian2 as b2
import numpy as np
import pytest
import torch
from brian2 import ms

from brainlearn import Area, Circuit, Population, Projection, simulate
from brainlearn.brian.loading import with_text_checked
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.circuit import Circuit as ReadCircuit
from brainlearn.circuit import wire
from brainlearn.circuit.loading import read_tables
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.short_term import short_term_values
from brainlearn.circuit.writing import circuit_text
from brainlearn.mirror import Mirror
from brainlearn.mistakes import UserError
from brainlearn.results.simulation_schema import validate_simulation
from brainlearn.rules import RULES
from brainlearn.verification.verify import verify

TEXT = """
name = "tiring"
dt = "0.5 ms"

[neurons.sum]
equations = "dv/dt = 0/second : 1"
threshold = "v > 1e9"
reset = ""

[synapses.kick]
on_pre = "v_post += w"

[[areas]]
name = "V1"
level = 1

  [[areas.populations]]
  name = "P"
  size = 3
  neuron = "spike_train"

  [[areas.populations]]
  name = "S"
  size = 3
  neuron = "sum"

  [[areas.populations]]
  name = "E"
  size = 30
  neuron = "lif"
  poisson_input = [{ variable = "v", number = 100, rate = "20 Hz", weight = "0.2" }]

[[projections]]
source = "V1/P"
target = "V1/S"
pathway = "lateral"
synapse = "kick"
connectivity = { kind = "one_to_one" }
weights = { distribution = "constant", value = 1.0 }
short_term_plasticity = { PLASTICITY }

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "current"
DELAY
CONNECTIVITY
weights = { distribution = "normal", sd = 0.3 }
short_term_plasticity = { PLASTICITY }
"""
DEPRESSING = 'utilisation = 0.5, tau_recovery = "200 ms"'
FACILITATING = 'utilisation = 0.1, tau_recovery = "100 ms", tau_facilitation = "500 ms", tau_inactivation = "3 ms"'
DIFFERENT = (
    'utilisation = { distribution = "uniform", low = 0.1, high = 0.9 }, tau_recovery = "200 ms", '
    'tau_facilitation = { distribution = "normal", mean = "300 ms", sd = "100 ms", low = "5 ms" }, '
    'tau_inactivation = "3 ms"'
)
DRAWN_DELAYS = 'delay = { distribution = "normal", mean = "3 ms", sd = "1 ms", low = "0 ms" }'
MULTAPSES = 'connectivity = { kind = "fixed_in_degree", in_degree = 10, multapses = true }'


def tiring(plasticity: str = DEPRESSING, delay: str = 'delay = "2 ms"', connectivity: str = "") -> ReadCircuit:
    text = TEXT.replace("PLASTICITY", plasticity).replace("DELAY", delay).replace("CONNECTIVITY", connectivity)
    reading = with_text_checked(read_tables(tomllib.loads(text), "tiring"))
    if reading.mistakes or reading.circuit is None:
        raise UserError(*reading.mistakes)
    return reading.circuit


def released(plasticity: str, every: int, spikes: int) -> np.ndarray:
    """Return what each of several regular spikes releases, (spike,)."""
    phases = [Phase("spike", 1, reset=False), Phase("silence", every - 1, reset=False)]
    frame = Round({"V1/P": np.ones((1, 3))}, np.zeros(1), then={"silence": {"V1/P": np.zeros((1, 3))}})
    with Simulation(tiring(plasticity), 1, phases, precision="float64") as simulation:
        found, heard = [0.0], simulation.populations["V1/S"].array("v")
        simulation.present(iter([frame] * spikes), spikes, done=lambda _: found.append(float(heard[0, 0])))
    return np.diff(found)


@pytest.mark.parametrize(
    ("utilisation", "recovery", "facilitation"), [(0.5, 800.0, 0.0), (0.04, 100.0, 1000.0), (1.0, 50.0, 20.0)]
)
def test_regular_spikes_come_to_the_steady_state_of_tsodyks_and_markram(
    utilisation: float, recovery: float, facilitation: float
) -> None:
    text = f'utilisation = {utilisation}, tau_recovery = "{recovery} ms", tau_facilitation = "{facilitation} ms"'
    every = 40  # 20 ms: 50 Hz
    forgotten = np.exp(-20 / facilitation) if facilitation else 0.0
    used = utilisation / (1 - (1 - utilisation) * forgotten)
    recovered = np.exp(-20 / recovery)
    left = (1 - recovered) / (1 - (1 - used) * recovered)
    found = released(text, every, 300)
    np.testing.assert_allclose(found[0], utilisation, rtol=1e-12)
    np.testing.assert_allclose(found[-1], used * left, rtol=1e-6)


def test_active_resources_do_not_recover() -> None:
    """With three states, beside the equations of Tsodyks, Uziel & Markram 2000 solved in tiny steps."""
    found = released('utilisation = 0.5, tau_recovery = "100 ms", tau_inactivation = "30 ms"', 40, 10)
    left, active, expected = 1.0, 0.0, []
    for _ in range(10):
        expected.append(0.5 * left)
        left, active = 0.5 * left, active + 0.5 * left
        for _ in range(20_000):
            inactive = 1 - left - active
            left, active = left + inactive * 1e-3 / 100, active - active * 1e-3 / 30
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("plasticity", "delay"),
    [
        (DEPRESSING, 'delay = "2 ms"'),
        (DIFFERENT, DRAWN_DELAYS),
        *(pytest.param(DEPRESSING, delay, marks=pytest.mark.slow) for delay in ("", DRAWN_DELAYS)),
        *(pytest.param(FACILITATING, delay, marks=pytest.mark.slow) for delay in ("", 'delay = "2 ms"', DRAWN_DELAYS)),
        *(pytest.param(DIFFERENT, delay, marks=pytest.mark.slow) for delay in ("", 'delay = "2 ms"')),
    ],
)
def test_copies_stock_synapses_and_the_mirror_agree(plasticity: str, delay: str) -> None:
    for connectivity in ("", MULTAPSES):
        found = verify(tiring(plasticity, delay, connectivity), steps=120, copies=2)
        assert found.agrees
        assert found.spikes["V1/E"] > 500


def test_synapses_that_differ_do_what_a_script_of_brian_does() -> None:
    """A script that shares nothing with the package but the numbers that were drawn."""
    circuit, seed = tiring(DIFFERENT, DRAWN_DELAYS, MULTAPSES), 3
    name = "V1/E->V1/E"
    projection = next(each for each in circuit.projections if each.name == name)
    rows = wire(circuit, seed)[name]
    assert isinstance(rows, Rows)
    assert rows.delays is not None
    assert projection.short_term_plasticity is not None
    values = short_term_values(projection.short_term_plasticity, name, len(rows.posts), seed)
    kicks = np.random.default_rng(0).random((600, 30)) < 0.15

    def kicked(v: np.ndarray, step: int) -> None:
        v += 0.6 * kicks[step]

    with Simulation(without_drive(circuit), 1, [Phase("show", 600)], precision="float64", seed=seed) as simulation:
        population, there, step = simulation.populations["V1/E"], [], iter(range(600))
        add = b2.NetworkOperation(
            lambda: kicked(population.array("v")[0], next(step)), dt=0.5 * ms, when="start", order=5
        )
        look = b2.NetworkOperation(lambda: there.append(population.spikes().copy()), dt=0.5 * ms, when="end")
        simulation.network.add(add, look)
        simulation.present(iter([Round({}, np.zeros(1))]), 1)

    model = circuit.models["V1/E"]
    constants = {
        key: b2.Quantity(q.value, dim=b2.second.dim) if any(q.dimension) else q.value
        for key, q in model.parameters.items()
    }
    group = b2.NeuronGroup(
        30, model.equations, threshold=model.threshold, reset=model.reset, method=model.method,
        refractory=model.refractory or False, namespace=constants, dt=0.5 * ms,
    )  # fmt: skip
    synapses = b2.Synapses(
        group,
        group,
        """w : 1
        U : 1 (constant)
        tau_rec : second (constant)
        tau_facil : second (constant)
        du/dt = -u/tau_facil : 1 (clock-driven)
        dx/dt = (1 - x - y)/tau_rec : 1 (clock-driven)
        dy/dt = -y/(3*ms) : 1 (clock-driven)""",
        on_pre="u += U*(1 - u); y += u*x; synaptic_post += w*u*x; x -= u*x",
        clock=group.clock,
        method="exact",
    )
    synapses.connect(i=rows.pres, j=rows.posts)
    synapses.w, synapses.U, synapses.x = rows.weights, values["utilisation"], 1
    synapses.tau_rec = values["tau_recovery"] * b2.second
    synapses.tau_facil = values["tau_facilitation"] * b2.second
    synapses.pre.delay = rows.delays * 0.5 * ms
    here: list[np.ndarray] = []
    step = iter(range(600))
    add = b2.NetworkOperation(lambda: kicked(group.variables["v"].get_value(), next(step)), dt=0.5 * ms, when="start")
    look = b2.NetworkOperation(lambda: here.append(np.array(group.spikes)), dt=0.5 * ms, when="end")
    b2.Network(group, synapses, add, look).run(300 * ms)
    assert sum(map(len, here)) > 300
    for mine, wanted in zip(there, here, strict=True):
        np.testing.assert_array_equal(np.sort(mine), np.sort(wanted))


def without_drive(circuit: ReadCircuit) -> ReadCircuit:
    from dataclasses import replace

    areas = (replace(a, populations=tuple(replace(p, poisson_input=()) for p in a.populations)) for a in circuit.areas)
    return circuit.with_parts(areas=tuple(areas))


@pytest.mark.parametrize("plasticity", [FACILITATING, DIFFERENT])
def test_a_saved_simulation_goes_on_as_the_other_did(plasticity: str) -> None:
    circuit, phases = tiring(plasticity, DRAWN_DELAYS, MULTAPSES), [Phase("show", 150, reset=False)]

    def shown(simulation: Simulation) -> np.ndarray:
        simulation.present(iter([Round({}, np.zeros(2))]), 1)
        return simulation.state("V1/E", "synaptic").copy()

    with Simulation(circuit, 2, phases, precision="float64") as one:
        shown(one)
        saved = {name: np.array(each) for name, each in simulation_state(one).items()}
        expected = shown(one)
    with Simulation(circuit, 2, phases, precision="float64") as other:
        restore_simulation(other, saved)
        np.testing.assert_array_equal(shown(other), expected)


def test_every_value_has_numbers_of_its_own() -> None:
    def values(plasticity: str) -> dict[str, object]:
        table = tiring(plasticity).projections[1].short_term_plasticity
        assert table is not None
        return short_term_values(table, "V1/E->V1/E", 5000, 1)

    both = values(DIFFERENT)
    other = values(DIFFERENT.replace("tau_facilitation", "tau_inactivation", 1).rpartition(",")[0])
    np.testing.assert_array_equal(both["utilisation"], other["utilisation"])
    assert np.mean(both["utilisation"]) == pytest.approx(0.5, abs=4 * 0.8 / np.sqrt(12 * 5000))
    assert np.mean(both["tau_facilitation"]) == pytest.approx(0.3, abs=0.01)


def test_gradients_pass_through_what_is_released() -> None:
    for plasticity in (FACILITATING, DIFFERENT):
        mirror = Mirror(tiring(plasticity, 'delay = "1 ms"', MULTAPSES), dtype="float64")
        state = mirror.present({"V1/P": torch.zeros(2, 3, dtype=torch.float64)}, steps=60)
        mirror.activity(state, "V1/E").sum().backward()
        gradient = mirror.weights["V1/E->V1/E"].grad
        assert gradient is not None
        assert torch.isfinite(gradient).all()
        assert gradient.abs().sum() > 0


def test_files_and_scripts_say_the_same() -> None:
    circuit = tiring(DIFFERENT)
    again = read_tables(tomllib.loads(circuit_text(circuit)), "tiring").circuit
    assert again == circuit
    plasticity = {"utilisation": 0.5, "tau_recovery": 200 * ms}
    script = Circuit(
        "tiring",
        dt="0.5 ms",
        areas=[Area("V1", 1, [Population("E", "lif", size=4)])],
        projections=[
            Projection(
                "V1/E", "V1/E", "lateral", "current", {"distribution": "constant", "value": 1.0},
                short_term_plasticity=plasticity,
            )
        ],
    )  # fmt: skip
    found = read_tables(tomllib.loads(script.to_toml()), "script").circuit.projections[0].short_term_plasticity
    assert found is not None
    assert found.text == "utilisation 0.5, tau_recovery 0.2 s"


@pytest.mark.parametrize(
    ("plasticity", "said"),
    [
        ('utilisation = 1.5, tau_recovery = "1 s"', "0 to 1"),
        ('utilisation = 0.5, tau_recovery = "1 mV"', "time"),
        ('utilisation = 0.5, tau_recovery = "0 ms"', "above 0 ms"),
        ('utilisation = 0.5, tau_recovery = "3 ms", tau_inactivation = "3 ms"', "divides by 0"),
        ('utilisation = { distribution = "normal", mean = 0.5, sd = 0.1 }, tau_recovery = "1 s"', "low"),
        ('utilisation = 0.5, tau_recovery = "1 s", tau_facilitates = "1 s"', "tau_facilitation"),
        ('utilisation = 0.5, tau_recovery = { distribution = "file", file = "a.npz" }', "normal"),
    ],
)
def test_what_makes_no_sense_is_refused(plasticity: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        tiring(plasticity)
    assert said in str(error.value)


def test_continuous_transmission_is_refused() -> None:
    text = TEXT.replace("PLASTICITY", DEPRESSING).replace("DELAY", "").replace("CONNECTIVITY", "")
    text = text.replace('on_pre = "v_post += w"', 'transmit = "v_post = w*spikes_now_pre"')
    reading = read_tables(tomllib.loads(text), "tiring")
    assert any("short-term plasticity needs a spike-triggered synapse" in str(each) for each in reading.mistakes)


@pytest.mark.parametrize("table", [FACILITATING, DIFFERENT])
def test_synapses_that_tire_learn_as_stock_synapses_do(table: str) -> None:
    circuit, name = tiring(table), "V1/E->V1/E"
    plasticity = Plasticity(RULES["pair_stdp"], (name,), updates=(("step", {"size": 1.0}),))
    weights = {}
    for delivery in ("shared", "stock"):
        with Simulation(
            circuit, 2, [Phase("show", 200)], plasticity, delivery=delivery, precision="float64"
        ) as simulation:
            before = simulation.weights(name).copy()
            simulation.present(iter([Round({}, np.ones(2))]), 1)
            weights[delivery] = simulation.weights(name).copy()
    assert np.abs(weights["shared"] - before).max() > 1e-3
    np.testing.assert_allclose(weights["shared"], weights["stock"], rtol=1e-10, atol=1e-12)


def test_results_hold_the_values_that_differ() -> None:
    name, circuit = "V1/E->V1/E", tiring(DIFFERENT)
    tree = simulate(circuit, "1 ms", {}, record=[f"{name}:weights"], seed=4)
    validate_simulation(tree)
    group, rows = tree["weights/V1.E->V1.E"], wire(circuit, 4)[name]
    assert isinstance(rows, Rows)
    table = circuit.projection(name).short_term_plasticity
    assert table is not None
    drawn = {key: v for key, v in short_term_values(table, name, len(rows.posts), 4).items() if np.ndim(v)}
    assert drawn
    for key, values in drawn.items():
        scale, unit = (1, "1") if key == "utilisation" else (1e3, "ms")
        np.testing.assert_allclose(group[key].values, values * scale, rtol=1e-12)
        assert group[key].attrs["units"] == unit
    assert {"utilisation", "tau_recovery", "tau_facilitation"} & set(group.data_vars) == set(drawn)
