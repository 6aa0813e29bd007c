"""Spikes of many copies that are carried together bring what each would bring by itself, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.brian import copies_line
from brainlearn.brian.copies_line import CopiesLine, bounds_of, line_of
from brainlearn.brian.presenter import Phase
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.simulation_state import restore_simulation, simulation_state
from brainlearn.brian.spread_line import SpreadLine
from brainlearn.circuit.rows import Rows, starts_of
from brainlearn.saved_state import ForeignState
from tests.brian.test_joint_delivery import several, spikes

PRE, POST, COPIES, LONGEST = 12, 9, 20, 6


def rows(rng: np.random.Generator, dtype: str = "float64") -> Rows:
    """Return synapses of which some join one pair, some units have none, and some arrive at once."""
    pres = np.sort(rng.integers(0, PRE - 2, 150))
    delays, posts = rng.integers(0, LONGEST + 1, 150).astype(np.uint8), rng.integers(0, POST, 150).astype(np.int32)
    order = np.lexsort((posts, delays, pres))
    starts = starts_of(np.bincount(pres, minlength=PRE))
    return Rows(starts, posts[order], rng.normal(size=150).astype(dtype), POST, delays[order])


def volleys(rng: np.random.Generator, steps: int) -> list[np.ndarray]:
    """Return the spikes of some steps; in some hardly any unit spikes, in some nearly all."""
    rates = rng.choice([0.0, 0.02, 0.1, 0.4, 0.9], steps)
    return [np.flatnonzero(rng.random(COPIES * PRE) < rate).astype(np.int32) for rate in rates]


@pytest.mark.parametrize("dtype", ["float32", pytest.param("float64", marks=pytest.mark.slow)])
@pytest.mark.parametrize("constant", [1.0, -0.3, None])
def test_sums_have_the_bits_of_spikes_one_by_one(dtype: str, constant: float | None) -> None:
    rng = np.random.default_rng(3)
    synapses = rows(rng, dtype)
    together, apart = (rng.normal(size=(2, COPIES, POST)).astype(dtype) for _ in range(2))
    together[:] = apart
    statements = 1 if constant is not None else 2
    one = CopiesLine(synapses, synapses.weights, tuple(together[:statements]), constant)
    other = SpreadLine(synapses, synapses.weights, tuple(apart[:statements]))
    for sent in volleys(rng, 60):
        factors = [constant] if constant is not None else list(rng.normal(size=(2, len(sent))).astype(dtype))
        one.step(sent, factors)
        other.step(sent, factors)
        np.testing.assert_array_equal(together, apart)


def test_what_arrives_is_by_hand_what_was_sent_a_delay_before() -> None:
    rng = np.random.default_rng(4)
    synapses, sent = rows(rng), volleys(rng, 30)
    target = np.zeros((COPIES, POST))
    line = CopiesLine(synapses, synapses.weights, [target], 0.5)
    assert synapses.delays is not None
    for now, spikes_now in enumerate(sent):
        line.step(spikes_now, [0.5])
        expected = np.zeros((COPIES, POST))
        for pre, post, weight, delay in zip(
            synapses.pres, synapses.posts, synapses.weights, synapses.delays.tolist(), strict=True
        ):
            for before in range(now + 1 - delay):
                expected[sent[before][sent[before] % PRE == pre] // PRE, post] += 0.5 * weight
        np.testing.assert_allclose(target, expected, atol=1e-12)


@pytest.mark.parametrize("constant", [2.0, None])
def test_it_is_saved_and_goes_on_as_either_line(constant: float | None) -> None:
    rng = np.random.default_rng(5)
    synapses, sent = rows(rng), volleys(rng, 40)
    targets = np.zeros((3, COPIES, POST))
    makes = (
        (lambda t: CopiesLine(synapses, synapses.weights, [t], constant)),
        (lambda t: SpreadLine(synapses, synapses.weights, [t])),
    )
    first = makes[0](targets[0])

    def factors(volley: np.ndarray) -> list[float | np.ndarray]:
        return [constant if constant is not None else 1.0 + volley % 7]

    for volley in sent[:20]:
        first.step(volley, factors(volley))
    lines = [first, *(make(target) for make, target in zip(makes, targets[1:], strict=True))]
    targets[1:] = targets[0]
    for line in lines[1:]:
        line.restore(first.state(), COPIES * PRE)
    assert len(first.state()["spikes"]) > 0
    for volley in sent[20:]:
        for line in lines:
            line.step(volley, factors(volley))
    np.testing.assert_array_equal(targets[1], targets[0])
    np.testing.assert_array_equal(targets[2], targets[0])


def test_spikes_of_other_units_are_not_taken_up() -> None:
    synapses = rows(np.random.default_rng(6))
    line = CopiesLine(synapses, synapses.weights, [np.zeros((COPIES, POST))], 1.0)
    line.step(np.array([3], dtype=np.int32), [1.0])
    with pytest.raises(ForeignState, match="other units"):
        line.restore(line.state(), 2)


def test_what_was_cleared_does_not_arrive() -> None:
    synapses, target = rows(np.random.default_rng(7)), np.zeros((COPIES, POST))
    line = CopiesLine(synapses, synapses.weights, [target], 1.0)
    line.step(np.arange(COPIES * PRE, dtype=np.int32), [1.0])
    line.clear()
    before = target.copy()
    for _ in range(LONGEST + 2):
        line.step(np.zeros(0, dtype=np.int32), [0.0])
    np.testing.assert_array_equal(target, before)


def test_bounds_enclose_the_synapses_with_a_delay() -> None:
    synapses = rows(np.random.default_rng(8))
    assert synapses.delays is not None
    bounds = bounds_of(synapses)
    for pre in range(PRE):
        for delay in range(LONGEST + 1):
            found = np.arange(bounds[pre, delay], bounds[pre, delay + 1])
            np.testing.assert_array_equal(found, np.flatnonzero((synapses.pres == pre) & (synapses.delays == delay)))


@pytest.mark.parametrize(
    ("copies", "most", "kind"), [(31, 2**30, SpreadLine), (32, 2**30, CopiesLine), (32, 100, SpreadLine)]
)
def test_few_copies_and_what_is_too_large_are_carried_spike_by_spike(
    copies: int, most: int, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies_line, "MOST_BYTES", most)
    synapses = rows(np.random.default_rng(9))
    assert type(line_of(synapses, synapses.weights, [np.zeros((copies, POST))], 1.0)) is kind


@pytest.mark.parametrize("alone", [-1, 4])
def test_many_copies_spike_as_in_stock_brian(alone: int) -> None:
    phases = [Phase("show", 300)]
    with (
        Simulation(several(alone), 33, phases, precision="float64") as copies,
        Simulation(several(alone), 33, phases, precision="float64", delivery="stock") as stock,
    ):
        assert all(isinstance(each.spread, CopiesLine) for each in copies.projections.values())
        np.testing.assert_array_equal(spikes(copies, 1), spikes(stock, 1))


def test_many_copies_go_on_with_the_spikes_under_way() -> None:
    phases = [Phase("show", 100, reset=False)]
    with Simulation(several(), 32, phases) as one, Simulation(several(), 32, phases) as other:
        spikes(one)
        restore_simulation(other, {name: np.array(each) for name, each in simulation_state(one).items()})
        np.testing.assert_array_equal(spikes(one), spikes(other))
        assert spikes(one).any()
