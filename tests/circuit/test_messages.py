"""What is said leads to the right file: each message that misled somebody, and what it says instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w

from brainlearn import load_circuit
from brainlearn.mistakes import Mistake, UserError

STIMULUS = {"name": "image", "size": 3, "neuron": "constant_current"}
ONTO_UNIT = {
    "source": "retina/image",
    "target": "V1/E",
    "pathway": "bottom_up",
    "synapse": "constant_current",
    "weights": {"distribution": "constant", "value": 1.0},
}
LEAKY: dict[str, Any] = {
    "equations": "dv/dt = (current - v)/tau : 1\ncurrent : 1",
    "threshold": "v > 1",
    "reset": "v = 0",
    "parameters": {"tau": "10 ms"},
}


def find(folder: Path, synapses: dict[str, Any] | None = None, projection: str = "", **model: Any) -> list[Mistake]:
    """Return the mistakes of a circuit whose one unit is leaky but for some keys."""
    data = {
        "name": "x",
        "dt": "1 ms",
        "neurons": {"unit": {key: value for key, value in {**LEAKY, **model}.items() if value is not None}},
        "synapses": synapses or {},
        "areas": [
            {"name": "retina", "level": 0, "populations": [STIMULUS]},
            {"name": "V1", "level": 1, "populations": [{"name": "E", "size": 2, "neuron": "unit"}]},
        ],
        "projections": [ONTO_UNIT | ({"synapse": projection} if projection else {})],
    }
    path = folder / "x.toml"
    path.write_text(tomli_w.dumps(data), encoding="utf-8")
    try:
        load_circuit(path)
    except UserError as error:
        return list(error.mistakes)
    return []


def test_the_leaky_unit_is_right(tmp_path: Path) -> None:
    assert find(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ({"refractory": "2 ms"}, "2*ms"),
        ({"refractory": "1.5 ms"}, "1.5*ms"),
        ({"threshold": "v > 20 mV"}, "20*mV"),
        ({"reset": "v = 1e-3 volt"}, "1e-3*volt"),
        ({"equations": "dv/dt = (current - v)/(10 ms) : 1\ncurrent : 1"}, "10*ms"),
    ],
)
def test_a_quantity_in_text_is_written_with_a_star(tmp_path: Path, change: dict[str, str], right: str) -> None:
    (mistake,) = find(tmp_path, **change)
    assert f"Write {right}: in text, multiply the number by its unit." in mistake.suggestion


def test_a_quantity_in_a_synapse_is_written_with_a_star(tmp_path: Path) -> None:
    synapses = {"mine": {"transmit": "current_post = w*activity_pre*1 mV"}}
    (mistake,) = find(tmp_path, synapses, projection="mine")
    assert "Write 1*mV:" in mistake.suggestion


def test_an_output_with_an_input_is_told_how_to_be_none_of_the_stimuli(tmp_path: Path) -> None:
    graded = {
        "equations": "dv/dt = (current + nudging*(aim - v) - v)/tau : 1\ncurrent : 1\nnudging : 1\naim : 1",
        "threshold": None,
        "reset": None,
        "output": "v",
        "input": "aim",
    }
    (mistake,) = find(tmp_path, **graded)
    assert mistake.where.endswith("projections[0].target")
    assert mistake.suggestion.endswith('write kind = "graded" in it.')
    assert find(tmp_path, **graded, kind="graded") == []


def test_an_output_that_is_never_stored_is_named_as_such(tmp_path: Path) -> None:
    text = "dv/dt = (current - v)/tau : 1\nrate = clip(v, 0, 1) : 1\ncurrent : 1"
    (mistake,) = find(tmp_path, equations=text, threshold=None, reset=None, output="rate")
    assert "not stored but computed where it is read" in mistake.wrong
    assert mistake.allowed == "v, current"


@pytest.mark.parametrize("name", ["current", "apical", "g_excitatory"])
def test_what_synapses_set_is_to_be_declared_and_not_to_be_a_parameter(tmp_path: Path, name: str) -> None:
    mistakes = find(tmp_path, equations=f"dv/dt = ({name} - v)/tau : 1")
    (undefined,) = [mistake for mistake in mistakes if "undefined" in mistake.wrong]
    assert undefined.suggestion == f"Add it to the equations, with its unit: a line `{name} : 1`."


def test_what_nothing_sets_may_be_a_parameter(tmp_path: Path) -> None:
    mistakes = find(tmp_path, equations="dv/dt = (rest + current - v)/tau : 1\ncurrent : 1")
    assert "parameters = { rest = … }" in mistakes[0].suggestion


def test_where_no_variable_can_be_set_it_is_said(tmp_path: Path) -> None:
    (mistake,) = find(tmp_path, equations="dv/dt = (1 - v)/tau : 1")
    assert mistake.allowed.startswith("none: V1/E (unit) has no variable of every unit that synapses may set")


def test_a_variable_that_all_units_share_is_no_input(tmp_path: Path) -> None:
    shared = "dv/dt = (current - v)/tau : 1\ncurrent : 1 (shared)"
    (mistake,) = find(tmp_path, equations=shared)
    assert "which is shared by all units of V1/E (unit)" in mistake.wrong
    mistakes = find(tmp_path, equations=shared, input="current", kind="spiking")
    assert any(m.where.endswith("neurons.unit.input") and "(shared), but each unit" in m.wrong for m in mistakes)


NOISY = "dv/dt = (current - v)/tau + 0.1*sqrt(2/tau)*xi_1 : 1\ndu/dt = -u/tau + sqrt(2/tau)*xi_2 : 1\ncurrent : 1"


def test_several_noises_are_known_with_their_unit(tmp_path: Path) -> None:
    assert find(tmp_path, equations=NOISY) == []
    (mistake,) = find(tmp_path, equations=NOISY.replace("0.1*sqrt(2/tau)*xi_1", "0.1*xi_1/tau"))
    assert mistake.wrong.startswith("wrong unit")


@pytest.mark.parametrize(("key", "text"), [("threshold", "v > 1 + xi_1"), ("reset", "v = xi")])
def test_noise_belongs_into_differential_equations(tmp_path: Path, key: str, text: str) -> None:
    (mistake,) = find(tmp_path, equations=NOISY, **{key: text})
    assert (mistake.where.endswith(f"neurons.unit.{key}"), mistake.suggestion) == (
        True,
        "Noise is allowed only in differential equations, `dx/dt = …`.",
    )


TWO_TIMES = "dv/dt = (g - v)/tau : 1\ndg/dt = -g/tau_g : 1\ncurrent : 1"


def test_equal_time_constants_are_named_where_the_exact_solution_divides_by_0(tmp_path: Path) -> None:
    equal = {"tau": "10 ms", "tau_g": "10 ms"}
    (mistake,) = find(tmp_path, equations=TWO_TIMES, method="exact", parameters=equal)
    assert mistake.where.endswith("neurons.unit.method")
    assert mistake.wrong.startswith('the solution of the method "exact" divides by')
    assert mistake.found == "tau = 10 ms, tau_g = 10 ms"
    assert 'method = "exponential_euler"' in mistake.suggestion
    assert find(tmp_path, equations=TWO_TIMES, method="exact", parameters=equal | {"tau_g": "10.01 ms"}) == []
    assert find(tmp_path, equations=TWO_TIMES, method="exponential_euler", parameters=equal) == []


def test_a_variable_that_sympy_takes_for_a_function_is_named_where_equations_are_solved(tmp_path: Path) -> None:
    equations = {"equations": "dtrace/dt = (current - trace)/tau : 1\ncurrent : 1", "threshold": "trace > 1"}
    (mistake,) = find(tmp_path, **equations, reset="trace = 0", method="exact", parameters={"tau": "9 ms"})
    assert mistake.found == '"trace"'
    assert "use exponential_euler" in mistake.suggestion
    found = find(tmp_path, **equations, reset="trace = 0", method="exponential_euler", parameters={"tau": "9 ms"})
    assert found == []


def test_a_state_variable_may_be_called_w(tmp_path: Path) -> None:
    adex = "dv/dt = (current - v - w)/tau : 1\ndw/dt = (0.1*v - w)/tau : 1\ncurrent : 1"
    assert find(tmp_path, equations=adex, reset="v = 0; w += 0.1") == []
