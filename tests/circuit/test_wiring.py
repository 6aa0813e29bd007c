from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import Circuit, Wiring, wire
from brainlearn.circuit.counting import count_synapses
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.sheets import receptive_fields
from brainlearn.circuit.wiring import follow
from brainlearn.mistakes import UserError

POPULATIONS = """
name = "wired"
dt = "1 ms"
[[areas]]
name = "V1"
level = 1
populations = [
  { name = "A", sheet = [20, 20], neuron = "lif_delta" },
  { name = "B", sheet = [10, 10], neuron = "lif_delta" },
  { name = "I", size = 300, neuron = "lif_delta", sign = "inhibitory" },
  { name = "E", size = 300, neuron = "lif_delta", sign = "excitatory" },
]
"""


def _circuit(tmp_path: Path, *projections: str) -> Circuit:
    path = tmp_path / "wired.toml"
    head = '\n[[projections]]\npathway = "lateral"\nsynapse = "delta"\n'
    path.write_text(POPULATIONS + "".join(head + projection for projection in projections), encoding="utf-8")
    return load_circuit(path)


def _wired(tmp_path: Path, projection: str, seed: int = 1) -> Wiring:
    (wiring,) = wire(_circuit(tmp_path, projection), seed).values()
    return wiring


NORMAL = 'source = "V1/A"\ntarget = "V1/B"\nweights = { distribution = "normal", sd = 2.0, per_input = true }\n'
A_TO_B = 'source = "V1/A"\ntarget = "V1/B"\nweights = { distribution = "constant", value = 1.0 }\n'


def test_normal_weights_are_scaled_by_the_square_root_of_the_inputs(tmp_path: Path) -> None:
    wiring = _wired(tmp_path, NORMAL)
    assert wiring.weights.shape == (400, 100)  # (pre, post)
    assert wiring.weights.dtype == np.float64
    assert wiring.weights.std() == pytest.approx(2 / np.sqrt(400), rel=0.02)
    assert wiring.weights.mean() == pytest.approx(0, abs=0.002)
    assert wiring.mask is None


def test_the_scale_counts_the_synapses_that_exist(tmp_path: Path) -> None:
    wiring = _wired(tmp_path, NORMAL + 'connectivity = { kind = "probability", probability = 0.1 }')
    assert wiring.mask is not None
    drawn = wiring.weights * np.sqrt(wiring.mask.sum(axis=0))
    assert drawn[wiring.mask].std() == pytest.approx(2, rel=0.05)
    assert np.all(wiring.weights[~wiring.mask] == 0)


def test_uniform_weights_fill_their_range(tmp_path: Path) -> None:
    text = 'source = "V1/A"\ntarget = "V1/B"\nweights = { distribution = "uniform", low = -1, high = 3 }'
    weights = _wired(tmp_path, text).weights
    assert weights.min() == pytest.approx(-1, abs=0.01)
    assert weights.max() == pytest.approx(3, abs=0.01)
    assert weights.mean() == pytest.approx(1, abs=0.03)


def test_constant_weights_are_equal(tmp_path: Path) -> None:
    assert np.all(_wired(tmp_path, A_TO_B).weights == 1)


def test_a_probability_connects_that_share_of_pairs(tmp_path: Path) -> None:
    mask = _wired(tmp_path, A_TO_B + 'connectivity = { kind = "probability", probability = 0.3 }').mask
    assert mask is not None
    assert mask.mean() == pytest.approx(0.3, abs=0.01)


def test_a_unit_does_not_project_to_itself_unless_asked(tmp_path: Path) -> None:
    text = 'source = "V1/E"\ntarget = "V1/E"\nweights = { distribution = "constant", value = 1.0 }\n'
    wiring = _wired(tmp_path, text)
    assert wiring.mask is not None
    assert wiring.mask.sum() == 300 * 299
    assert np.all(np.diag(wiring.weights) == 0)
    assert _wired(tmp_path, text + "self_connections = true").mask is None


