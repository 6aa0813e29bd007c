"""`verify` of circuits with random numbers, and of circuits that amplify rounding."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from brainlearn.brian.loading import with_text_checked
from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import read_tables
from brainlearn.mistakes import UserError
from brainlearn.neurons import NEURONS
from brainlearn.verification import verify as verification
from brainlearn.verification.same_spikes import Divergence, Record
from brainlearn.verification.statistics import CORRELATION, RATE, VARIATION, SpikeTally, compare_statistics
from brainlearn.verification.verify import verify

HEADER = """
name = "noisy"
dt = "0.5 ms"
"""
NOISY = """
[neurons.noisy]
equations = '''
dv/dt = (1.1 - v)/(10*ms) + 0.1*xi_1/ms**0.5 - 0.05*xi_2/ms**0.5 : 1
da/dt = -a/(20*ms) + 0.3*xi_1/ms**0.5 : 1
'''
threshold = "v > 1"
reset = "v = 0.1*rand()"
"""
PROJECTIONS = """
[[areas]]
name = "V1"
level = 1
populations = [{ name = "P", size = 20, neuron = "poisson" }, { name = "E", size = 30, neuron = "NEURON" }]

[[projections]]
source = "V1/P"
target = "V1/E"
pathway = "lateral"
synapse = "delta"
delay = "1 ms"
weights = { distribution = "normal", sd = 0.4 }
"""
CHAOTIC = """
[neurons.chaotic]
equations = '''
dv/dt = (1.5 + x)/(2*ms) : 1
dx/dt = 0/second : 1
'''
threshold = "v > 1"
reset = "v = 0; x = sin(20*x + 1)"
initial = { x = { distribution = "uniform", low = 0, high = 1 } }

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 20, neuron = "chaotic" }]
"""


def circuit_of(text: str) -> Circuit:
    reading = with_text_checked(read_tables(tomllib.loads(HEADER + text), "noisy"))
    if reading.mistakes or reading.circuit is None:
        raise UserError(*reading.mistakes)
    return reading.circuit


# ---- the same random numbers ---------------------------------------------------------------------------------------


def test_stock_brian_and_copies_draw_the_same_noise() -> None:
    found = verify(circuit_of(NOISY + PROJECTIONS.replace("NEURON", "noisy")), steps=200, copies=3)
    assert found.holds
    assert found.machines["copies"].divergence.step is None
    assert found.spikes["V1/E"] > 200
    assert "The mirror was not compared: noisy: neurons.noisy: the mirror cannot render rand" in str(found)


def test_two_noises_of_one_neuron_are_independent() -> None:
    """`v` and `a` share `xi_1`; with `xi_2` alone in their place they would be uncorrelated."""
    equations = "dv/dt = -v/(10*ms) + (xi_1 + xi_2)/ms**0.5 : 1\nda/dt = -a/(10*ms) + xi_1/ms**0.5 : 1"
    text = f"[neurons.two]\nequations = '''{equations}'''\noutput = 'v'\n"
    text += '[[areas]]\nname = "V1"\nlevel = 1\npopulations = [{ name = "E", size = 2000, neuron = "two" }]\n'
    machine = verification._BrianMachine(circuit_of(text), "shared", 2, {}, 0)
    record = machine.present({}, 100, True)
    v, a = (record.states[f"V1/E.{name}"][-1].reshape(-1) for name in "va")
    assert np.corrcoef(v, a)[0, 1] == pytest.approx(1 / np.sqrt(2), abs=0.04)
    assert v.var() / a.var() == pytest.approx(2, rel=0.1)


def test_the_mirror_is_handed_random_stimuli() -> None:
    found = verify(circuit_of(PROJECTIONS.replace("NEURON", "lif_delta")), steps=200, copies=3)
    assert found.holds
    assert set(found.machines) == {"copies", "mirror"}
    assert found.handed == ("V1/P",)
    assert found.machines["mirror"].agreeing == found.spikes
    assert "it was handed the spikes of V1/P" in str(found)


def test_the_mirror_alone_is_refused_if_it_cannot_render() -> None:
    with pytest.raises(UserError, match="cannot render rand"):
        verify(circuit_of(NOISY + PROJECTIONS.replace("NEURON", "noisy")), steps=10, machines=("mirror",))


def test_a_wrong_rate_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = circuit_of(PROJECTIONS.replace("NEURON", "lif_delta"))
    faster = replace(NEURONS["poisson"], threshold="rand() < 1.05*rate*dt")
    simulation = verification.Simulation

    def wrong(circuit: Circuit, *arguments: object, **options: object) -> verification.Simulation:
        if options["delivery"] == "shared":
            circuit = circuit.with_parts(neurons={**circuit.neurons, "poisson": faster})
        return simulation(circuit, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(verification, "Simulation", wrong)
    found = verify(circuit, steps=400, copies=4)
    assert not found.holds
    assert "the copies differ from stock Brian2 in V1/P (spikes)" in str(found)
    assert "V1/P first, in step" in str(found)


# ---- rounding that grows -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_chaotic_circuit_is_compared_in_the_mean() -> None:
    found = verify(circuit_of(CHAOTIC), steps=3000, copies=4)
    apart = found.machines["mirror"].divergence
    assert apart.step is not None
    assert apart.by_rounding(found.tolerance)
    assert found.machines["copies"].divergence.step is None
    assert found.statistics["mirror"].agree
    assert found.holds
    assert f"in V1/E from step {apart.step:,} on. Until then states differ by at most" in str(found)
    assert "agree over 12 copies of seeds 0, 1, 2" in str(found)


@pytest.mark.parametrize(
    ("errors", "by_rounding"),
    [
        ((1e-15, 1e-13, 1e-11, 1e-9), True),
        ((1e-15, 1e-15, 1e-15, 1e-15), False),  # a spike too many
        ((1e-15, 1e-15, 1e-9, 1e-9), False),  # a leap
        ((0.0, 0.0, 0.0, 0.0), False),
    ],
)
def test_only_what_grows_is_taken_for_rounding(errors: tuple[float, ...], by_rounding: bool) -> None:
    one, silence = np.ones((1, 1)), np.zeros((1, 1), dtype=bool)
    stock = Record({"E.v": [one] * 5}, {"E": [silence] * 5})
    other = Record({"E.v": [*(one + each for each in errors), one]}, {"E": [*[silence] * 4, ~silence]})
    apart = Divergence()
    apart.add(stock, other, {"E.v": 1.0})
    assert (apart.step, apart.populations) == (5, ("E",))
    assert apart.by_rounding(1e-10) == by_rounding


@pytest.mark.parametrize(
    ("errors", "step"),
    [
        ([1e-15, 1e-13, 3e-11, 2e-9, 1e-8], 4),
        ([1e-15, 1e-13, 3e-11, 6e-11, 9e-11], None),  # within what is allowed
        ([1e-15, 1e-15, 1e-9, 1e-9, 1e-9], None),  # leapt
        ([1e-15, 1e-12, 1e-9, 1e-7, 2e-6], None),  # more than grows where spikes agree
    ],
)
def test_states_that_come_apart_little_by_little_differ_by_rounding(errors: list[float], step: int | None) -> None:
    one, spikes = np.ones((1, 1)), [np.ones((1, 1), dtype=bool)] * 5
    apart = Divergence()
    apart.add(
        Record({"E.v": [one] * 5}, {"E": spikes}),
        Record({"E.v": [one + e for e in errors]}, {"E": spikes}),
        {"E.v": 1.0},
    )
    assert apart.grown(1e-10) == step


# ---- statistics ----------------------------------------------------------------------------------------------------


def poisson(rate: float, seed: int, steps: int = 4000, common: float = 0.0) -> Record:
    """Return Poisson spikes of 4 copies of 30 units with a rate [Hz] at steps of 1 ms, some of them in common."""
    rng = np.random.default_rng(seed)
    own = rng.random((steps, 4, 30)) < rate * 1e-3 * (1 - common)
    return Record({}, {"E": list(own | (rng.random((steps, 4, 1)) < rate * 1e-3 * common))})


def measured(record: Record) -> dict[tuple[str, str], np.ndarray]:
    tally = SpikeTally(1e-3)
    tally.add(record)
    return tally.measured()


def test_statistics_are_those_of_poisson_trains() -> None:
    found = measured(poisson(20.0, 1))
    np.testing.assert_allclose(found["E", RATE], 20.0, rtol=0.08)
    np.testing.assert_allclose(found["E", VARIATION], np.sqrt(1 - 0.02), atol=0.05)
    np.testing.assert_allclose(found["E", CORRELATION], 0.0, atol=0.02)


@pytest.mark.parametrize(("rate", "common", "differs"), [(20.0, 0.0, ""), (22.0, 0.0, RATE), (20.0, 0.2, CORRELATION)])
def test_a_difference_is_found_over_three_seeds(rate: float, common: float, differs: str) -> None:
    stock = [measured(poisson(20.0, seed)) for seed in range(3)]
    other = [measured(poisson(rate, 100 + seed, common=common)) for seed in range(3)]
    found = compare_statistics(stock, other, range(3))
    assert found.pairs == 12
    assert found.agree == (not differs)
    assert differs in {"", *(each.name for each in found.deviating)}
    said = "would have been seen" if not differs else f"they differ in {differs}" if differs == RATE else differs
    assert said in str(found)


def test_silence_is_not_taken_for_agreement() -> None:
    nothing = [measured(poisson(0.0, seed)) for seed in range(3)]
    assert not [each for each in compare_statistics(nothing, nothing, range(3)).differences if each.name != RATE]
