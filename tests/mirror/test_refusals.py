"""What the mirror cannot render is refused by name: file and table, what and why, what is allowed, what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.mirror import Mirror, choice
from brainlearn.mirror.rendering import Renderer
from brainlearn.mistakes import UserError
from tests.mirror.circuit_text import Model, read

NEURON = """
equations = '''
dv/dt = (current - v)/tau : 1
current : 1
'''
threshold = "v > 1"
reset = "v = 0"
method = "euler"
parameters = { tau = "10 ms" }
"""


def message(folder: Path, *changes: tuple[str, str]) -> str:
    text = Model(NEURON).text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with pytest.raises(UserError) as error:
        Mirror(read(folder, text))
    return str(error.value)


REFUSED = {
    "noise": (("current - v)/tau", "current - v)/tau + sqrt(2/tau)*xi"), "randn()"),
    "rand": (('reset = "v = 0"', 'reset = "v = 0.1*rand()"'), "rand()"),
    "randn": (("v > 1", "v > 1 + 0.1*randn()"), "randn()"),
    "poisson": (("current - v)", "current + poisson(3) - v)"), "poisson()"),
    "held": (("current : 1\n", "current : 1\nx = v : 1 (constant over dt)\n"), '"x"'),
}


@pytest.mark.parametrize(("change", "named"), REFUSED.values(), ids=REFUSED)
def test_a_neuron_model_is_refused_by_what_is_in_it(tmp_path: Path, change: tuple[str, str], named: str):
    found = message(tmp_path, change)
    assert found.startswith(f"{tmp_path / 'circuit.toml'}: neurons.cell: the mirror cannot render {named}: ")
    assert "; allowed: " in found
    assert found.endswith("Write the model without it, or simulate the circuit only in Brian2.")


def test_random_spikes_of_a_stimulus_are_refused(tmp_path: Path):
    stimulus = ('neuron = "constant_current"', 'neuron = "poisson"')
    inject = ("transmit = '''current_post = w*activity_pre'''", "on_pre = '''v_post += w'''")
    assert "neurons.poisson: the mirror cannot render rand(): " in message(tmp_path, stimulus, inject)


def test_weighted_sums_into_whole_numbers_are_refused(tmp_path: Path):
    found = message(tmp_path, ("current : 1\n", "current : 1\nn : integer\n"), ("v_post += w", "n_post += w"))
    assert 'circuit.toml: synapses.excite: the mirror cannot render "n_post": ' in found


@pytest.mark.parametrize("name", ["t", "lastspike_pre", "current"])
def test_synapses_read_presynaptic_variables_only(tmp_path: Path, name: str):
    found = message(tmp_path, ("v_post += w", f"v_post += w*{name}"))
    assert f'circuit.toml: projections[1].synapse: undefined identifier "{name}" in ' in found
    assert "allowed: v_pre, current_pre, " in found


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("current - v)", "current + squash(v) - v)"), "squash"),
        (("current - v)", "current + missing - v)"), "missing"),
        (('reset = "v = 0"', 'reset = "v **= 2"'), "**="),
        (("current - v)/tau : 1", "current - v)/tau : volt"), "unit"),
    ],
)
def test_what_brian_refuses_is_a_mistake_of_the_file(tmp_path: Path, change: tuple[str, str], named: str):
    found = message(tmp_path, change)
    assert found.startswith(f"{tmp_path / 'circuit.toml'}: neurons.cell.")
    assert named in found


@pytest.mark.parametrize("name", ["e", "mV", "exp", "N"])
def test_a_parameter_that_brian_would_not_look_at_is_a_mistake_of_the_file(tmp_path: Path, name: str):
    text = Model(NEURON).text().replace('tau = "10 ms"', f'tau = "10 ms", {name} = 3')
    with pytest.raises(UserError) as caught:
        read(tmp_path, text)
    (mistake,) = caught.value.mistakes
    assert str(mistake).startswith(f"{tmp_path / 'circuit.toml'}: neurons.cell.parameters.{name}: Brian2 already ")


@pytest.mark.parametrize(
    "text",
    [
        "lambda: v",
        "v.real",
        "v[0]",
        "[x for x in (v, v)]",
        "{v}",
        "(v, v)",
        "v if v > 0 else 0",
        "0 < v < 1",
        "v @ v",
        "v & 1",
        "~v",
        "'text'",
        "1j*v",
        "f'{v}'",
        "exp",
        "eval('v')",
        "exp(x=v)",
        "exp()",
        "exp.real(v)",
        "v := 1",
        "v +",
        "v = 1",
        "import os",
        "(" * 300 + "v" + ")" * 300,
        "+".join(["v"] * 5000),
        "w",
    ],
)
def test_what_is_no_arithmetic_is_refused(text: str):
    with pytest.raises(UserError, match=r"^file\.toml: neurons\.x: the mirror cannot render ") as error:
        Renderer("file.toml: neurons.x", {"tau": 1.0}, ["v"]).expression(text)
    assert "allowed: " in str(error.value)


def test_what_is_no_assignment_is_refused():
    with pytest.raises(UserError, match='cannot render "v": it is no assignment'):
        Renderer("file.toml: neurons.x", {}, ["v"]).assignments("v = 1; v")


def test_only_devices_that_are_there_are_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(choice, "devices", lambda: ["cpu", "cuda:0"])
    assert str(choice.choose_device("cuda")) == "cuda"
    assert str(choice.choose_device("cuda:0")) == "cuda:0"
    with pytest.raises(UserError, match='found "cuda:1"; allowed: cpu, cuda:0'):
        choice.choose_device("cuda:1")


@pytest.mark.parametrize(
    ("settings", "start", "allowed"),
    [
        ({"dtype": "float46"}, 'dtype: no such data type; found "float46"', "float64"),
        ({"device": "cuda:99"}, 'device: no such device on this machine; found "cuda:99"', "cpu"),
        ({"device": "gpu"}, 'device: no such device on this machine; found "gpu"', "cpu"),
        ({"surrogate": "superspike"}, 'surrogate: no such surrogate; found "superspike"', "super_spike"),
    ],
)
def test_settings_that_are_not_there_are_refused(tmp_path: Path, settings: dict, start: str, allowed: str):
    with pytest.raises(UserError) as error:
        Mirror(read(tmp_path, Model(NEURON).text()), **settings)
    found, _, rest = str(error.value).partition("; allowed: ")
    assert found == start
    assert allowed in rest
