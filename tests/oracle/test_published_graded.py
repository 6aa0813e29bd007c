"""Published circuits in which something is transmitted all the time: Wang 2002, Mejias 2016 and Sacramento 2018."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, defaultclock, ms, nS, pF, prefs

from brainlearn import load_circuit, simulate
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.unit_values import unit_values
from brainlearn.verification.verify import verify
from experiments.published.Mejias_2016 import compare as mejias
from experiments.published.recorded import recorded
from experiments.published.Sacramento_2018 import compare as sacramento
from experiments.published.spectral_causality import causality
from experiments.published.Wang_2002 import compare as wang

PUBLISHED = Path(__file__).parents[2] / "circuits" / "published"
SEED = 4


def changed(folder: Path, name: str, changes: dict[str, str], sizes: dict[str, int] | None = None) -> Circuit:
    """Return the circuit with other text, of which each pattern is there."""
    text = (PUBLISHED / f"{name}.toml").read_text(encoding="utf-8")
    for pattern, other in changes.items():
        text, number = re.subn(pattern, other, text)
        assert number
    (folder / "changed.toml").write_text(text, encoding="utf-8")
    return load_circuit(folder / "changed.toml", sizes or {})


# ---- Wang 2002 -----------------------------------------------------------------------------------------------------

NAMES = ("left", "right", "other", "I")
FEW = {"left": 24, "right": 24, "other": 112, "I": 40}
SMALL = {f"cortex/{name}": size for name, size in FEW.items()} | {"stimulus/left": 24, "stimulus/right": 24}


@pytest.mark.slow
def test_a_small_network_that_decides_is_verified() -> None:
    verification = verify(load_circuit(PUBLISHED / "Wang_2002.toml", SMALL), steps=300, copies=2)
    assert sum(verification.spikes[f"cortex/{name}"] for name in NAMES) > 50
    assert verification.holds
    assert set(verification.machines) == {"copies", "mirror"}


def test_units_that_decide_spike_like_those_of_the_script(tmp_path: Path) -> None:
    """Without what comes from outside, and with a rest above the threshold."""
    spread = '{ distribution = "uniform", low = "-70 mV", high = "-51 mV" }'
    changes = {r"  poisson_input = .*\n": "", '"-52 mV"': spread}
    for leak, rest in ((25, -10), (20, -45)):
        changes[f'leak = "{leak} nS", rest = "-70 mV"'] = f'leak = "{leak} nS", rest = "{rest} mV"'
    circuit = changed(tmp_path, "Wang_2002", changes, SMALL)
    tree = simulate(circuit, "40 ms", {}, [f"cortex/{name}:spikes" for name in NAMES], seed=SEED)
    found = {}
    for name in NAMES:
        group = tree[f"spikes/cortex.{name}"]
        found[name] = in_steps(group["spike_time"].values, group["spike_unit"].values)
    expected = decide_by_hand(circuit)
    assert min(len(each) for each in expected.values()) > 20
    assert found == expected


@pytest.mark.parametrize("side", ["left", "right"])
def test_every_unit_that_decides_hears_a_train_of_its_own(side: str) -> None:
    circuit = load_circuit(PUBLISHED / "Wang_2002.toml", SMALL)
    wiring = wire(circuit, SEED)[f"stimulus/{side}->cortex/{side}"]
    np.testing.assert_array_equal(wiring.weights, 2.1 * np.eye(24))


def decide_by_hand(circuit: Circuit) -> dict[str, list[tuple[int, int]]]:
    """Return the spikes (step, unit) of a script in which every NMDA synapse stands for itself."""
    prefs.codegen.target, defaultclock.dt = "numpy", 0.1 * ms
    text = {"threshold": "v > -50*mV", "reset": "v = -55*mV", "method": "euler"}
    equations = wang.EXCITATORY.replace("-70*mV - v", "-10*mV - v"), wang.INHIBITORY.replace("-70*mV - v", "-45*mV - v")
    constants = {"g_leak": 25 * nS, "C": 500 * pF, "g_nmda": 0.165 * nS}
    gates = "late : 1\nnow : 1\n"  # gates are added up in one step, and act in the next
    cells = NeuronGroup(160, equations[0] + gates, refractory=2 * ms, namespace=constants, **text)
    cells.run_regularly("late = now\nnow = s_nmda", when="start")
    constants = {"g_leak": 20 * nS, "C": 200 * pF, "g_nmda": 0.13 * nS}
    inhibitory = NeuronGroup(40, equations[1], refractory=1 * ms, namespace=constants, **text)
    cells.v_ = np.concatenate([unit_values(circuit, f"cortex/{name}", 1, SEED)["v"][0] for name in NAMES[:3]])
    inhibitory.v_ = unit_values(circuit, "cortex/I", 1, SEED)["v"][0]
    label = np.repeat([0, 1, 2], [FEW[name] for name in NAMES[:3]])
    within, onto = label[:, None] == label, label < 2
    strength = np.where(onto, np.where(within, 1.7, 1 - 0.15 * 0.7 / 0.85), 1.0)  # (pre, post)
    parts = wang.chemical(cells, inhibitory, strength)
    for target, weights in ((cells, strength), (inhibitory, np.ones((160, 40)))):
        nmda = Synapses(cells, target, "w : 1\ns_total_post = w*late_pre : 1 (summed)")
        nmda.connect()
        nmda.w = weights.ravel()
        parts.append(nmda)
    parts += (monitors := [SpikeMonitor(cells), SpikeMonitor(inhibitory)])
    Network(cells, inhibitory, *parts).run(40 * ms, namespace={})
    times, units = 1e3 * np.array(monitors[0].t_), np.array(monitors[0].i)
    found = {}
    for name, first in zip(NAMES[:3], (0, 24, 48), strict=True):
        own = (units >= first) & (units < first + FEW[name])
        found[name] = in_steps(times[own], units[own] - first)
    return found | {"I": in_steps(1e3 * np.array(monitors[1].t_), np.array(monitors[1].i))}


def in_steps(times: np.ndarray, units: np.ndarray) -> list[tuple[int, int]]:
    """Return spikes as (step, unit), from times in ms."""
    return sorted(zip(np.round(times / 0.1).astype(int).tolist(), units.tolist(), strict=True))


def test_one_group_wins_as_in_the_script() -> None:
    found, script = recorded("Wang_2002").values()
    for measure, expected in script.items():
        ours = found[measure]
        error = np.sqrt(ours.var(ddof=1) / len(ours) + expected.var(ddof=1) / len(expected))
        assert abs(ours.mean() - expected.mean()) <= 4 * error, measure
    for each in (found, script):
        assert (each["rate of the winner at the end [Hz]"] > 5 * each["rate of the loser at the end [Hz]"]).all()


# ---- Mejias 2016 ---------------------------------------------------------------------------------------------------

LAYERS = mejias.LAYERS


@pytest.mark.slow
def test_noisy_rates_are_verified_in_copies() -> None:
    verification = verify(load_circuit(PUBLISHED / "Mejias_2016.toml"), steps=100, copies=2)
    assert verification.holds
    assert "mirror" in verification.not_compared


@pytest.mark.slow
def test_rates_of_four_areas_follow_their_equations(tmp_path: Path) -> None:
    """Without noise, beside the steps of the authors' program."""
    circuit = changed(tmp_path, "Mejias_2016", {r"sigma = [0-9.]+": "sigma = 0"})
    names = [f"{area}/{layer}" for area in mejias.AREAS for layer in LAYERS]
    tree = simulate(circuit, "200 ms", {"V1/L23E:stimulus": 8.0}, [f"{name}:r" for name in names], seed=SEED)
    found = np.stack([tree[f"states/{name.replace('/', '.')}"]["r"].values[:, 0, 0] for name in names], axis=1)
    r = np.array([unit_values(circuit, name, 1, SEED)["r"].item() for name in names])
    weights = of_the_file(circuit, names)
    np.testing.assert_allclose(weights, mejias.all_weights(), rtol=0, atol=6e-5)  # the file has four digits
    tau, thalamus = np.tile([6.0, 15.0, 30.0, 75.0], 4), np.tile([6.0, 0.0, 6.0, 0.0], 4)
    thalamus[0] += 8
    for step in range(1000):
        np.testing.assert_allclose(found[step], r, rtol=1e-9)
        x = thalamus + weights @ r
        r = r + 0.2 / tau * (-r + x / (1 - np.exp(-x)))
    assert np.ptp(found[500:, 0]) > 1


