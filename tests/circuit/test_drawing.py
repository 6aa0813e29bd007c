from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.patches import Polygon

from brainlearn import load_circuit
from brainlearn.circuit import Circuit
from brainlearn.mistakes import UserError
from brainlearn.plots.circuit_drawing import draw_circuit, save_drawing
from brainlearn.plots.circuit_layout import Box, lay_out

NAMES = ["graded_three_areas", "one_area", "three_areas_recurrent", "two_areas", "two_areas_top_down"]


@pytest.fixture(params=NAMES)
def circuit(request: pytest.FixtureRequest, shipped: list[Path]) -> Circuit:
    return load_circuit(next(path for path in shipped if path.stem == request.param))


def _overlap(a: Box, b: Box) -> bool:
    apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    return not apart


def test_no_two_boxes_overlap(circuit: Circuit) -> None:
    layout = lay_out(circuit)
    for boxes in (layout.areas, layout.populations):
        assert not any(_overlap(a, b) for a, b in combinations(boxes.values(), 2))


def test_higher_levels_stand_higher(circuit: Circuit) -> None:
    areas = lay_out(circuit).areas
    ordered = sorted(circuit.areas, key=lambda area: area.level)
    assert [areas[area.name].y for area in ordered] == sorted(box.y for box in areas.values())


def test_labels_of_delays_keep_apart(circuit: Circuit) -> None:
    routes = lay_out(circuit).routes
    labels = [routes[p.name].label for p in circuit.projections if p.delay.value > 0]
    assert all(abs(x - u) > 0.45 or abs(y - v) > 0.25 for (x, y), (u, v) in combinations(labels, 2))


def test_every_projection_has_its_own_ends(circuit: Circuit) -> None:
    ends = [end for route in lay_out(circuit).routes.values() for end in (route.points[0], route.points[-1])]
    assert len(set(ends)) == 2 * len(circuit.projections)


def test_excitatory_ends_are_heads_and_inhibitory_ends_are_bars(circuit: Circuit) -> None:
    axes = draw_circuit(circuit).axes[0]
    inhibitory = sum(projection.sign == "inhibitory" for projection in circuit.projections)
    assert sum(isinstance(patch, Polygon) for patch in axes.patches) == len(circuit.projections) - inhibitory
    assert len(axes.lines) == inhibitory


def test_every_delay_above_zero_is_written(circuit: Circuit) -> None:
    written = [text.get_text() for text in draw_circuit(circuit).axes[0].texts]
    delays = [projection.delay.text for projection in circuit.projections if projection.delay.value > 0]
    assert all(written.count(delay) == delays.count(delay) for delay in delays)


def test_the_same_circuit_gives_the_same_bytes(tmp_path: Path, shipped: list[Path]) -> None:
    circuit = load_circuit(shipped[0])
    for name in ("one.svg", "two.svg"):
        save_drawing(circuit, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.parametrize("name", ["drawing.jpg", "drawing", "no_such_folder/drawing.svg"])
def test_a_drawing_that_cannot_be_written_is_a_mistake(name: str, tmp_path: Path, shipped: list[Path]) -> None:
    with pytest.raises(UserError, match=r"unknown format|cannot write"):
        save_drawing(load_circuit(shipped[0]), tmp_path / name)


DEEP = """
name = "deep"
dt = "1 ms"
areas = [
  { name = "retina", level = 0, populations = [{ name = "a", size = 3, neuron = "poisson" }] },
  { name = "V1", level = 1, populations = [
    { name = "a", size = 3, neuron = "lif" },
    { name = "b", size = 3, neuron = "lif" },
    { name = "c", size = 3, neuron = "lif" },
  ] },
  { name = "V2", level = 7, populations = [{ name = "a", size = 3, neuron = "lif" }] },
]
projections = [
  { source = "retina/a", target = "V2/a", pathway = "bottom_up", synapse = "current", weights = WEIGHTS },
  { source = "V1/a", target = "V1/c", pathway = "lateral", synapse = "current", weights = WEIGHTS },
  { source = "V1/a", target = "V1/a", pathway = "lateral", synapse = "current", weights = WEIGHTS },
]
"""


def test_arrows_that_skip_a_level_or_a_population_go_around_the_boxes(tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    one_line = " ".join(DEEP.split("\nareas")[1].split())  # inline tables stand on one line
    text = DEEP.split("\nareas")[0] + "\nareas" + one_line.replace("] projections", "]\nprojections")
    path.write_text(text.replace("WEIGHTS", '{ distribution = "constant", value = 1 }').replace(", ] }", "] }"))
    circuit = load_circuit(path)
    layout = lay_out(circuit)
    middle = layout.populations["V1/b"]
    for name in ("retina/a->V2/a", "V1/a->V1/c"):
        for x, y in layout.routes[name].points[1:-1]:
            assert not (middle.x < x < middle.x + middle.width and middle.y < y < middle.y + middle.height)
    assert len(layout.routes["retina/a->V2/a"].points) == 6
    assert draw_circuit(circuit).axes[0].texts
