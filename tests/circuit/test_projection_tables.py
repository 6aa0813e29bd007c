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
        '.sources[2]: no population "V2/I"; V2 has E; found "V2/I"',
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
        ": a table needs numbers, or a connectivity; found neither; allowed: one of probabilities, connectivity",
    ),
    "an unknown key": ('synapse = "delta"', 'synapse = "delta"\npathway = "lateral"', ".pathway: unknown key"),
    "a name for all": (
        'synapse = "delta"', 'synapse = "delta"\nname = "one"', ".name: projections need names of their own"
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
