"""Variables that units keep over presentations follow, in all copies, the sum of what the copies change that learn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import Phase, Round, Simulation, load_circuit
from brainlearn.brian.fused_code import SMALLEST_GROUP
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.mistakes import UserError

TEXT = """
name = "adapting"
dt = "1 ms"

[neurons.adapting]
kind = "spiking"
equations = '''
    dv/dt = -v/(5*ms) : 1
    dtheta/dt = -theta/tau_theta : 1
    drive : 1
'''
threshold = "v + drive > 0.5 + theta"
reset = '''
    v = 0
    theta += 0.01
'''
input = "drive"
method = "exact"
parameters = { tau_theta = "2 s" }
initial = { theta = 0.1 }
kept = ["theta"]

[[areas]]
name = "A"
level = 0
populations = [{ name = "E", size = 3, neuron = "adapting" }]
"""
COPIES, STEPS, TAU, STEP = 4, 30, 2000, 0.01  # time in steps
PHASES = [Phase("first", 20), Phase("second", 10, reset=False)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "circuit.toml").write_text(TEXT, encoding="utf-8")
    return tmp_path / "circuit.toml"


def rounds(polarities: list[list[float]], units: int = 3) -> list[Round]:
    """Return rounds with drives that a float32 holds exactly."""
    drives = np.random.default_rng(1).integers(32, 128, (len(polarities), COPIES, units)) / 64
    return [Round({"A/E": drive}, np.array(p)) for drive, p in zip(drives, polarities, strict=True)]


def expected(shown: list[Round]) -> np.ndarray:
    """Return what the units keep at the end, (unit,), step by step: units without memory but for theta."""
    theta = np.full(shown[0].stimuli["A/E"].shape[1], 0.1)
    for each in shown:
        learning = (each.polarity != 0) & each.learn
        for _ in range(STEPS):
            theta = theta + learning.sum() * theta * np.expm1(-1 / TAU)
            spikes = each.stimuli["A/E"] > 0.5 + theta  # (copy, unit)
            theta = theta + STEP * spikes[learning].sum(axis=0)
    return theta


@pytest.mark.parametrize("settings", [{}, {"precision": "float64"}, {"delivery": "stock"}])
def test_copies_that_learn_add_up_and_the_others_follow(path: Path, settings: Any) -> None:
    simulation = Simulation(load_circuit(path), COPIES, PHASES, **settings)
    shown = rounds([[1, 1, 0, -1], [1, 0, 0, 0], [1, 1, 1, 1]])
    simulation.present(iter(shown), len(shown))
    found = simulation.state("A/E", "theta")
    np.testing.assert_allclose(found, np.tile(expected(shown), (COPIES, 1)), rtol=1e-12)


def test_compiled_loops_of_large_groups_keep_double_precision(path: Path) -> None:
    units = -(-SMALLEST_GROUP // COPIES)
    simulation = Simulation(load_circuit(path, {"A/E": units}), COPIES, PHASES, precision="float32")
    shown = rounds([[1, 1, 0, -1], [1, 0, 0, 0]], units)
    simulation.present(iter(shown), len(shown))
    assert simulation.state("A/E", "v").dtype == np.float32
    np.testing.assert_allclose(simulation.state("A/E", "theta")[1], expected(shown), rtol=1e-12)


def test_where_nothing_learns_they_stay(path: Path) -> None:
    simulation = Simulation(load_circuit(path), COPIES, PHASES)
    first, second = rounds([[1, 1, 1, 1], [1, 1, 1, 1]])
    shown = [first, replace(second, learn=False), replace(second, polarity=np.zeros(COPIES))]
    simulation.present(iter(shown), len(shown))
    np.testing.assert_allclose(simulation.state("A/E", "theta")[2], expected([first]), rtol=1e-12)
    assert simulation.activity("A/E").any()


def test_a_restored_simulation_has_what_was_kept(path: Path) -> None:
    before, after = (Simulation(load_circuit(path), COPIES, PHASES) for _ in range(2))
    shown = rounds([[1, 1, 0, 1], [1, 1, 1, 1]])
    before.present(iter(shown[:1]), 1)
    restore_simulation(after, {name: np.array(array) for name, array in simulation_state(before).items()})
    after.present(iter(shown[1:]), 1)
    np.testing.assert_allclose(after.state("A/E", "theta")[0], expected(shown), rtol=1e-12)


@pytest.mark.parametrize(
    ("kept", "where", "wrong"),
    [
        ('["thetta"]', "neurons.adapting.kept[0]", 'no differential equation for "thetta"'),
        ('["drive"]', "neurons.adapting.kept[0]", 'no differential equation for "drive"'),
        ('["theta", "theta"]', "neurons.adapting.kept[1]", "named twice"),
    ],
)
def test_only_variables_of_differential_equations_can_be_kept(path: Path, kept: str, where: str, wrong: str) -> None:
    path.write_text(TEXT.replace('kept = ["theta"]', f"kept = {kept}"), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_circuit(path)
    (mistake,) = caught.value.mistakes
    assert mistake.where.endswith(where)
    assert mistake.wrong == wrong


def test_a_mirror_has_none(path: Path) -> None:
    from brainlearn import Mirror

    with pytest.raises(UserError, match=r"neurons\.adapting\.kept: its units keep variables across presentations"):
        Mirror(load_circuit(path))
