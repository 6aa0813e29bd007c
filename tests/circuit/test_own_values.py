"""Values of units' own in circuit files: read, written, taken from a file or a script, and refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import brian2
import numpy as np
import pytest

from brainlearn import Area, Circuit, Neuron, Population, load_circuit, simulate
from brainlearn.brian.building import BuiltCircuit
from brainlearn.brian.loading import read_all
from brainlearn.circuit import wire
from brainlearn.circuit.unit_values import unit_values
from brainlearn.circuit.writing import circuit_text
from brainlearn.cli import main
from brainlearn.processes.strided_share import StridedShare
from brainlearn.units import parse_quantity

TEXT = """
name = "own"
dt = "1 ms"

[neurons.slow]
model = "lif_delta"
parameters = { tau_membrane = { distribution = "normal", mean = "20 ms", sd = "4 ms", low = "2 ms" } }
initial = { v = { distribution = "uniform", low = 0, high = 1 } }

[neurons.slower]
model = "slow"
parameters = { tau_membrane = { distribution = "gamma", mean = "40 ms", sd = "4 ms" }, resistance = 2 }

[neurons.text]
equations = "dv/dt = (rest - v)/tau : volt"
threshold = "v > -50*mV"
reset = "v = rest"
method = "exact"
parameters = { tau = "10 ms", rest = { distribution = "expression", value = "-65*mV + i*mV" } }

[[areas]]
name = "V1"
level = 1

  [[areas.populations]]
  name = "A"
  sheet = [3, 2]
  neuron = "slower"

  [[areas.populations]]
  name = "B"
  sheet = [3, 2]
  neuron = "slow"
  parameters = { tau_membrane = { distribution = "expression", value = "10*ms*(1 + row)" }, threshold_v = 0.5 }
  initial = { v = { distribution = "constant", value = 0.25 } }

  [[areas.populations]]
  name = "C"
  size = 4
  neuron = "text"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def _changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_models_and_populations_take_each_others_place(path: Path) -> None:
    models = load_circuit(path).models
    assert models["V1/A"].varied["tau_membrane"].text == "gamma (mean 40 ms, sd 4 ms)"
    assert models["V1/A"].parameters["resistance"] == parse_quantity(2)
    assert set(models["V1/A"].varied_initial) == {"v"}
    assert set(models["V1/A"].parameters) == {"resistance", "threshold_v"}
    assert models["V1/B"].parameters["threshold_v"].value == 0.5
    assert "tau_membrane : second (constant)" in models["V1/B"].equations
    assert models["V1/C"].parameters.keys() == {"tau"}


def test_places_are_those_of_the_population(path: Path) -> None:
    values = unit_values(load_circuit(path), "V1/B", 1, 0)
    np.testing.assert_allclose(values["tau_membrane"], [[0.01, 0.01, 0.02, 0.02, 0.03, 0.03]])
    np.testing.assert_array_equal(values["v"], np.full((1, 6), 0.25))
    rest = unit_values(load_circuit(path), "V1/C", 2, 0)["rest"]
    np.testing.assert_allclose(rest, [[-0.065, -0.064, -0.063, -0.062]] * 2)


def test_a_written_circuit_is_read_as_the_same(path: Path) -> None:
    circuit = load_circuit(path)
    again = path.with_name("again.toml")
    again.write_text(circuit_text(circuit), encoding="utf-8")
    assert load_circuit(again) == circuit
    assert tomllib.loads(circuit_text(circuit))["areas"][0]["populations"][1]["parameters"] == {
        "tau_membrane": {"distribution": "expression", "value": "10*ms*(1 + row)"},
        "threshold_v": 0.5,
    }


def test_a_plain_quantity_ends_what_a_model_draws(path: Path) -> None:
    circuit = load_circuit(_changed(path, 'sheet = [3, 2]\n  neuron = "slower"', 'size = 2\n  neuron = "slower"\n'
        '  parameters = { tau_membrane = "5 ms" }\n  initial = { v = 0 }'))  # fmt: skip
    assert unit_values(circuit, "V1/A", 1, 0) == {}
    assert circuit.models["V1/A"].parameters["tau_membrane"].value == 0.005
    assert "(constant)" not in circuit.models["V1/A"].equations


