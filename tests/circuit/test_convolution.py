"""Convolution and pooling in circuit files: which units are joined, by which weights, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import wire
from brainlearn.circuit.counting import count_synapses
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.windows import Windows
from brainlearn.circuit.writing import circuit_text
from brainlearn.cli.describe import _connectivity
from brainlearn.mistakes import UserError

FILE = Path(__file__).with_name("convolving.toml")
TEXT = FILE.read_text(encoding="utf-8")
FIRST, SECOND, POOLING, BACK = "retina/image->V1/E", "V1/E->V2/E", "V1/E->V2/pool", "V2/E->V1/E"


def by_hand(weights: np.ndarray, source: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]):
    """Return the matrix of a convolution of a sheet, (pre, post), and how many pairs it joins."""
    channels, others, *kernel = weights.shape
    target = [(source[k] + 2 * padding[k] - kernel[k]) // stride[k] + 1 for k in (0, 1)]
    matrix, joined = np.zeros((channels, *source, others, *target)), 0
    for row, column, y, x in np.ndindex(*target, *kernel):
        r, c = row * stride[0] - padding[0] + y, column * stride[1] - padding[1] + x
        if 0 <= r < source[0] and 0 <= c < source[1]:
            matrix[:, r, c, :, row, column] += weights[:, :, y, x]
            joined += channels * others
    return matrix.reshape(channels * source[0] * source[1], -1), joined


@pytest.fixture(scope="module")
def wiring() -> dict[str, Kernels]:
    found = wire(load_circuit(FILE), 1)
    assert all(isinstance(each, Kernels) for each in found.values())
    return found  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "source", "stride", "padding"),
    [(FIRST, (8, 7), (2, 2), (1, 1)), (SECOND, (4, 4), (2, 1), (0, 0))],
)
def test_units_are_joined_as_in_a_convolution(wiring, name, source, stride, padding):
    kernels, circuit = wiring[name], load_circuit(FILE)
    matrix, joined = by_hand(kernels.weights, source, stride, padding)
    np.testing.assert_array_equal(kernels.rows().matrix(), matrix)
    assert kernels.shape == matrix.shape
    assert count_synapses(circuit, circuit.projection(name)).number == joined == len(kernels.rows().posts)


@pytest.mark.parametrize("padding", [(0, 0), (2, 1), (4, 3)])
@pytest.mark.parametrize("stride", [(1, 1), (3, 2)])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 2), (5, 4)])
def test_windows_of_any_size_and_step(kernel, stride, padding):
    seen, weights = (7, 6), np.random.default_rng(0).normal(size=(2, 3, *kernel))
    matrix, joined = by_hand(weights, seen, stride, padding)
    seeing = tuple((seen[k] + 2 * padding[k] - kernel[k]) // stride[k] + 1 for k in (0, 1))
    windows = Windows(seen, seeing, kernel, stride, padding)
    np.testing.assert_array_equal(Kernels(weights, windows, (2, 3)).rows().matrix(), matrix)
    back = Kernels(weights.swapaxes(0, 1), windows, (3, 2), transposed=True)
    np.testing.assert_array_equal(back.rows().matrix(), matrix.T)
    assert windows.number * 6 == joined


def test_pooling_takes_the_mean_of_every_channel_by_itself(wiring):
    values = np.random.default_rng(2).normal(size=(5, 4, 4))
    means = values.reshape(5, 2, 2, 2, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(values.reshape(-1) @ wiring[POOLING].rows().matrix(), 2 * means.reshape(-1), rtol=1e-12)
    assert wiring[POOLING].weights.size == 1


def test_weights_scale_with_the_inputs_of_a_whole_window(tmp_path, wiring):
    (tmp_path / "plain.toml").write_text(TEXT.replace(", per_input = true", ""), encoding="utf-8")
    plain = wire(load_circuit(tmp_path / "plain.toml"), 1)
    np.testing.assert_allclose(wiring[FIRST].weights * np.sqrt(2 * 3 * 3), plain[FIRST].weights, rtol=1e-12)


def test_tied_kernels_are_turned_round_with_a_part_of_their_own(wiring):
    there, back = wiring[SECOND], wiring[BACK]
    own = back.own * np.sqrt(np.mean(there.weights**2)) * np.sqrt(1 - 0.9**2)
    np.testing.assert_allclose(back.weights, 0.3 * (0.9 * there.weights.swapaxes(0, 1) + own), rtol=1e-12)
    assert back.shape == there.shape[::-1]


def test_a_written_circuit_is_read_as_it_was(tmp_path):
    circuit = load_circuit(FILE)
    (tmp_path / "again.toml").write_text(circuit_text(circuit), encoding="utf-8")
    again = load_circuit(tmp_path / "again.toml")
    assert [p.connectivity for p in again.projections] == [p.connectivity for p in circuit.projections]
    assert "kernel = [3, 3]" in circuit_text(circuit)


def test_stored_kernels_have_four_axes(tmp_path):
    weights = '{ distribution = "normal", sd = 1.5, per_input = true }'
    (tmp_path / "stored.toml").write_text(
        TEXT.replace(weights, '{ distribution = "file", file = "w.npz", array = "k" }'), encoding="utf-8"
    )
    kernel = np.random.default_rng(3).normal(size=(2, 5, 3, 3))
    np.savez(tmp_path / "w.npz", k=kernel)
    np.testing.assert_array_equal(wire(load_circuit(tmp_path / "stored.toml"), 1)[FIRST].weights, kernel)
    np.savez(tmp_path / "w.npz", k=kernel[..., 0])
    with pytest.raises(UserError, match=r"\(2, 5, 3, 3\), \(pre_channel, post_channel, kernel_row, kernel_column\)"):
        load_circuit(tmp_path / "stored.toml")


def test_describe_says_how_windows_lie():
    said = [_connectivity(projection) for projection in load_circuit(FILE).projections]
    assert said == [
        "convolution 3 × 3, stride 2, padding 1",
        "convolution 2 × 3, stride 2 × 1",
        "average pooling 2 × 2",
        "all to all",
    ]


STRIDE = "kernel = 3, stride = 2, padding = 1 }"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sheet = [4, 4], channels = 5", "sheet = [4, 5], channels = 5", r"\[4, 5\]; allowed: \[4, 4\]"),
        ("sheet = [8, 7], channels = 2", "size = 112", "retina/image without"),
        (STRIDE, "kernel = 12 }", r"kernel is larger than the sheet of retina/image"),
        (STRIDE, "kernel = 0 }", "kernel"),
        (STRIDE, "kernel = [3, 3, 3] }", "kernel"),
        (STRIDE, "kernel = 3, stride = 2, padding = -1 }", "padding"),
        ("sheet = [2, 2], channels = 5", "sheet = [2, 2], channels = 4", "5 and 4 channels"),
        ('{ distribution = "constant", value = 2.0 }', '{ distribution = "normal" }', "takes a mean"),
        ('to = "V1/E->V2/E"', 'to = "V1/E->V2/pool"', "projection in the other direction"),
        ('delay = "1 ms"', 'delay = { distribution = "uniform", low = "1 ms", high = "3 ms" }', "have one delay"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, old, new, said):
    assert old in TEXT
    (tmp_path / "wrong.toml").write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError, match=said):
        load_circuit(tmp_path / "wrong.toml")
