"""A copy that begins an episode is as it was at the onset of the first; the others go on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.building import Build, BuiltCircuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.mirror.learning.circuit import MirrorCircuit
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES

CIRCUIT = """
name = "pair"
dt = "1 ms"

[[areas]]
name = "A"
level = 0
populations = [
  { name = "in", size = 4, neuron = "constant_current" },
  { name = "E", size = 5, neuron = "lif_adaptive" },
]

[[areas]]
name = "B"
level = 1
populations = [{ name = "E", size = 6, neuron = "lif", parameters = { tau_membrane = "20 ms" } }]

[[projections]]
source = "A/in"
target = "A/E"
pathway = "lateral"
synapse = "constant_current"
weights = { distribution = "uniform", low = 0.0, high = 1.0 }

[[projections]]
source = "A/E"
target = "B/E"
pathway = "bottom_up"
synapse = "current"
weights = { distribution = "uniform", low = 0.5, high = 1.0 }
"""
NAME, COPIES, STEPS = "A/E->B/E", 3, 40
ENGINES = {"brian": BuiltCircuit, "mirror": partial(MirrorCircuit, precision="float64")}


def shown(folder: Path, build: Build, rule: str, *restarts: np.ndarray | None) -> Simulation:
    """Return a simulation after as many rounds, each with copies that begin anew."""
    (folder / "pair.toml").write_text(CIRCUIT, encoding="utf-8")
    stimuli = {"A/in": np.random.default_rng(0).random((COPIES, 4))}
    rounds = [Round(stimuli, np.zeros(COPIES), restart=restart) for restart in restarts]  # nobody learns
    phases, circuit = [Phase("act", STEPS, reset=False)], load_circuit(folder / "pair.toml")
    simulation = Simulation(circuit, COPIES, phases, Plasticity(RULES[rule], (NAME,)), precision="float64", build=build)
    simulation.present(iter(rounds), len(rounds))
    return simulation


def states(simulation: Simulation) -> dict[str, np.ndarray]:
    """Return everything that copies hold, (copy, …) by name; not what it counts from the onset."""
    found = {
        f"{path} {name}": np.array(array).reshape(COPIES, -1)
        for path, population in simulation.populations.items()
        for name, array in population.state().items()
        if name not in ("_spikespace", "lastspike", "t_in_timesteps") and np.size(array) % COPIES == 0
    }
    kept = simulation.learning[NAME].states
    assert kept is not None
    return found | {"eligibility": np.array(kept.value("eligibility"))}


@pytest.mark.parametrize("rule", ["reward_stdp", "three_factor"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_copy_that_restarts_is_as_at_the_onset_and_the_others_go_on(tmp_path: Path, engine: str, rule: str) -> None:
    build, only = ENGINES[engine], np.array([False, True, False])
    once = states(shown(tmp_path, build, rule, None))
    twice = states(shown(tmp_path, build, rule, None, None))
    found = states(shown(tmp_path, build, rule, None, only))
    assert any(np.abs(twice[name] - once[name])[1].max() > 1e-3 for name in found if name.endswith(" v"))
    assert np.abs(twice["eligibility"]).max() > 1e-6
    for name, values in found.items():
        np.testing.assert_allclose(values[1], once[name][1], rtol=0, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(values[[0, 2]], twice[name][[0, 2]], rtol=0, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("name", ["reward", "continues", "restart"])
def test_what_does_not_fit_the_copies_is_refused(tmp_path: Path, name: str) -> None:
    simulation = shown(tmp_path, BuiltCircuit, "reward_stdp", None)
    wrong = Round({}, np.ones(COPIES), **{name: np.zeros(COPIES + 1)})
    with pytest.raises(UserError, match=rf"Round.{name}: does not fit the copies; found shape \(4,\); allowed: \(3,\)"):
        simulation.present(iter([wrong]), 1)
