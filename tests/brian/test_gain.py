"""Divisive normalisation: what a population passes on has a given root mean square."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from tests.oracle.both_deliveries import COPIES, SHIPPED, random_rounds, shrunk

PATHS = {path.stem: path for path in SHIPPED}


@pytest.mark.parametrize(("name", "rms"), [("two_areas", 0.3), ("graded_three_areas", 1.0)])
def test_activity_times_gain_has_the_root_mean_square_of_the_file(name, rms):
    simulation = Simulation(shrunk(PATHS[name]), COPIES, [Phase("show", 25)], precision="float64")
    simulation.present(random_rounds(simulation), 2)
    for path in ("V1/E", "V2/E"):
        activity, gain = simulation.activity(path), simulation.gain(path)
        assert gain.shape == (COPIES, 1)
        np.testing.assert_allclose(gain[:, 0], rms / np.sqrt((activity**2).mean(axis=1)), rtol=1e-12)
        assert np.ptp(gain) > 0.1


def test_a_silent_copy_passes_nothing_on_and_others_do():
    simulation = Simulation(shrunk(PATHS["two_areas"]), COPIES, [Phase("show", 25)], precision="float64")
    stimuli = {path: values.copy() for path, values in next(random_rounds(simulation)).stimuli.items()}
    for values in stimuli.values():
        values[3] = 0
    simulation.present(iter([Round(stimuli, np.zeros(COPIES))]), 1)
    for path in ("V1/E", "V2/E"):
        silent = simulation.activity(path).max(axis=1) == 0
        np.testing.assert_array_equal(silent, np.arange(COPIES) == 3)
        np.testing.assert_array_equal(simulation.gain(path)[:, 0] == 0, silent)


def test_a_population_without_normalisation_has_a_gain_of_one():
    simulation = Simulation(shrunk(PATHS["two_areas_top_down"]), COPIES, [Phase("show", 5)])
    np.testing.assert_array_equal(simulation.gain("V1/E"), np.ones((COPIES, 1)))


@pytest.mark.parametrize("name", ["two_areas", "graded_three_areas"])
def test_a_presentation_leaves_nothing_behind_for_the_next(name):
    """The same stimulus gives the same activity and gain, whatever was shown before it."""
    found = []
    for before in (0, 1, 2):
        simulation = Simulation(shrunk(PATHS[name]), COPIES, [Phase("show", 7)], precision="float64")
        rounds = random_rounds(simulation)
        others = [next(rounds) for _ in range(3)]
        simulation.present(iter([*others[1 : 1 + before], others[0]]), before + 1)
        found.append({path: (simulation.activity(path), simulation.gain(path).copy()) for path in ("V1/E", "V2/E")})
    assert found[0]["V1/E"][0].max() > 0.1
    for other in found[1:]:
        for path, values in found[0].items():
            for first, second in zip(values, other[path], strict=True):
                np.testing.assert_allclose(first, second, rtol=0, atol=1e-12, err_msg=path)


def test_a_normalised_stimulus_is_scaled_from_the_first_step(tmp_path):
    path = tmp_path / "circuit.toml"
    path.write_text(NORMALISED_STIMULUS)
    simulation = Simulation(load_circuit(path), 3, [Phase("show", 1)], precision="float64")
    images = np.random.default_rng(0).random((3, 9)) * [[1.0], [5.0], [0.2]]
    found = []
    rounds = [Round({"retina/image": scale * images}, np.zeros(3)) for scale in (1.0, 7.0)]
    simulation.present(iter(rounds), 2, lambda _: found.append(simulation.activity("V1/E").copy()))
    passed_on = 0.5 * images / np.sqrt((images**2).mean(axis=1, keepdims=True))
    expected = np.maximum(passed_on @ simulation.weights("retina/image->V1/E"), 0)
    for activity in found:
        np.testing.assert_allclose(activity, expected, rtol=0, atol=1e-12)


NORMALISED_STIMULUS = """
name = "normalised_stimulus"
dt = "1 ms"

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 9, neuron = "graded_stimulus", normalisation = { rms = 0.5 } }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 4, neuron = "graded" }]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "normal", sd = 1.0 }
"""