def test_a_script_says_the_same(path: Path) -> None:
    from brian2 import ms

    spread = {"distribution": "normal", "mean": 20 * ms, "sd": brian2.Quantity(4 * ms), "low": "2 ms"}
    at_onset = {"distribution": "exponential", "mean": 1}
    script = Circuit(
        name="own",
        dt="1 ms",
        neurons={"slow": Neuron("lif_delta", parameters={"tau_membrane": spread})},
        areas=[Area("V1", 1, [Population("A", "slow", size=6, initial={"v": at_onset})])],
    )
    assert script.models["V1/A"].varied["tau_membrane"].text == "normal (mean 20 ms, sd 4 ms, low 2 ms)"
    assert script.models["V1/A"].varied_initial["v"].text == "exponential (mean 1)"


def test_values_may_come_from_a_file(path: Path) -> None:
    changed = _changed(
        path,
        'parameters = { tau_membrane = { distribution = "expression", value = "10*ms*(1 + row)" }, threshold_v = 0.5 }',
        'parameters = { tau_membrane = { distribution = "file", file = "tau.npz", array = "B", unit = "ms" } }',
    )
    np.savez(path.with_name("tau.npz"), B=np.arange(1, 7), tau_membrane=np.zeros(5))
    values = unit_values(load_circuit(changed), "V1/B", 1, 0)["tau_membrane"]
    np.testing.assert_allclose(values, [[0.001, 0.002, 0.003, 0.004, 0.005, 0.006]])
    (mistake,) = read_all(_changed(changed, 'array = "B", ', "")).mistakes
    assert str(mistake) == (
        f"{path}: V1/B.parameters.tau_membrane: tau_membrane has another shape; found (5,); allowed: (6,), (unit,)"
    )