def of_the_file(circuit: Circuit, names: list[str]) -> np.ndarray:
    """Return the weights between populations, (post, pre), feedback times the share of it that is read."""
    shares = dict(zip(LAYERS, mejias.BACKWARD, strict=True))
    weights = np.zeros((len(names), len(names)))
    for name, wiring in wire(circuit, SEED).items():
        source, target = name.split("->")
        feedback = source.split("/")[0] != target.split("/")[0] and source.endswith("L56E")
        share = shares[target.split("/")[1]] if feedback else 1.0
        weights[names.index(target), names.index(source)] = share * wiring.weights.item()
    return weights


def test_causality_is_that_of_a_process_that_is_known() -> None:
    """A white signal that another follows a step later tells it ln(1 + b²) at every frequency, and hears nothing."""
    rng = np.random.default_rng(SEED)
    first, second = rng.standard_normal((2, 20_000, 5))
    second[1:] += 0.8 * first[:-1]
    _, told, heard = causality(first, second, 3, 250.0)
    np.testing.assert_allclose(told, np.log(1 + 0.8**2), rtol=0.05)
    assert np.abs(heard).max() < 2e-3


def test_gamma_is_fed_forward_and_alpha_back_as_in_the_script() -> None:
    found, script = recorded("Mejias_2016").values()
    for each in (found, script):
        assert ((each["gamma of V1 [Hz]"] >= 35) & (each["gamma of V1 [Hz]"] <= 50)).all()  # as published
        assert ((each["alpha of V1 [Hz]"] >= 8) & (each["alpha of V1 [Hz]"] <= 10)).all()
        assert (each["asymmetry of gamma, mean of pairs"] > 0.3).all()
        assert (each["asymmetry of alpha, mean of pairs"] < -0.3).all()
    for measure in script:
        assert found[measure].mean() == pytest.approx(script[measure].mean(), rel=0.15), measure


