"""A table of projections is the same as its projections written one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import Area, Circuit, Population, ProjectionTable, load_circuit
from brainlearn.brian.loading import read_all
from brainlearn.circuit import wire
from brainlearn.circuit.writing import circuit_text
from brainlearn.mistakes import UserError

AREAS = """
name = "table"
dt = "0.1 ms"

[[areas]]
name = "V1"
level = 1
populations = [
  { name = "E", size = 40, neuron = "lif_delta", sign = "excitatory" },
  { name = "I", size = 10, neuron = "lif_delta", sign = "inhibitory" },
]

[[areas]]
name = "V2"
level = 2
populations = [{ name = "E", size = 30, neuron = "lif_delta", sign = "excitatory" }]
"""

TABLE = """
[[projection_tables]]
sources = ["V1/E", "V1/I", "V2/E"]
targets = ["V1/E", "V1/I", "V2/E"]
probabilities = [
  [0.1, 0.2, 0.05],   # onto V1/E
  [0.3, 0.4, 0.0],
  [0.5, 0.0, 1.0],
]
synapse = "delta"
weights = { distribution = "normal", mean = 0.1, sd = 0.01, low = 0.0 }
delay = "1.5 ms"

  [[projection_tables.exceptions]]
  sources = ["V1/I"]
  weights = { distribution = "normal", mean = -0.4, sd = 0.04, high = 0.0 }
  delay = "0.8 ms"

  [[projection_tables.exceptions]]
  sources = ["V1/E"]
  targets = ["V2/E"]
  weights = { distribution = "constant", value = 0.2 }
"""


def _written_out() -> str:
    entries = {
        ("V1/E", "V1/E", "lateral"): 0.1, ("V1/I", "V1/E", "lateral"): 0.2, ("V2/E", "V1/E", "top_down"): 0.05,
        ("V1/E", "V1/I", "lateral"): 0.3, ("V1/I", "V1/I", "lateral"): 0.4,
        ("V1/E", "V2/E", "bottom_up"): 0.5, ("V2/E", "V2/E", "lateral"): 1.0,
    }  # fmt: skip
    parts = []
    for (source, target, pathway), probability in entries.items():
        weights = '{ distribution = "normal", mean = 0.1, sd = 0.01, low = 0.0 }'
        if source == "V1/I":
            weights = '{ distribution = "normal", mean = -0.4, sd = 0.04, high = 0.0 }'
        elif (source, target) == ("V1/E", "V2/E"):
            weights = '{ distribution = "constant", value = 0.2 }'
        delay = "0.8 ms" if source == "V1/I" else "1.5 ms"
        parts.append(
            f'[[projections]]\nsource = "{source}"\ntarget = "{target}"\npathway = "{pathway}"\nsynapse = "delta"\n'
            f'weights = {weights}\ndelay = "{delay}"\n'
            f'connectivity = {{ kind = "probability", probability = {probability} }}\n'
        )
    return AREAS + "\n".join(parts)


def _file(folder: Path, text: str, name: str = "table") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_its_projections_written_one_by_one(tmp_path: Path) -> None:
    table, plain = load_circuit(_file(tmp_path, AREAS + TABLE)), load_circuit(_file(tmp_path, _written_out(), "plain"))
    assert table == plain
    ours, theirs = wire(table, 3), wire(plain, 3)
    for name, wiring in theirs.items():
        np.testing.assert_array_equal(ours[name].weights, wiring.weights)


def test_it_is_written_as_projections(tmp_path: Path) -> None:
    circuit = load_circuit(_file(tmp_path, AREAS + TABLE))
    assert load_circuit(_file(tmp_path, circuit_text(circuit), "again")) == circuit


def test_projections_of_their_own_come_first(tmp_path: Path) -> None:
    own = """
[[projections]]
name = "own"
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "delta"
weights = { distribution = "constant", value = 1.0 }
"""
    circuit = load_circuit(_file(tmp_path, AREAS + TABLE + own))
    assert [projection.name for projection in circuit.projections][:3] == ["own", "V1/E->V1/E", "V1/I->V1/E"]
    assert [projection.place() for projection in circuit.projections][:2] == [
        "projections[0]",
        "projection_tables[0] (V1/E->V1/E)",
    ]


def test_a_second_table_needs_names_of_its_own(tmp_path: Path) -> None:
    second = TABLE.replace('synapse = "delta"', 'synapse = "delta"\nname = "slow_{source}->{target}"')
    circuit = load_circuit(_file(tmp_path, AREAS + TABLE + second))
    assert len(circuit.projections) == 14
    assert circuit.projections[7].name == "slow_V1/E->V1/E"


def test_a_table_may_have_one_connectivity(tmp_path: Path) -> None:
    text = """
