from __future__ import annotations

import gc

import numpy as np
import pytest
from brian2.core import network as network_module

from brainlearn.circuit import Circuit
from brainlearn.verification import verify as verification
from brainlearn.verification.same_spikes import Comparison, Record
from brainlearn.verification.verify import verify
from pages.engine_examples import BUILT_IN, Example


@pytest.fixture
def circuit() -> Circuit:
    return BUILT_IN["lif_delta"].circuit("small")


def record(values: list[float], spikes: list[bool]) -> Record:
    return Record({"V1/E.v": [np.array([values])]}, {"V1/E": [np.array([spikes])]})


def comparison(stock: list[float], other: list[float]) -> Comparison:
    found = Comparison()
    found.add(record(stock, [True]), record(other, [True]))
    return found


def test_spikes_that_agree_are_counted_against_those_of_either_machine() -> None:
    found = Comparison()
    found.add(record([0.0], [True, True, False, False]), record([0.0], [True, False, True, False]))
    assert (found.agreeing, found.all_spikes) == ({"V1/E": 1}, {"V1/E": 3})
    assert found.misfiring() == ["V1/E"]


@pytest.mark.parametrize("size", [1e9, 1.0, 1e-12])
def test_differences_count_in_multiples_of_the_variable(size: float) -> None:
    assert comparison([size, -0.5 * size], [size, -0.5 * size + 1e-12 * size]).holds(1e-10)
    assert comparison([size, -0.5 * size], [size, -0.5 * size + 1e-8 * size]).deviating(1e-10) == ["V1/E.v"]


def test_what_is_zero_in_stock_brian_is_zero_elsewhere() -> None:
    assert comparison([0.0], [0.0]).holds(1e-10)
    assert not comparison([0.0], [1e-300]).holds(1e-10)


@pytest.mark.parametrize(("stock", "other"), [(np.nan, np.nan), (np.inf, np.inf), (1.0, np.nan), (1.0, np.inf)])
def test_what_is_not_finite_never_agrees(stock: float, other: float) -> None:
    found = comparison([stock, 1.0], [other, 1.0])
    assert found.differences == {"V1/E.v": np.inf}
    assert not found.holds(1e-10)


def test_the_time_of_a_spike_that_never_was_hides_no_difference() -> None:
    assert comparison([-1e9, 0.01], [-1e9, 0.011]).sizes == {"V1/E.v": 0.01}
    assert not comparison([-1e9, 0.01], [-1e9, 0.011]).holds(1e-10)


@pytest.mark.parametrize("steps", [1, 49, 50, 51, 300, 2_000])
def test_stretches_cover_all_steps_and_reset_before_every_other_stimulus(steps: int, circuit: Circuit) -> None:
    stretches = list(verification._stretches(circuit, steps, 2, 0, 1.0))
    done = np.cumsum([0, *(count for _, _, count, _ in stretches)])
    assert [start for start, *_ in stretches] == list(done[:-1])
    assert done[-1] == steps
    assert max(count for _, _, count, _ in stretches) <= verification.STEPS_AT_ONCE
    onsets = [k for k, (_, stimuli, _, _) in enumerate(stretches) if k == 0 or stimuli is not stretches[k - 1][1]]
    resets = [k for k, (*_, reset) in enumerate(stretches) if reset]
    assert resets == onsets[::2]
    assert len(onsets) <= verification.STIMULI


def test_spikes_with_a_long_delay_arrive() -> None:
    example = Example("lif_delta", dt="0.1 ms", delay="20 ms", drive=1.0, weight=3.0)
    found = verify(example.circuit("slow"), steps=900, copies=1, machines=["copies"])
    assert found.spikes["V2/E"] > 0
    assert found.holds


def test_every_machine_spikes_like_stock_brian(circuit: Circuit) -> None:
    seen: list[tuple[int, int]] = []
    found = verify(circuit, steps=70, copies=2, watch=lambda done, steps: seen.append((done, steps)))
    assert found.holds
    assert list(found.machines) == ["copies", "mirror"]
    assert min(found.spikes.values()) > 50
    assert found.machines["mirror"].agreeing == found.spikes
    assert seen == [(0, 70), (50, 70), (70, 70)]


def test_random_spikes_are_the_same_in_stock_brian_and_in_copies() -> None:
    found = verify(BUILT_IN["poisson"].circuit("random"), steps=120, copies=2, machines=["copies"])
    assert found.spikes["retina/image"] > 20
    assert found.holds


def test_the_seed_draws_weights_and_stimuli(circuit: Circuit) -> None:
    spikes = [verify(circuit, 50, 1, seed=seed, machines=["copies"]).spikes for seed in (1, 1, 2)]
    assert spikes[0] == spikes[1] != spikes[2]


def test_a_circuit_without_stimuli_is_verified() -> None:
    text = '[neurons.pacemaker]\nequations = "dv/dt = (2 - v)/(10*ms) : 1"\nthreshold = "v > 1"\nreset = "v = 0"\n'
    pacemaker = Example("pacemaker", stimulus="pacemaker", feed="delta", text=text, weight=0.1, drive=0.1)
    assert verify(pacemaker.circuit("pacemaker"), steps=60, copies=2).holds


def test_brian2_collects_garbage_again_afterwards(circuit: Circuit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_module, "gc", gc)
    verify(circuit, steps=1, copies=1, machines=["copies"])
    assert network_module.gc is gc