# ---- Sacramento 2018 -----------------------------------------------------------------------------------------------


def test_a_dendritic_microcircuit_is_verified() -> None:
    verification = verify(load_circuit(PUBLISHED / "Sacramento_2018.toml"), steps=100, copies=2)
    assert verification.holds
    assert set(verification.machines) == {"copies", "mirror"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_dendritic_microcircuit_learns_as_the_script(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PATTERNS": 12, "TAUGHT": 3, "STEPS": 50}.items():
        monkeypatch.setattr(sacramento, name, value)
    found, expected = sacramento.ours(seed), sacramento.stock(seed)
    assert expected["apical potential, self-predicting"] < expected["apical potential, first inputs"]
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-10), name


def test_recorded_apical_potentials_vanish_as_in_the_script() -> None:
    found, script = recorded("Sacramento_2018").values()
    for measure, expected in script.items():
        np.testing.assert_allclose(found[measure], expected, rtol=1e-6, err_msg=measure)
    potential, error = "apical potential, ", "error of output rates, "
    assert (found[f"{potential}self-predicting"] < 0.2 * found[f"{potential}first inputs"]).all()
    assert (found[f"{potential}association learned"] < 0.5 * found[f"{potential}first taught"]).all()
    assert (found[f"{error}after"] < found[f"{error}before"]).all()


# ---- again ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Mejias_2016", "Wang_2002"])
def test_another_seed_comes_out_as_recorded(name: str) -> None:
    found = import_module(f"experiments.published.{name}.compare").ours(SEED)
    ours, script = recorded(name).values()
    for measure, value in found.items():
        spread = max(ours[measure].std(ddof=1), script[measure].std(ddof=1))
        assert value == pytest.approx(script[measure].mean(), rel=0.05, abs=5 * spread), measure