@pytest.mark.parametrize(("kind", "own"), [("one_to_one", True), ("all_but_own", False)])
def test_units_of_one_number_are_connected_alone_or_not_at_all(kind: str, own: bool, tmp_path: Path) -> None:
    text = 'source = "V1/I"\ntarget = "V1/E"\nweights = { distribution = "constant", value = -1.0 }\n'
    circuit = _circuit(tmp_path, text + f'connectivity = {{ kind = "{kind}" }}')
    (wiring,) = wire(circuit, 1).values()
    assert wiring.mask is not None
    for unit in range(300):
        reached = [unit] if own else [other for other in range(300) if other != unit]
        assert np.flatnonzero(wiring.mask[unit]).tolist() == reached
    np.testing.assert_array_equal(wiring.weights, np.where(wiring.mask, -1.0, 0.0))
    assert count_synapses(circuit, circuit.projections[0]).number == wiring.mask.sum()


@pytest.mark.parametrize("kind", ["one_to_one", "all_but_own"])
def test_units_of_one_number_need_as_many_at_both_ends(kind: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f'"{kind}" needs equally many units at both ends; found 400 and 100'):
        _circuit(tmp_path, A_TO_B + f'connectivity = {{ kind = "{kind}" }}')


@pytest.mark.parametrize(("source", "sign"), [("E", 1), ("I", -1)])
def test_dale_signs_fold_the_normal_distribution(source: str, sign: int, tmp_path: Path) -> None:
    text = f'source = "V1/{source}"\ntarget = "V1/B"\nweights = {{ distribution = "normal" }}'
    weights = _wired(tmp_path, text).weights * sign
    assert weights.min() >= 0
    assert weights.mean() == pytest.approx(np.sqrt(2 / np.pi), rel=0.02)


def test_receptive_fields_are_discs_around_the_same_place() -> None:
    fields = receptive_fields((5, 5), (5, 5), 1.0)  # a unit and its four neighbours
    assert np.flatnonzero(fields[:, 12]).tolist() == [7, 11, 12, 13, 17]
    assert np.flatnonzero(fields[:, 0]).tolist() == [0, 1, 5]


def test_receptive_fields_map_sheets_of_other_sizes() -> None:
    fields = receptive_fields((4, 4), (2, 2), 0.75)  # each of 4 units sees its own quarter of 16
    assert fields.sum(axis=0).tolist() == [4, 4, 4, 4]
    assert np.flatnonzero(fields[:, 0]).tolist() == [0, 1, 4, 5]
    assert np.all(fields.sum(axis=1) == 1)


def test_a_radius_of_half_a_unit_connects_one_to_one() -> None:
    assert np.array_equal(receptive_fields((3, 4), (3, 4), 0.5), np.eye(12, dtype=bool))


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    text = NORMAL + 'connectivity = { kind = "probability", probability = 0.5 }'
    first, again, other = (_wired(tmp_path, text, seed) for seed in (3, 3, 4))
    assert first.weights.tobytes() == again.weights.tobytes()
    assert first.weights.tobytes() != other.weights.tobytes()
    assert not np.array_equal(first.mask, other.mask)  # type: ignore[arg-type]


def test_other_projections_do_not_change_a_projection(tmp_path: Path) -> None:
    other = 'source = "V1/E"\ntarget = "V1/I"\nweights = { distribution = "normal" }\n'
    alone = wire(_circuit(tmp_path, NORMAL), 5)["V1/A->V1/B"]
    among = wire(_circuit(tmp_path, other, NORMAL), 5)["V1/A->V1/B"]
    assert np.array_equal(alone.weights, among.weights)


def test_projections_of_equal_shape_have_other_weights(tmp_path: Path) -> None:
    wirings = wire(_circuit(tmp_path, 'name = "one"\n' + NORMAL, 'name = "two"\n' + NORMAL), 5)
    assert not np.array_equal(wirings["one"].weights, wirings["two"].weights)


