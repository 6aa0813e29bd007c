"""What only constants of units enter is computed once: the same numbers, and no function in the step."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn import Area, Circuit, Population
from brainlearn.brian.constant_parts import values_of_parts, without_constant_parts
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from brainlearn.circuit.unit_values import unit_values

NAME = "brainlearn_constant_part_{}"


@pytest.mark.parametrize(
    ("code", "expected", "parts"),
    [
        ("_v = v*exp(-dt/tau)", f"_v = v * {NAME.format(0)}", ["exp(-dt / tau)"]),
        ("_v = v/tau + g/tau\n_g = g/tau", None, []),  # nothing to be computed before
        ("_v = v*(1 - exp(-dt/tau))\n_g = g*exp(-dt/tau)", None, ["1 - exp(-dt / tau)", "exp(-dt / tau)"]),
        ("_v = v*exp(-dt/same)", None, []),  # Brian2 does that itself
        ("_v = v*exp(-g/tau)", None, []),
        ("_v = v*exprel(dt/tau)", f"_v = v * exprel({NAME.format(0)})", ["dt / tau"]),
        ("_v = v*exp(dt/tau)*exp(dt/tau)", f"_v = v * {NAME.format(0)} * {NAME.format(0)}", ["exp(dt / tau)"]),
        ("v += threshold*2", None, []),  # as cheap as a variable
        ("_cond = v >= threshold/2", f"_cond = v >= {NAME.format(0)}", ["threshold / 2"]),
    ],
)
def test_parts_are_the_largest_that_are_constant(code: str, expected: str | None, parts: list[str]) -> None:
    found, names = without_constant_parts(code, ["tau", "threshold"], ["dt", "same"])
    assert list(names.values()) == parts
    if expected is not None:
        assert found == expected
    if not parts:
        assert found == code


def test_parts_are_those_numbers() -> None:
    values = {"tau": np.array([[0.01, 0.02]]), "dt": 0.001}
    found = values_of_parts({"a": "exp(-dt/tau)", "b": "1/tau"}, values)
    np.testing.assert_allclose(found["a"], np.exp(-0.001 / values["tau"]), rtol=1e-15)
    np.testing.assert_allclose(found["b"], [[100, 50]], rtol=1e-15)


def test_a_step_computes_no_function_of_constants() -> None:
    own = {"tau_membrane": {"distribution": "uniform", "low": "5 ms", "high": "20 ms", "each_copy": True}}
    circuit = Circuit(
        "c", "1 ms", [Area("V1", 1, [Population("E", "lif_delta", size=3, parameters=own, initial={"v": 0.5})])]
    )
    simulation = Simulation(circuit, 2, [Phase("decay", 4)], seed=3, precision="float64")
    simulation.present(iter([Round({}, np.zeros(2))]), 1)
    assert "exp" not in simulation.populations["V1/E"].group.state_updater.abstract_code
    tau = unit_values(circuit, "V1/E", 2, 3)["tau_membrane"]
    np.testing.assert_allclose(simulation.state("V1/E", "v"), 0.5 * np.exp(-4e-3 / tau), rtol=1e-12)
