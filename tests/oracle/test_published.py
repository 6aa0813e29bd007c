"""Published circuits come out as in a Brian2 script of the same model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from brian2 import SpikeMonitor, second

from benchmarks.spike_plasticity import plain_vogels
from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES
from experiments.published.Payeur_2021 import compare as Payeur_2021
from experiments.published.Tsodyks_2000 import compare as Tsodyks_2000

PUBLISHED = Path(__file__).parents[2] / "circuits" / "published"
SECONDS, LAST = 3, 0.5  # of biological time; the rates are those of the last half second


def vogels(masks: dict[str, np.ndarray]) -> dict[str, float]:
    """Return the rates [Hz] of both populations in plain Brian2."""
    network, groups = plain_vogels(masks, 0.05)
    monitors = {name: SpikeMonitor(group) for name, group in groups.items()}
    network.add(*monitors.values())
    network.run(SECONDS * second, namespace={})
    return {name: rate(monitor, groups[name].N) for name, monitor in monitors.items()}


def rate(monitor: SpikeMonitor, size: int) -> float:
    return float(np.sum(np.array(monitor.t_) >= SECONDS - LAST)) / LAST / size


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bursts_of_tsodyks_come_spike_for_spike_as_in_the_script(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tsodyks_2000, "SECONDS", 2.0)
    assert Tsodyks_2000.ours(seed) == Tsodyks_2000.stock(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dendritic_current_raises_burst_probability_as_in_the_script(seed: int) -> None:
    found, expected = Payeur_2021.ours(seed), Payeur_2021.stock(seed)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=0.01)  # the same noise; rounding moves a spike or two
    without, with_current = (found[f"burst probability {each} dendritic current"] for each in ("without", "with"))
    assert with_current > without + 0.2


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_plastic_inhibition_brings_a_network_to_the_rate_of_the_script(seed: int) -> None:
    circuit = load_circuit(PUBLISHED / "Vogels_2011.toml")
    chain = (("step", {"size": 0.05}), ("clip", {"low": 0.0, "high": 100.0}))
    plasticity = Plasticity(RULES["inhibitory_stdp"], ("cortex/I->cortex/E",), updates=chain)
    simulation = Simulation(circuit, 1, [Phase("show", 10_000 * SECONDS)], plasticity, seed=seed)
    monitors = {name: SpikeMonitor(simulation.populations[f"cortex/{name}"].group) for name in ("E", "I")}
    simulation.network.add(*monitors.values())
    simulation.present(iter([Round({}, np.ones(1))]), 1)
    expected = vogels({name: each.mask for name, each in simulation.wiring.items() if each.mask is not None})
    found = {name: rate(monitor, {"E": 1600, "I": 400}[name]) for name, monitor in monitors.items()}
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=0.1)
    assert found["E"] < 40  # about 130 Hz without inhibition
