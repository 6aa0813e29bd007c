"""A circuit that is built in Python is the one that a file describes, and its mistakes are those of a file."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brian2 import Quantity, ms, mV, nS, second, siemens, um

from brainlearn import Area, Circuit, Neuron, Population, Projection, Synapse, UserError, load_circuit
from brainlearn.brian.loading import load_circuit as load_plain_circuit
from brainlearn.circuit.plain_values import plain, quantity_text
from brainlearn.circuit.writing import circuit_text
from brainlearn.units import DIMENSIONS, parse_quantity
from tests.docs.markdown import ROOT

SHIPPED = sorted((ROOT / "circuits").rglob("*.toml"))
NORMAL = {"distribution": "normal", "sd": 1.0, "per_input": True}
RETINA = Area("retina", 0, [Population("image", "constant_current", sheet=(8, 8))])


def two_areas(**changes: Any) -> Circuit:
    """The shipped circuit of the same name, in Python."""
    rms, integrator = {"rms": 0.3}, Neuron("lif_delta", parameters={"tau_membrane": 4.4814 * ms, "resistance": 5})
    label = Population("label", "constant_current", size=10)
    said: dict[str, Any] = {
        "name": "two_areas",
        "dt": 1 * ms,
        "description": "Retina to two areas in a row: the bottom-up circuit that learns digits with spikes.",
        "neurons": {"integrator": integrator},
        "areas": [
            Area("retina", 0, [Population("image", "constant_current", sheet=(8, 8)), label]),
            Area("V1", 1, [Population("E", "integrator", size=200, normalisation=rms)]),
            Area("V2", 2, [Population("E", "integrator", size=np.int64(200), normalisation=rms)]),
        ],
        "projections": [
            Projection("retina/image", "V1/E", "bottom_up", "constant_current", NORMAL),
            Projection(
                "retina/label", "V1/E", "bottom_up", "constant_current", {"distribution": "normal", "sd": 0.116}
            ),
            Projection("V1/E", "V2/E", "bottom_up", "delta", NORMAL),
        ],
    }
    return Circuit(**said | changes)


def test_a_circuit_in_python_equals_the_one_of_a_file():
    assert two_areas() == load_circuit(ROOT / "circuits" / "two_areas.toml")
    assert load_plain_circuit(ROOT / "circuits" / "two_areas.toml") == two_areas()
    assert two_areas() != two_areas(dt="0.5 ms")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_circuit_is_equal_after_it_was_written(path: Path, tmp_path: Path):
    circuit = load_circuit(path)
    circuit.save(tmp_path / "copy.toml")
    assert load_circuit(tmp_path / "copy.toml") == circuit
    parts = {each.name: getattr(circuit, each.name) for each in dataclasses.fields(circuit)}
    assert Circuit(**parts) == circuit  # what was read is what may be said


def test_what_is_written_holds_what_was_read_and_no_more():
    """Compared with the text of the shipped file, which a person wrote."""
    path = ROOT / "circuits" / "three_areas_recurrent.toml"
    written = tomllib.loads(load_circuit(path).to_toml())
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    assert written["areas"] == read["areas"]
    assert len(written["projections"]) == len(read["projections"])
    assert written["projections"] == read["projections"]


def test_models_of_text_are_written_and_read(tmp_path: Path):
    equations = """
        dv/dt = (E_leak - v + g/g_leak*mV)/tau : volt (unless refractory)
        dg/dt = -g/(5*ms) : siemens
    """
    values = {"E_leak": -70 * mV, "tau": "20 ms", "g_leak": 10 * nS}
    neuron = Neuron(
        equations=equations, threshold="v > -50*mV", reset="v = E_leak", refractory=2 * ms, parameters=values,
        initial={"v": -70 * mV}, method="exact",
    )  # fmt: skip
    circuit = Circuit(
        "text",
        dt=0.1 * ms,
        neurons={"own": neuron},
        synapses={"push": Synapse("v_post += w*mV\nv_post += 2*w*mV", sign="excitatory")},
        areas=[Area("V1", 1, [Population("E", "own", size=10, sign="excitatory")])],
        projections=[
            Projection(
                "V1/E", "V1/E", "lateral", "push", {"distribution": "uniform", "low": 0.0, "high": 0.1},
                delay=1.5 * ms, connectivity={"kind": "probability", "probability": 0.1}, name="recurrent",
                self_connections=True,
            ),
            Projection("V1/E", "V1/E", "lateral", "push", {"distribution": "constant", "value": 0.5}),
        ],
    )  # fmt: skip
    circuit.save(tmp_path / "text.toml")
    read = load_circuit(tmp_path / "text.toml")
    assert read == circuit
    assert read.neurons["own"].refractory == "2*ms"
    assert read.projections[0].delay.text == "1.5 ms"
    assert read.neurons["own"].parameters["g_leak"] == parse_quantity("10 nS")


def test_weights_in_a_file_move_with_the_circuit(tmp_path: Path):
    stored = Projection(
        "retina/image", "V1/E", "bottom_up", "constant_current", {"distribution": "file", "file": "w.npz"}
    )
    np.savez(tmp_path / "w.npz", **{"retina/image->V1/E": np.arange(128.0).reshape(64, 2)})
    areas = [RETINA, Area("V1", 1, [Population("E", "lif_delta", size=2)])]
    circuit = Circuit("stored", "1 ms", areas, [stored], path=str(tmp_path / "circuit.toml"))
    (tmp_path / "elsewhere").mkdir()
    circuit.save(tmp_path / "elsewhere" / "circuit.toml")
    assert load_circuit(tmp_path / "elsewhere" / "circuit.toml") == circuit
    circuit.save(tmp_path / "circuit.toml")  # where they are already
    assert load_circuit(tmp_path / "circuit.toml") == circuit


# ---- mistakes ------------------------------------------------------------------------------------------------------


def mistakes_of(build: Callable[[], Any]) -> list[str]:
    with pytest.raises(UserError) as raised:
        build()
    return [str(mistake) for mistake in raised.value.mistakes]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no population": (
        {"projections": [Projection("V1/E", "V3/E", "bottom_up", "delta", NORMAL)]},
        'projection "V1/E->V3/E": target: no population "V3/E"',
    ),
    "distribution": (
        {"projections": [Projection("V1/E", "V2/E", "bottom_up", "delta", {"distribution": "normal", "sd": -1.0})]},
        'projection "V1/E->V2/E": weights.sd: negative; found -1.0',
    ),
    "unit": ({"dt": 1 * mV}, "dt: wrong unit"),
    "text": (
        {"neurons": {"integrator": Neuron(equations="dv/dt = -v/tau : 1", threshold="v > 1", reset="v = 0")}},
        'neuron "integrator": equations: undefined identifier "tau"',
    ),
    "parameter": (
        {"neurons": {"integrator": Neuron("lif_delta", parameters={"tau": "1 ms"})}},
        'neuron "integrator": parameters.tau: lif_delta has no such parameter',
    ),
    "synapse": ({"synapses": {"own": Synapse("v_pst += w")}}, 'synapse "own": on_pre: bad statement'),
    "neuron": ({"areas": [Area("V1", 1, [Population("E", "lift", 5)])]}, 'population "V1/E": neuron: no neuron model'),
    "level": ({"areas": [Area("V1", -1, [Population("E", "lif", 5)])]}, 'area "V1": level: negative'),
    "not an area": ({"areas": ["V1"]}, "area 0: wrong kind of value"),
    "not a population": ({"areas": [Area("V1", 1, [5])]}, "population 0: wrong kind of value"),  # type: ignore[list-item]
    "name": ({"name": "two areas"}, "name: not a name"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_mistake_is_named_where_it_is(kind: str):
    changes, said = WRONG[kind]
    found = mistakes_of(lambda: two_areas(**changes))
    assert any(said in each for each in found), found
    assert all(each.startswith('circuit "two') for each in found)


def test_all_mistakes_come_at_once_and_are_those_of_a_file(tmp_path: Path):
    text = (ROOT / "circuits" / "two_areas.toml").read_text(encoding="utf-8")
    for right, wrong in (('"delta"', '"delt"'), ("size = 10", "size = 0"), ('tau_membrane = "4', 'tau_membran = "4')):
        text = text.replace(right, wrong)
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    of_file = mistakes_of(lambda: load_circuit(tmp_path / "wrong.toml"))
    right = two_areas()
    label = Population("label", "constant_current", size=0)
    wrong_ones: dict[str, Any] = {
        "neurons": {"integrator": Neuron("lif_delta", parameters={"tau_membran": "4.4814 ms", "resistance": 5})},
        "areas": [Area("retina", 0, [Population("image", "constant_current", sheet=(8, 8)), label]), *right.areas[1:]],
        "projections": [*right.projections[:2], Projection("V1/E", "V2/E", "bottom_up", "delt", NORMAL)],
    }
    of_script = mistakes_of(lambda: two_areas(**wrong_ones))
    assert len(of_file) == 3
    assert [each.partition("; found")[2] for each in of_script] == [each.partition("; found")[2] for each in of_file]


# ---- quantities ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "text"),
    [(20 * ms, "20 ms"), (-70 * mV, "-70 mV"), (0.1 * second, "0.1 s"), (210 * um, "210 um"), (3 * nS, "3 nS")],
)
def test_a_quantity_of_brian_is_written_as_people_write_it(quantity: Quantity, text: str):
    assert plain(quantity) == text
    assert parse_quantity(plain(quantity)).value == float(quantity)


def test_no_digit_of_a_quantity_is_lost():
    rng = np.random.default_rng(0)
    for value in [*(10 ** rng.uniform(-15, 6, 50) * rng.choice([-1, 1], 50)), 1 / 3, 0.0, 1e-300, 4.4814e-3]:
        for dimension in (DIMENSIONS["time"], DIMENSIONS["conductance"], DIMENSIONS["area"], (1, -2, 0, 3, 0, 0, 1)):
            read = parse_quantity(quantity_text(float(value), dimension))
            assert (read.value, read.dimension) == (value, dimension)
    density = 3 * siemens / um**2
    assert parse_quantity(plain(density)).value == pytest.approx(3e12)
    assert plain(np.array([1.0, 2.0]) * ms) == ["1 ms", "2 ms"]


def test_a_circuit_shows_itself_in_one_line_and_as_a_drawing():
    circuit = two_areas()
    assert repr(circuit) == 'Circuit "two_areas": 3 areas, 4 populations, 3 projections, 474 units'
    html = circuit._repr_html_()
    assert html.startswith("<svg")
    assert html.rstrip().endswith("</svg>")
    assert all(f">{name}</text>" in html for name in ("V1", "V2", "retina", "E", "image", "label"))
    assert html == two_areas()._repr_html_()


def test_circuits_that_differ_only_in_their_file_are_equal_and_written_alike():
    circuit = load_circuit(ROOT / "circuits" / "two_areas.toml")
    other = circuit.with_parts(path="elsewhere.toml")
    assert circuit == other
    assert circuit_text(other) == circuit.to_toml()
