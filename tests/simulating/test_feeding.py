"""Inputs against a circuit: shapes, spike times, and times that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from brainlearn.brian.network_run import claim
from brainlearn.brian.presenter import Phase
from brainlearn.brian.simulation import Simulation
from brainlearn.simulating.feeding import Emission, Setting, feeds_of
from brainlearn.simulating.inputs import Sampled, SpikeTrains
from tests.simulating.circuits import circuit_of

STEPS = 100  # of 0.5 ms


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    found = Simulation(circuit_of(tmp_path_factory.mktemp("driven")), 3, [Phase("simulate", STEPS)])
    claim(found.network)
    return found


def wrong_with(simulation: Simulation, what: str, value: Any) -> str:
    _, mistakes, _ = feeds_of(simulation, STEPS, {what: value}, 0)
    assert len(mistakes) == 1
    return str(mistakes[0])


@pytest.mark.parametrize(
    ("what", "value", "text"),
    [
        ("LGN/X", np.ones(3), "does not fit the population; found 3 units; allowed: 2 units, and 1 or 3 trials"),
        ("LGN/X", np.ones(1), "does not fit the population; found 1 units"),
        ("LGN/X", np.ones((2, 2)), "found 2 units in 2 trials"),
        ("LGN/X", Sampled(np.ones((4, 5)), interval="1 ms"), "found 5 units"),
        ("LGN/X", Sampled(np.ones(4), interval="0.1 ms"), "samples follow faster than the time step"),
        ("LGN/X", SpikeTrains([0.001], [0]), "spike trains are for stimuli that spike; found constant_current"),
        ("LGN/P", SpikeTrains([0.001, 0.05], [0, 0]), "1 spikes outside the simulation; found 0.05 s; allowed: 0 to"),
        ("LGN/P", SpikeTrains([-0.001], [0]), "1 spikes outside the simulation"),
        ("LGN/P", SpikeTrains([0.001], [4]), "units: no such number; found 4; allowed: 0 to 3"),
        ("LGN/P", SpikeTrains([0.001], [0.5]), "units: no such number; found 0.5"),
        ("LGN/P", SpikeTrains([0.001], [0, 1]), "units: one for each spike; found shape (2,); allowed: (1,)"),
        ("LGN/P", SpikeTrains([0.001], [0], [3]), "copies: no such number; found 3; allowed: 0 to 2"),
        ("LGN/P", SpikeTrains([0.001, 0.0012], [1, 1]), "two spikes of one unit in one time step; found unit 1 at"),
        ("V1/E:bias", "random", "the range of random values is unknown; found a variable in V"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_circuit_is_named(simulation: Simulation, what: str, value: Any, text: str):
    said = wrong_with(simulation, what, value)
    assert said.startswith(f"input {what}")
    assert text in said


def test_a_variable_is_given_once(simulation: Simulation):
    _, mistakes, _ = feeds_of(simulation, STEPS, {"LGN/X": 1, "LGN/X:activity": 2}, 0)
    assert "given twice" in str(mistakes[0])


def test_spikes_fall_into_the_step_that_begins_with_them(simulation: Simulation):
    trains = SpikeTrains([0.0012, 0.0005, 0.0], [1, 2, 3], [2, 0, 1])
    (found,), mistakes, _ = feeds_of(simulation, STEPS, {"LGN/P": trains}, 0)
    assert not mistakes
    assert isinstance(found, Emission)
    assert found.steps.tolist() == [0, 1, 2]
    assert found.indices.tolist() == [1 * 4 + 3, 0 * 4 + 2, 2 * 4 + 1]


def test_what_comes_after_the_end_is_left_out(simulation: Simulation):
    (found,), mistakes, _ = feeds_of(simulation, STEPS, {"LGN/X": Sampled([1, 2, 3], interval="30 ms")}, 0)
    assert not mistakes
    assert isinstance(found, Setting)
    assert (found.steps.tolist(), found.values.ravel().tolist()) == ([0, 60], [1.0, 2.0])


def test_without_inputs_stimuli_show_random_values_and_say_so(simulation: Simulation):
    found, mistakes, notes = feeds_of(simulation, STEPS, None, 0)
    assert not mistakes
    assert "rates from 0 to 200 Hz) for LGN/P, LGN/X" in notes[0]
    rates = next(each.values for each in found if isinstance(each, Setting) and each.path == "LGN/P")
    assert rates.shape == (1, 3, 4)
    assert 20 < rates.max() <= 200
    assert feeds_of(simulation, STEPS, {}, 0) == ([], [], [])