[[projection_tables]]
sources = ["V1/E", "V2/E"]
targets = ["V1/I"]
connectivity = { kind = "all_to_all" }
synapse = "delta"
weights = { distribution = "constant", value = 1.0 }
"""
    names = [projection.name for projection in load_circuit(_file(tmp_path, AREAS + text)).projections]
    assert names == ["V1/E->V1/I", "V2/E->V1/I"]


def test_a_script_says_the_same(tmp_path: Path) -> None:
    weights = {"distribution": "constant", "value": 0.5}
    areas = [Area("V1", 1, [Population("A", "lif_delta", size=3), Population("B", "lif_delta", size=4)])]
    table = ProjectionTable(
        ["V1/A", "V1/B"], ["V1/A"], "delta", weights, probabilities=np.array([[0.5, 1.0]]),
        exceptions=[{"sources": ["V1/B"], "delay": "2 ms"}],
    )  # fmt: skip
    circuit = Circuit("script", "1 ms", areas, projection_tables=[table])
    assert [(p.name, p.delay.text) for p in circuit.projections] == [("V1/A->V1/A", "0 ms"), ("V1/B->V1/A", "2 ms")]
    with pytest.raises(UserError, match=r"script.*projection_tables\[0\].probabilities: one row is needed for each"):
        Circuit("script", "1 ms", areas, projection_tables=[ProjectionTable(["V1/A"], ["V1/A"], "delta", weights, [])])


PLAIN = """
[[projection_tables]]
sources = ["V1/E", "V1/I"]
targets = ["V1/E", "V2/E"]
synapse = "delta"
self_connections = true
weights = { distribution = "normal", mean = 0.1, sd = 0.01, low = 0.0 }
exceptions = [{ sources = ["V1/I"], weights = { distribution = "constant", value = -0.5 } }]
"""


@pytest.mark.parametrize(
    ("said", "key", "expected"),
    [
        ("numbers = [[100, 0], [7, 30]]\nmultapses = true", "number", {"E->E": 100, "E->V2": 7, "I->V2": 30}),
        ("in_degrees = [[5, 3], [0, 2]]\nmultapses = false", "in_degree", {"E->E": 5, "I->E": 3, "I->V2": 2}),
        ("out_degrees = [[5, 3], [0, 2]]\nmultapses = false", "out_degree", {"E->E": 5, "I->E": 3, "I->V2": 2}),
    ],
)
def test_a_table_may_say_numbers_of_synapses(said: str, key: str, expected: dict[str, int], tmp_path: Path) -> None:
    circuit = load_circuit(_file(tmp_path, AREAS + PLAIN + said))
    found = {projection.name: getattr(projection.connectivity, key) for projection in circuit.projections}
    names = {"E->E": "V1/E->V1/E", "I->E": "V1/I->V1/E", "E->V2": "V1/E->V2/E", "I->V2": "V1/I->V2/E"}
    assert found == {names[name]: number for name, number in expected.items()}
    assert {p.connectivity.multapses for p in circuit.projections} == {"true" in said}


def test_probabilities_may_become_numbers_that_are_drawn_with_replacement(tmp_path: Path) -> None:
    said = 'probabilities = [[0.1, 0.0], [0.5, 0.9]]\nkind = "fixed_total_number"'
    circuit = load_circuit(_file(tmp_path, AREAS + PLAIN + said))
    numbers = {projection.name: projection.connectivity.number for projection in circuit.projections}
    assert numbers == {"V1/E->V1/E": 169, "V1/E->V2/E": 831, "V1/I->V2/E": 690}  # ln(1 - p)/ln(1 - 1/pairs)
    matrix = wire(circuit, 0)["V1/E->V2/E"].matrix()
    assert (matrix != 0).mean() == pytest.approx(0.5, abs=0.04)  # so many pairs have a synapse, some of them several


PROBABILITIES = np.array([
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
    [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
])  # fmt: skip
SIZES = (20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948)


def test_the_cortical_microcircuit_is_one_table() -> None:
    """Potjans & Diesmann 2014: 55 projections with about 0.3 billion synapses."""
    names = [f"{layer}/{kind}" for layer in ("L23", "L4", "L5", "L6") for kind in "EI"]
    areas = [
        Area(layer, 1, [Population(kind, "lif_delta", size=SIZES[names.index(f"{layer}/{kind}")]) for kind in "EI"])
        for layer in ("L23", "L4", "L5", "L6")
    ]
    table = ProjectionTable(
        names, names, "delta", {"distribution": "constant", "value": 1.0}, probabilities=PROBABILITIES,
        kind="fixed_total_number", self_connections=True,
        delay={"distribution": "normal", "mean": "1.5 ms", "sd": "0.75 ms", "low": "0.1 ms"},
    )  # fmt: skip
    circuit = Circuit("microcircuit", "0.1 ms", areas, projection_tables=[table])
    assert len(circuit.projections) == 55
    pairs = np.outer(SIZES, SIZES)  # (target, source)
    expected = np.log(1 - PROBABILITIES) / np.log((pairs - 1) / pairs)
    numbers = {projection.name: projection.connectivity.number for projection in circuit.projections}
    assert numbers["L4/E->L23/E"] == round(expected[0, 2])
    assert sum(numbers.values()) == pytest.approx(expected.sum(), abs=30)
    assert sum(numbers.values()) == pytest.approx(0.3e9, rel=0.01)


MISTAKES = {
    "a row too few": (
        "  [0.5, 0.0, 1.0],\n", "", ".probabilities: one row is needed for each target; found 2 rows"),
    "a number too few": ("[0.3, 0.4, 0.0]", "[0.3, 0.4]", ".probabilities[1]: one number is needed for each source"),
    "no probability": (
        "0.05]", "1.05]", ".probabilities[0][2]: not a probability, from V2/E onto V1/E; found 1.05; allowed: 0 to 1"
    ),
    "no number": ("0.05]", '"0.05"]', '.probabilities[0][2]: wrong kind of value; found "0.05"; allowed: a number'),
    "no such source": (
        'sources = ["V1/E", "V1/I", "V2/E"]', 'sources = ["V1/E", "V1/I", "V2/I"]',
        '.sources[2]: no population "V2/I"; V2 contains E; found "V2/I"',
    ),
    "a target twice": (
        'targets = ["V1/E", "V1/I", "V2/E"]', 'targets = ["V1/E", "V1/I", "V1/E"]',
        '.targets[2]: named twice; found "V1/E"; allowed: each population once',
    ),
    "an exception beside the table": (
        'targets = ["V2/E"]', 'targets = ["V3/E"]', ".exceptions[1].targets[0]: none of the targets of the table",
    ),
    "a wrong sign": (
        "mean = -0.4, sd = 0.04, high = 0.0", "mean = 0.4, sd = 0.04",
        ".exceptions[0].weights.mean (V1/I->V1/E and 1 more): Dale conflict: the projection is inhibitory; found 0.4",
    ),
    "a wrong delay": (
        '"1.5 ms"', '"1.55 ms"', ".delay (V1/E->V1/E and 4 more): not a whole number of time steps; found \"1.55 ms\""
    ),
    "a wrong unit": ('"0.8 ms"', '"0.8 mV"', ".exceptions[0].delay: wrong unit"),
    "no synapse": (
        'synapse = "delta"', 'synapse = "dleta"', '.synapse (V1/E->V1/E and 6 more): no synapse model "dleta"'
    ),
    "a synapse that does not fit": (
        'synapse = "delta"', 'synapse = "current"',
        ".synapse (V1/E->V1/E and 2 more): `synaptic_post += w` needs a variable synaptic, which V1/E (lif_delta)",
    ),
    "no numbers": (
        TABLE[TABLE.index("probabilities"): TABLE.index("synapse")], "",
        ": a table needs numbers, or a connectivity; found neither",
    ),
    "multapses of probabilities": (
        'synapse = "delta"', 'synapse = "delta"\nmultapses = true',
        ".multapses: it applies to numbers of synapses, not to probabilities; found true",
    ),
    "numbers without multapses": (
        TABLE[TABLE.index("probabilities"): TABLE.index("synapse")], "numbers = [[1, 2, 3], [4, 5, 0], [6, 0, 7]]\n",
        ".multapses: the key is missing",
    ),
    "all pairs by a number": (
        'synapse = "delta"', 'synapse = "delta"\nkind = "fixed_total_number"',
        ".probabilities[2][2]: no number of synapses drawn with replacement can connect all pairs",
    ),
    "an unknown key": ('synapse = "delta"', 'synapse = "delta"\npathway = "lateral"', ".pathway: unknown key"),
    "a name for all": (
        'synapse = "delta"', 'synapse = "delta"\nname = "one"', ".name: projections need unique names"
    ),
}  # fmt: skip


SEVERAL = {"a synapse that does not fit": 3, "a target twice": 2}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_names_the_table_and_the_entry(name: str, tmp_path: Path) -> None:
    old, new, said = MISTAKES[name]
    assert old in TABLE
    path = _file(tmp_path, AREAS + TABLE.replace(old, new, 1))
    found = [str(mistake) for mistake in read_all(path).mistakes]
    assert found[0].startswith(f"{path}: projection_tables[0]{said}"), found
    assert len(found) == SEVERAL.get(name, 1), found
