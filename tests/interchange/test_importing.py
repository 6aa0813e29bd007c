"""NIR files become circuits: those written here spike as before, and what cannot be said is refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import Circuit, wire
from brainlearn.cli import main
from tests.interchange.test_exporting import HERE, here, tiny, weights_of

nir = pytest.importorskip("nir", reason='no NIR here: pip install ".[interchange]"')

from brainlearn.interchange.exporting import to_nir  # noqa: E402
from brainlearn.interchange.nir_file import write_nir  # noqa: E402


def through_nir(circuit: Circuit, reader: str, folder: Path) -> Circuit:
    write_nir(to_nir(circuit, weights_of(circuit), reader, subtract=True), folder / "a.nir")
    assert main(["import", str(folder / "a.nir"), "--output", str(folder / "b.toml")]) == 0
    return load_circuit(folder / "b.toml")


@pytest.mark.parametrize("reader", ["continuous", "norse", "snntorch"])
def test_what_was_written_here_spikes_as_before(reader: str, tmp_path: Path) -> None:
    circuit = load_circuit(HERE / "circuits" / "two_areas_top_down.toml")
    again = through_nir(circuit, reader, tmp_path)
    assert [p.path for p in again.populations] == [p.path for p in circuit.populations]
    before, after = here(circuit)[0], here(again)[0]
    for path, spikes in before.items():
        assert spikes.sum() > 100
        assert np.array_equal(after[path], spikes), path


@pytest.mark.parametrize("reader", ["continuous", "norse", "snntorch"])
def test_numbers_come_back(reader: str, tmp_path: Path) -> None:
    circuit = tiny(tmp_path)
    again = through_nir(circuit, reader, tmp_path)
    for name, weights in weights_of(circuit).items():
        back = wire(again, 0)[name].weights
        resistance = 5 if name == "retina/image->V1/E" else 1  # which stands in the weights
        assert np.allclose(back, weights * resistance, rtol=1e-9), name
        assert back.shape == weights.shape
    assert {p.name: p.delay.value for p in again.projections}["V2/E->V2/E"] == pytest.approx(1.5e-3)
    for path in ("V1/E", "V2/E"):
        old, new = (c.neurons[c.population(path).neuron].parameters["tau_membrane"].value for c in (circuit, again))
        assert new == pytest.approx(old, rel=1e-9)


def write(folder: Path, edges: list[tuple[str, str]], **nodes: object) -> Path:
    given = {"input": nir.Input({"input": np.array([3])}), "output": nir.Output({"output": np.array([2])}), **nodes}
    write_nir(nir.NIRGraph(given, edges), folder / "theirs.nir")
    return folder / "theirs.nir"


def lif(size: int, **changes: object) -> object:
    one = np.ones(size)
    return nir.LIF(**{"tau": 0.01 * one, "r": 2 * one, "v_leak": 0 * one, "v_threshold": one, **changes})


CHAIN = [("input", "w"), ("w", "a"), ("a", "u"), ("u", "b"), ("b", "x"), ("x", "output"), ("b", "v"), ("v", "a")]


def test_a_file_of_others_becomes_a_circuit_with_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    w, u, v = (nir.Linear(np.arange(6.0).reshape(shape) + 1) for shape in ((2, 3), (3, 2), (2, 3)))
    path = write(tmp_path, CHAIN, w=w, u=u, v=v, x=v, a=lif(2), b=lif(3))
    out = tmp_path / "c.toml"
    assert main(["import", str(path), "--output", str(out)]) == 2
    assert "NIR has no time step" in capsys.readouterr().err
    assert main(["import", str(path), "--output", str(out), "--dt", "0.5 ms", "--reader", "norse"]) == 0
    assert "spikes act a step later in brainlearn" in capsys.readouterr().out
    circuit = load_circuit(out)
    assert {p.name: p.pathway for p in circuit.projections} == {
        "stimulus/input->level1/a": "bottom_up",
        "level1/a->level2/b": "bottom_up",
        "level2/b->level1/a": "top_down",
    }
    weights = wire(circuit, 0)
    assert np.array_equal(weights["stimulus/input->level1/a"].weights, w.weight.T)
    kept = 1 - 0.5e-3 / 0.01
    assert np.allclose(weights["level1/a->level2/b"].weights, u.weight.T * 2 * (1 - kept) / kept)


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ({"a": nir.IF(np.ones(2), np.ones(2))}, "a: no such node can be read; found IF"),
        ({"a": lif(2, v_leak=np.ones(2))}, "a: membranes must leak to 0; found v_leak = 1"),
        ({"a": lif(2, v_reset=np.array([0.0, 0.5]))}, "several values of v_reset"),
        ({"w": nir.Affine(np.ones((2, 3)), np.ones(2))}, "w: a bias cannot be represented; found up to 1"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(
    nodes: dict[str, object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"w": nir.Linear(np.ones((2, 3))), "a": lif(2)} | nodes
    path = write(tmp_path, [("input", "w"), ("w", "a"), ("a", "output")], **given)
    assert main(["import", str(path), "--dt", "1 ms", "--output", str(tmp_path / "c.toml")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "c.toml").exists()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x89HDF\r\n\x1a\n" + bytes(64)])
def test_a_file_that_is_no_nir_is_named(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.nir").write_bytes(content)
    assert main(["import", str(tmp_path / "a.nir")]) == 2
    assert "a.nir: cannot be read as NIR" in capsys.readouterr().err


ALIKE = """
name = "alike"
dt = "1 ms"

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 2, neuron = "constant_current" }]

