"""Published models of plasticity learn, from the same input spikes, the weights of a script of stock Brian2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, Synapses, ms, mV

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES, Rule

PUBLISHED = Path(__file__).parents[2] / "circuits" / "published"
DT, FINE = 0.5 * ms, 0.1 * ms
Spikes = dict[str, tuple[np.ndarray, np.ndarray]]  # units and steps, by population


def learned(
    name: str, rule: Rule, steps: int, inputs: dict[str, float], variable: str, bound: float
) -> tuple[Simulation, dict[str, np.ndarray], Spikes]:
    """Return a simulation that learned, the weights that it began with, and all spikes."""
    circuit = load_circuit(PUBLISHED / f"{name}.toml")
    chain = (("step", {"size": 1.0}), ("clip", {"low": 0.0, "high": bound}))
    plasticity = Plasticity(rule, tuple(p.name for p in circuit.projections), updates=chain)
    simulation = Simulation(circuit, 1, [Phase("show", steps)], plasticity, precision="float64", seed=2)
    monitors = {path: SpikeMonitor(each.group) for path, each in simulation.populations.items()}
    simulation.network.add(*monitors.values())
    before = {name: simulation.weights(name).copy() for name in simulation.projections}
    for path, rate in inputs.items():
        simulation.populations[path].array(variable)[:] = rate
    simulation.present(iter([Round({}, np.ones(1))]), 1)
    spikes = {
        path: (np.array(m.i), np.rint(np.array(m.t_) / circuit.dt.value).astype(int)) for path, m in monitors.items()
    }
    return simulation, before, spikes


def given(spikes: tuple[np.ndarray, np.ndarray], size: int, dt: Any = DT) -> SpikeGeneratorGroup:
    return SpikeGeneratorGroup(size, spikes[0], spikes[1] * dt, dt=dt)


def run(duration: Any, *parts: Any) -> None:
    Network(*parts).run(duration, namespace={})


def test_song_2000_pairs_in_the_same_step_count_as_in_brian2() -> None:
    steps = 1000
    simulation, before, spikes = learned("Song_2000", RULES["pair_stdp"], steps, {"input/P": 15.0}, "rate", 1.0)
    cell = NeuronGroup(
        1,
        "dv/dt = (ge*(0*mV - v) - 74*mV - v)/(10*ms) : volt\ndge/dt = -ge/(5*ms) : 1",
        threshold="v > -54*mV",
        reset="v = -60*mV",
        method="euler",
        dt=DT,
    )
    cell.v = -60 * mV
    source = given(spikes["input/P"], 1000)
    synapses = Synapses(
        source,
        cell,
        "w : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(20*ms) : 1 (event-driven)",
        on_pre="ge += 0.01*w\nx += 0.01\nw = clip(w + y, 0, 1)",
        on_post="y -= 0.0105\nw = clip(w + x, 0, 1)",
        dt=DT,
    )
    synapses.connect()
    synapses.w = before["input/P->cortex/E"].reshape(-1)
    monitor = SpikeMonitor(cell)
    run(steps * DT, source, cell, synapses, monitor)
    found = simulation.weights("input/P->cortex/E").reshape(-1)
    fired = set(np.rint(np.array(monitor.t_) / 5e-4).astype(int))
    together = np.isin(spikes["input/P"][1], list(fired)).sum()
    assert len(fired) > 10
    assert together > 50
    assert sorted(fired) == spikes["cortex/E"][1].tolist()
    apart = np.abs(found - np.array(synapses.w)) > 1e-10
    assert apart.sum() <= 2  # weights at a bound, which the script meets twice in a step in which both units spike


RHO = """
drho/dt = (-rho*(1 - rho)*(0.5 - rho) + 321.808*(1 - rho)*int(calcium > 1.3)
    - 200*rho*int(calcium > 1))/(150*second) : 1 (clock-driven)
