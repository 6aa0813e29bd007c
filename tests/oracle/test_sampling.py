"""Units that sample against sums over all states of a small restricted Boltzmann machine."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from scipy.stats import norm

from brainlearn import load_circuit
from brainlearn.brian.building import BuiltCircuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.rules import RULES
from tests.oracle.on_both_engines import MIRROR

Kind = Literal["stochastic_binary", "stochastic_spiking", "lif_sampling"]
VISIBLE, HIDDEN = 4, 3
UP, OF_VISIBLE, OF_HIDDEN = "V1/visible->V2/hidden", "V1/bias->V1/visible", "V1/bias->V2/hidden"
LEARNING = (UP, OF_VISIBLE, OF_HIDDEN)
STATES = {n: np.array(list(np.ndindex(*[2] * n)), dtype=float) for n in (VISIBLE, HIDDEN)}

CIRCUIT = """
name = "sampler"
dt = "1 ms"

[[areas]]
name = "retina"
level = 0
populations = [{{ name = "evidence", size = 4, neuron = "graded_stimulus" }}]

[[areas]]
name = "V1"
level = 1
populations = [{{ name = "visible", size = 4, neuron = "{neuron}" }}, {{ name = "bias", size = 1, neuron = "bias" }}]

[[areas]]
name = "V2"
level = 2
populations = [{{ name = "hidden", size = 3, neuron = "{neuron}" }}]

[[projections]]
source = "retina/evidence"
target = "V1/visible"
pathway = "bottom_up"
synapse = "evidence"
connectivity = {{ kind = "one_to_one" }}
weights = {{ distribution = "constant", value = 1.0 }}

[[projections]]
source = "V1/visible"
target = "V2/hidden"
pathway = "bottom_up"
synapse = "{synapse}"
weights = {{ distribution = "normal", sd = 1.5 }}

[[projections]]
source = "V2/hidden"
target = "V1/visible"
pathway = "top_down"
synapse = "{synapse}"
weights = {{ distribution = "tied", to = "V1/visible->V2/hidden" }}

[[projections]]
source = "V1/bias"
target = "V1/visible"
pathway = "lateral"
synapse = "{from_bias}"
weights = {{ distribution = "normal", sd = 0.7 }}

