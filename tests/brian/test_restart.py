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
IN
weights = { distribution = "uniform", low = 0.0, high = 1.0 }

[[projections]]
source = "A/E"
target = "B/E"
pathway = "bottom_up"
synapse = "current"
UP
weights = { distribution = "uniform", low = 0.5, high = 1.0 }
"""
LATE = 'delay = { distribution = "uniform", low = "1 ms", high = "6 ms" }'
TIRED = "short_term_plasticity = { utilisation = 0.9, tau_recovery = '10 ms' }"
UNDER_WAY = {
    "at once": ("", ""),
    "one delay": ("", 'delay = "4 ms"'),
    "delays that differ": ("", LATE),
    "resources": ("", f'delay = "4 ms"\n{TIRED}'),
    "resources, delays that differ": ("", f"{LATE}\n{TIRED}"),
    "all the time": ('delay = "3 ms"', ""),
}
NAME, COPIES, STEPS = "A/E->B/E", 3, 40
ENGINES = {"brian": BuiltCircuit, "mirror": partial(MirrorCircuit, precision="float64")}


def shown(folder: Path, build: Build, rule: str, under_way: str, *restarts: np.ndarray | None) -> Simulation:
    """Return a simulation after as many rounds, each with copies that begin anew; the last is shown less."""
    first, second = UNDER_WAY[under_way]
    (folder / "pair.toml").write_text(CIRCUIT.replace("IN\n", f"{first}\n").replace("UP\n", f"{second}\n"), "utf-8")
    drive = np.random.default_rng(0).random((COPIES, 4))
    drives = [1.5 * drive] * (len(restarts) - 1) + [drive]
    rounds = [Round({"A/in": d}, np.zeros(COPIES), restart=r) for d, r in zip(drives, restarts, strict=True)]
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


CASES = [
    *((engine, "three_factor", "at once") for engine in ENGINES),
    *(("brian", "reward_stdp", under_way) for under_way in UNDER_WAY),
    *(("mirror", "reward_stdp", under_way) for under_way in ("one delay", "resources, delays that differ")),
    ("mirror", "reward_stdp", "all the time"),
]


@pytest.mark.parametrize(("engine", "rule", "under_way"), CASES)
def test_a_copy_that_restarts_is_as_at_the_onset_and_the_others_go_on(
    tmp_path: Path, engine: str, rule: str, under_way: str
) -> None:
    asked, only = (tmp_path, ENGINES[engine], rule, under_way), np.array([False, True, False])
    once = states(shown(*asked, None))
    twice = states(shown(*asked, None, None))
    found = states(shown(*asked, None, only))
    assert any(np.abs(twice[name] - once[name])[1].max() > 1e-3 for name in found if name.endswith(" v"))
    assert np.abs(twice["eligibility"]).max() > 1e-6
    for name, values in found.items():
        np.testing.assert_allclose(values[1], once[name][1], rtol=0, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(values[[0, 2]], twice[name][[0, 2]], rtol=0, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("name", ["reward", "continues", "restart"])
def test_what_does_not_fit_the_copies_is_refused(tmp_path: Path, name: str) -> None:
    simulation = shown(tmp_path, BuiltCircuit, "reward_stdp", "at once", None)
    wrong = Round({}, np.ones(COPIES), **{name: np.zeros(COPIES + 1)})
    with pytest.raises(UserError, match=rf"Round.{name}: does not fit the copies; found shape \(4,\); allowed: \(3,\)"):
        simulation.present(iter([wrong]), 1)