"""


@pytest.mark.parametrize(
    ("calcium", "closeness"),
    [
        pytest.param("calcium : 1", 1e-12, id="exact"),
        pytest.param(
            "dcalcium/dt = -calcium/(20*ms) : 1 (clock-driven)", 2e-4, id="forward Euler", marks=pytest.mark.slow
        ),
    ],
)
def test_graupner_2012_moves_efficacies_as_a_script(calcium: str, closeness: float) -> None:
    """In the mean over synapses; where calcium is just at a threshold a step more or less decides about one of them."""
    steps, rates = 6000, {"input/P": 5.0, "output/P": 5.0}
    simulation, _, spikes = learned("Graupner_2012", RULES["calcium"], steps, rates, "rate", 1.0)
    source, target = (given(spikes[path], 30) for path in rates)
    amounts = {"on_pre": "calcium += 1", "on_post": "calcium += 2"}
    synapses = Synapses(source, target, calcium + RHO, **amounts, delay=13.7 * ms, method="euler", dt=DT)
    if calcium == "calcium : 1":
        synapses.run_regularly("calcium *= exp(-dt/(20*ms))", when="groups", order=1, dt=DT)
    synapses.connect()
    synapses.rho = 0.5
    run(steps * DT, source, target, synapses)
    found = simulation.weights("input/P->output/P")
    assert found.std() > 0.005
    assert found.mean() == pytest.approx(np.mean(synapses.rho), abs=closeness)


VOLTAGE = """
dm/dt = (-70.6*mV - m)/(10*ms) : volt
dspike/dt = -spike/(1*ms) : volt
v = m + spike : volt
dlow/dt = (v - low)/(10*ms) : volt
dhigh/dt = (v - high)/(7*ms) : volt
dmean/dt = (v - mean)/(1*second) : volt
"""


@pytest.mark.slow
def test_clopath_2010_learns_by_the_voltage_as_a_script() -> None:
    """The script reads filtered voltages before the synapses of a step deliver, as the rule does."""
    steps, rates = 2500, {"input/slow": 10.0, "input/fast": 30.0}
    simulation, before, spikes = learned("Clopath_2010", RULES["voltage_stdp"], steps, rates, "rate", 3.0)
    cell = NeuronGroup(
        1, VOLTAGE, threshold="m > -55*mV", reset="m = -70.6*mV; spike += 100*mV", method="exact", dt=FINE
    )
    cell.m = cell.low = cell.high = cell.mean = -70.6 * mV
    parts: list[Any] = [cell]
    plain = {}
    for path, name in ((path, f"{path}->cortex/E") for path in rates):
        source = given(spikes[path], 50, FINE)
        depressed = "w = clip(w - 1.4e-4/mV*(mean_post + 70.6*mV)**2/(60*mV**2)*depolarised, 0, 3)"
        synapses = plain[name] = Synapses(
            source,
            cell,
            "w : 1\nsent : 1\nx : 1\ndepolarised = clip((low_post + 70.6*mV)/mV, 0, inf)*mV : volt",
            on_pre={"learn": depressed, "pre": "m_post += sent*mV\nx += 1"},
            dt=FINE,
        )
        synapses.learn.order, synapses.pre.order = -2, -1
        synapses.connect()
        synapses.w = before[name].reshape(-1)
        potentiated = (
            "w = clip(w + dt*8e-5/mV**2*x/(15*ms)*clip((v_post + 45.3*mV)/mV, 0, inf)*mV"
            "*clip((high_post + 70.6*mV)/mV, 0, inf)*mV, 0, 3)"
        )
        synapses.run_regularly(f"{potentiated}\nsent = w\nx = x*exp(-dt/(15*ms))", when="start", dt=FINE)
        parts += [source, synapses]
    monitor = SpikeMonitor(cell)
    run(steps * FINE, *parts, monitor)
    assert len(monitor.t) > 5
    assert np.rint(np.array(monitor.t_) / 1e-4).astype(int).tolist() == spikes["cortex/E"][1].tolist()
    for name, synapses in plain.items():
        found = simulation.weights(name).reshape(-1)
        assert np.abs(found - 1).max() > 1e-3
        np.testing.assert_allclose(found, np.array(synapses.w), rtol=0, atol=1e-9)