MISTAKES = {
    "unit of a number": (
        'sd = "4 ms", low',
        'sd = "4 mV", low',
        "neurons.slow.parameters.tau_membrane: wrong unit of",
    ),
    "unit of the table": (
        'mean = "20 ms", sd = "4 ms", low = "2 ms"',
        'mean = "20 mV", sd = "4 mV"',
        'neurons.slow.parameters.tau_membrane: wrong unit; found "normal (mean 20 mV, sd 4 mV)", a voltage',
    ),
    "unit of a population's table": (
        '"10*ms*(1 + row)"',
        '"10*mV*(1 + row)"',
        "areas[0].populations[1].parameters.tau_membrane: wrong unit",
    ),
    "no parameter of the model": (
        "threshold_v = 0.5",
        "treshold_v = 0.5",
        'areas[0].populations[1].parameters.treshold_v: slow has no such parameter; found "treshold_v"',
    ),
    "unknown key": (
        'low = "2 ms"',
        'lowest = "2 ms"',
        'neurons.slow.parameters.tau_membrane.lowest: unknown key; found "lowest"',
    ),
    "unknown distribution": (
        '"gamma"',
        '"gama"',
        'neurons.slower.parameters.tau_membrane.distribution: not one of the allowed words; found "gama"',
    ),
    "no distribution": (
        'distribution = "gamma", ',
        "",
        "neurons.slower.parameters.tau_membrane.distribution: the key is missing; found nothing; allowed: normal",
    ),
    "a key is missing": (
        'mean = "40 ms", ',
        "",
        "neurons.slower.parameters.tau_membrane.mean: the key is missing; found nothing",
    ),
    "no quantity": ("resistance = 2 }", "resistance = [2] }", "neurons.slower.parameters.resistance: not a quantity"),
    "initial value of nothing": (
        'initial = { v = { distribution = "constant"',
        'initial = { w = { distribution = "constant"',
        'V1/B.initial.w: no differential equation for "w"; found "w"; allowed: v',
    ),
    "unit of an initial value": (
        "value = 0.25",
        'value = "0.25 mV"',
        'V1/B.initial.v: wrong unit; found "constant (value 0.25 mV)"',
    ),
    "no sheet": (
        '"-65*mV + i*mV"',
        '"-65*mV + column*mV"',
        "neurons.text.parameters.rest.value: V1/C has no sheet",
    ),
    "not finite": (
        '"-65*mV + i*mV"',
        '"-65*mV/i"',
        "neurons.text.parameters.rest: not a finite number; found -inf for unit 0",
    ),
    "no file": (
        'distribution = "expression", value = "-65*mV + i*mV"',
        'distribution = "file", file = "rest.npz", unit = "mV"',
        "neurons.text.parameters.rest.file: no such file",
    ),
    "name of a variable": (
        'parameters = { tau = "10 ms",',
        'parameters = { v = { distribution = "exponential", mean = "1 mV" }, tau = "10 ms",',
        'neurons.text.parameters.v: a variable of the equations has this name; found "v"',
    ),
    "name of a unit": (
        'parameters = { tau = "10 ms",',
        'parameters = { mV = { distribution = "exponential", mean = 1 }, tau = "10 ms",',
        "neurons.text.parameters.mV: Brian2 already defines a unit, constant, function or variable of this name",
    ),
    "kept, and drawn for each copy": (
        'equations = "dv/dt = (rest - v)/tau : volt"',
        'equations = "dv/dt = (rest - v)/tau : volt"\nkept = ["v"]\n'
        'initial = { v = { distribution = "exponential", mean = "1 mV", each_copy = true } }',
        'neurons.text.kept[0]: all copies share "v", so its initial value cannot be drawn for each copy',
    ),
    "circle": (
        'model = "lif_delta"',
        'model = "slower"',
        "neurons.slower.model: models are based on each other in a circle; found slow -> slower -> slow",
    ),
    "a time constant that may be negative": (
        '"gamma", mean = "40 ms", sd = "4 ms"',
        '"normal", mean = "40 ms", sd = "9 ms"',
        "neurons.slower.parameters.tau_membrane: the equations divide by tau_membrane, which must be above 0",
    ),
    "a time constant of 0": (
        '"10*ms*(1 + row)"',
        '"10*ms*row"',
        "V1/B.parameters.tau_membrane: the equations divide by tau_membrane, which must be above 0 for every unit; "
        "found 0 s for unit 0 of V1/B; allowed: times above 0",
    ),
    "no model": ('model = "slow"', 'model = "slo"', 'neurons.slower.model: no such model; found "slo"'),
    "a fixed key of a model of the file": (
        'model = "slow"',
        'model = "slow"\noutput = "v"',
        "neurons.slower.output: slow fixes this key; found output",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place(name: str, path: Path) -> None:
    old, new, said = MISTAKES[name]
    found = [str(mistake) for mistake in read_all(_changed(path, old, new)).mistakes]
    assert len(found) == 1, found
    assert found[0].startswith(f"{path}: {said}"), found[0]


def test_models_may_stand_in_any_order(path: Path) -> None:
    models = load_circuit(path).models
    head, *sections = path.read_text(encoding="utf-8").split("[neurons.")
    last, _, areas = sections[2].partition("[[areas]]")
    turned = "[neurons.".join([head, last, sections[1], sections[0]])
    path.write_text(f"{turned}[[areas]]{areas}", encoding="utf-8")
    assert load_circuit(path).models == models


def test_what_differs_is_described(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(path)]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert any("V1/B │ tau_membrane │ expression (value 10*ms*(1 + row)) │ always" in line for line in lines)
    assert any("V1/A │ v │ uniform (low 0, high 1) │ at onset" in line for line in lines)


def test_files_of_values_are_copied_with_the_circuit(path: Path, tmp_path: Path) -> None:
    stored = 'distribution = "file", file = "rest.npz", unit = "mV"'
    _changed(path, 'distribution = "expression", value = "-65*mV + i*mV"', stored)
    np.savez(path.with_name("rest.npz"), rest=[-60.0, -61.0, -62.0, -63.0])
    (tmp_path / "elsewhere").mkdir()
    load_circuit(path).save(tmp_path / "elsewhere" / "circuit.toml")
    again = load_circuit(tmp_path / "elsewhere" / "circuit.toml")
    np.testing.assert_allclose(unit_values(again, "V1/C", 1, 0)["rest"], [[-0.060, -0.061, -0.062, -0.063]])


def test_results_hold_the_values(path: Path) -> None:
    tree = simulate(path, "3 ms", copies=2, seed=7)
    expected = unit_values(load_circuit(path), "V1/A", 2, 7)
    found = tree["unit_values/V1.A"]
    np.testing.assert_array_equal(found["tau_membrane"], expected["tau_membrane"][0])
    assert found["tau_membrane"].attrs == {"units": "s", "long_name": "tau_membrane of V1/A"}
    assert found["v"].attrs["long_name"] == "v of V1/A at the onset of a presentation"


def test_a_process_holds_the_values_of_its_own_copies(path: Path) -> None:
    _changed(path, 'mean = "40 ms", sd = "4 ms"', 'mean = "40 ms", sd = "4 ms", each_copy = true')
    circuit, share = load_circuit(path), StridedShare(1, 2)
    population = BuiltCircuit(circuit, 6, wire(circuit, 0), (), "shared", share, seed=0).populations["V1/A"]
    expected = unit_values(circuit, "V1/A", 6, 0)["tau_membrane"][1::2]
    np.testing.assert_array_equal(population.array("tau_membrane"), expected)