@pytest.mark.parametrize(
    "connectivity",
    ["", 'connectivity = { kind = "local", radius = 2 }', 'connectivity = { kind = "all_to_all" }'],
)
def test_counted_synapses_are_those_that_are_wired(connectivity: str, tmp_path: Path) -> None:
    circuit = _circuit(tmp_path, A_TO_B + connectivity)
    count = count_synapses(circuit, circuit.projections[0])
    assert count.exact
    assert count.number == np.count_nonzero(wire(circuit, 1)["V1/A->V1/B"].weights)


def test_random_synapses_are_counted_as_expected(tmp_path: Path) -> None:
    circuit = _circuit(tmp_path, A_TO_B + 'connectivity = { kind = "probability", probability = 0.25 }')
    assert str(count_synapses(circuit, circuit.projections[0])) == "≈ 10,000"


# ---- tied weights --------------------------------------------------------------------------------------------------

BACK = 'source = "V1/B"\ntarget = "V1/A"\nweights = {{ distribution = "tied", to = "V1/A->V1/B", {} }}\n'


def _there_and_back(tmp_path: Path, tied: str, there: str = NORMAL, seed: int = 1) -> tuple[Wiring, Wiring]:
    wired = wire(_circuit(tmp_path, there, BACK.format(tied)), seed)
    return wired["V1/A->V1/B"], wired["V1/B->V1/A"]


def test_tied_weights_are_the_others_transposed_and_scaled(tmp_path: Path) -> None:
    there, back = _there_and_back(tmp_path, "scale = 0.25")
    np.testing.assert_array_equal(back.weights, 0.25 * there.weights.T)
    assert back.own is None


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.3, 0.9])
def test_tied_weights_have_the_correlation_that_is_asked_for_and_the_same_spread(
    tmp_path: Path, correlation: float
) -> None:
    there, back = _there_and_back(tmp_path, f"scale = 2.0, correlation = {correlation}")
    found = np.corrcoef(there.weights.T.ravel(), back.weights.ravel())[0, 1]
    assert found == pytest.approx(correlation, abs=0.02)  # 40,000 synapses
    assert back.weights.std() == pytest.approx(2.0 * there.weights.std(), rel=0.02)


def test_what_tied_weights_have_of_their_own_depends_on_the_seed_and_stays(tmp_path: Path) -> None:
    there, back = _there_and_back(tmp_path, "correlation = 0.5")
    _, again = _there_and_back(tmp_path, "correlation = 0.5")
    _, other = _there_and_back(tmp_path, "correlation = 0.5", seed=2)
    assert back.own is not None
    assert other.own is not None
    np.testing.assert_array_equal(back.own, again.own)
    assert (back.own != other.own).mean() > 0.99
    tied = Tied(distribution="tied", to="V1/A->V1/B", correlation=0.5)
    flipped = follow(-there.weights, tied, back.own)
    np.testing.assert_allclose(flipped + back.weights, 2 * 0.75**0.5 * back.own * 0.1, rtol=0.02, atol=1e-12)


def test_tied_weights_keep_to_the_mask_of_the_others(tmp_path: Path) -> None:
    local = A_TO_B + 'connectivity = { kind = "local", radius = 3 }\n'
    there, back = _there_and_back(tmp_path, "correlation = 0.5", there=local)
    assert there.mask is not None
    assert back.mask is not None
    np.testing.assert_array_equal(back.mask, there.mask.T)
    assert not back.weights[~back.mask].any()
    assert (back.weights[back.mask] != 0).all()


def test_random_weights_of_both_signs_are_refused_for_a_projection_with_a_sign(tmp_path: Path) -> None:
    excitatory = NORMAL + 'sign = "excitatory"\n'
    with pytest.raises(UserError, match=r"weights.correlation: Dale conflict.*found 0.5; allowed: 1.0"):
        _there_and_back(tmp_path, 'correlation = 0.5 }\nsign = "excitatory" # {', there=excitatory)