[[areas]]
name = "A"
level = 1
populations = [{ name = "B_C", size = 2, neuron = "slow" }]

[[areas]]
name = "A_B"
level = 1
populations = [{ name = "C", size = 2, neuron = "quick" }]

[neurons.slow]
model = "lif_delta"
reset = "v = 0"
parameters = { tau_membrane = "20 ms" }

[neurons.quick]
model = "lif_delta"
reset = "v = 0"
parameters = { tau_membrane = "5 ms" }

[[projections]]
source = "retina/image"
target = "A/B_C"
pathway = "bottom_up"
synapse = "constant_current"
weights = { distribution = "constant", value = 1.0 }

[[projections]]
source = "retina/image"
target = "A_B/C"
pathway = "bottom_up"
synapse = "constant_current"
weights = { distribution = "constant", value = 2.0 }
"""


def test_populations_whose_paths_look_alike_stay_two(tmp_path: Path) -> None:
    path = tmp_path / "alike.toml"
    path.write_text(ALIKE, encoding="utf-8")
    circuit = load_circuit(path)
    weights = {"retina/image->A/B_C": np.full((2, 2), 1.0), "retina/image->A_B/C": np.full((2, 2), 2.0)}
    graph = to_nir(circuit, weights)
    units = {name: node for name, node in graph.nodes.items() if hasattr(node, "v_threshold")}
    assert sorted(units) == ["A_B_C", "A_B_C_2"]
    onto = {target: graph.nodes[source].weight for source, target in graph.edges if target in units}
    ratio = onto["A_B_C_2"] / onto["A_B_C"]  # each gets its own projection, not the sum of both
    np.testing.assert_allclose(ratio, 2.0, rtol=1e-12)
    write_nir(graph, tmp_path / "alike.nir")
    assert main(["import", str(tmp_path / "alike.nir"), "--output", str(tmp_path / "again.toml")]) == 0
    again = load_circuit(tmp_path / "again.toml")
    for path, seconds in (("A/B_C", 0.020), ("A_B/C", 0.005)):
        model = again.neurons[again.population(path).neuron]
        assert model.parameters["tau_membrane"].value == pytest.approx(seconds, rel=1e-9)