[[projections]]
source = "V1/bias"
target = "V2/hidden"
pathway = "bottom_up"
synapse = "{from_bias}"
weights = {{ distribution = "normal", sd = 0.7 }}
"""


def sampler(
    kind: Kind, folder: Path, copies: int, phases: list[Phase], rule: str = "", engine: str = "brian"
) -> Simulation:
    spiking = kind != "stochastic_binary"
    path = folder / "sampler.toml"
    synapse, from_bias = ("current", "constant_current") if spiking else ("graded", "graded")
    path.write_text(CIRCUIT.format(neuron=kind, synapse=synapse, from_bias=from_bias))
    plasticity = Plasticity(RULES[rule], LEARNING, updates=(("step", {"size": 1.0}),)) if rule else None
    build = MIRROR if engine == "mirror" else BuiltCircuit
    return Simulation(load_circuit(path), copies, phases, plasticity, seed=4, precision="float64", build=build)


def exactly(simulation: Simulation) -> np.ndarray:
    """Return the probability of every state, (visible state, hidden state)."""
    weights, of_visible, of_hidden = (simulation.weights(name) for name in LEARNING)
    v, h = STATES[VISIBLE], STATES[HIDDEN]
    odds = v @ weights @ h.T + (v @ of_visible[0])[:, None] + h @ of_hidden[0]
    odds = np.exp(odds)
    return odds / odds.sum()


def nothing(copies: int, learn: bool = False) -> Round:
    return Round({"retina/evidence": np.zeros((copies, VISIBLE))}, np.full(copies, float(learn)), learn=learn)


@pytest.mark.parametrize("kind", ["stochastic_binary", "stochastic_spiking"])
def test_samples_have_the_marginals_and_correlations_of_all_states(kind: Kind, tmp_path: Path) -> None:
    copies, burn = 4000, 25
    seen: list[np.ndarray] = []
    with sampler(kind, tmp_path, copies, [Phase("burn", burn), *_single_steps(6)]) as simulation:

        def note(phase: Phase) -> None:
            if phase.name != "burn":
                seen.append(np.hstack([simulation.activity(path) for path in ("V1/visible", "V2/hidden")]))

        simulation.present(iter([nothing(copies)]), 1, after_phase=note)
        p = exactly(simulation)
    drawn = np.concatenate(seen)
    np.testing.assert_array_equal(np.unique(drawn), [0, 1])
    wanted = np.concatenate([p.sum(1) @ STATES[VISIBLE], p.sum(0) @ STATES[HIDDEN]])
    np.testing.assert_allclose(drawn.mean(0), wanted, atol=0.015)  # 4 standard errors of 24,000 correlated draws
    # the hidden units of a step answer the visible ones of the step before: the correlation of one chain
    together = np.mean([a[:, :VISIBLE].T @ b[:, VISIBLE:] / copies for a, b in pairwise(seen)], axis=0)
    np.testing.assert_allclose(together, STATES[VISIBLE].T @ p @ STATES[HIDDEN], atol=0.015)


def _single_steps(count: int) -> list[Phase]:
    return [Phase(f"step_{k}", 1, reset=False) for k in range(count)]


def test_evidence_takes_the_place_of_all_other_input(tmp_path: Path) -> None:
    copies = 4000
    with sampler("stochastic_binary", tmp_path, copies, [Phase("see", 3)]) as simulation:
        chances = np.array([1e-9, 0.2, 0.5 + 1e-7, 0.9])
        odds = np.tile(np.log(chances / (1 - chances)), (copies, 1))
        simulation.present(iter([Round({"retina/evidence": odds}, np.zeros(copies))]), 1)
        np.testing.assert_allclose(simulation.activity("V1/visible").mean(0), chances, atol=0.03)


@pytest.mark.parametrize("drive", [-3.0, -1.0, 0.0, 1.0, 3.0])
def test_a_noisy_unit_is_on_about_as_often_as_the_logistic_function_says(drive: float, tmp_path: Path) -> None:
    copies, steps = 400, 100
    with sampler(
        "lif_sampling", tmp_path, copies, [Phase("settle", 20), Phase("count", steps, reset=False)]
    ) as simulation:
        simulation.present(iter([Round({"retina/evidence": np.full((copies, VISIBLE), drive)}, np.zeros(copies))]), 1)
        on = 4 * simulation.activity("V1/visible").mean()
    free = norm.cdf((drive - 1.3863) / (np.sqrt(2) * 1.2035))  # of a spike in a step in which the unit may spike
    assert on == pytest.approx(4 * free / (1 + 3 * free), abs=0.01)
    assert on == pytest.approx(1 / (1 + np.exp(-drive)), abs=0.03)


def test_noisy_units_sample_almost_as_a_boltzmann_machine(tmp_path: Path) -> None:
    copies = 1000
    with sampler(
        "lif_sampling", tmp_path, copies, [Phase("settle", 40), Phase("count", 80, reset=False)]
    ) as simulation:
        simulation.present(iter([nothing(copies)]), 1)
        on = [4 * simulation.activity(path).mean(0) for path in ("V1/visible", "V2/hidden")]
        p = exactly(simulation)
    wanted = np.concatenate([p.sum(1) @ STATES[VISIBLE], p.sum(0) @ STATES[HIDDEN]])
    np.testing.assert_allclose(np.concatenate(on), wanted, atol=0.12)


WAKE_AND_SLEEP = [
    Phase("see", 2, learn=False),
    Phase("wake", 1, reset=False),
    Phase("fall_asleep", 20, reset=False, learn=False, show=False),
    Phase("sleep", 1, reset=False, show=False, polarity=-1),
]


@pytest.mark.parametrize("engine", ["brian", "mirror"])
@pytest.mark.parametrize("kind", ["stochastic_binary", "stochastic_spiking"])
def test_wake_minus_long_sleep_is_the_gradient_of_the_likelihood(kind: Kind, engine: str, tmp_path: Path) -> None:
    copies, rng = 3000, np.random.default_rng(2)
    data = rng.random((copies, VISIBLE)) < np.array([0.9, 0.2, 0.6, 0.4])
    shown = Round({"retina/evidence": np.where(data, 30.0, -30.0)}, np.ones(copies))
    with sampler(kind, tmp_path, copies, WAKE_AND_SLEEP, "contrastive_divergence", engine) as simulation:
        before = {name: simulation.weights(name).copy() for name in LEARNING}
        p, after = exactly(simulation), dict[str, dict[str, np.ndarray]]()

        def note(phase: Phase) -> None:
            after[phase.name] = {name: simulation.weights(name).copy() for name in LEARNING}
            for name in LEARNING:  # weights stay as they were: both phases are of one machine
                simulation.weights(name)[:] = before[name]
            simulation.changed(LEARNING)

        simulation.present(iter([shown]), 1, after_phase=note)
    hidden = 1 / (1 + np.exp(-(data @ before[UP] + before[OF_HIDDEN][0])))
    awake = {UP: data.T @ hidden / copies, OF_VISIBLE: data.mean(0)[None], OF_HIDDEN: hidden.mean(0)[None]}
    v, h = STATES[VISIBLE], STATES[HIDDEN]
    asleep = {UP: v.T @ p @ h, OF_VISIBLE: (p.sum(1) @ v)[None], OF_HIDDEN: (p.sum(0) @ h)[None]}
    for name in LEARNING:
        np.testing.assert_allclose(after["wake"][name] - before[name], awake[name], atol=1e-6)
        np.testing.assert_allclose(before[name] - after["sleep"][name], asleep[name], atol=0.04)
    change = np.concatenate([(awake[name] - asleep[name]).ravel() for name in LEARNING])
    found = [after["wake"][name] + after["sleep"][name] - 2 * before[name] for name in LEARNING]
    flat = np.concatenate([each.ravel() for each in found])
    assert flat @ change / np.linalg.norm(flat) / np.linalg.norm(change) > 0.98
