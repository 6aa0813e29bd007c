"""Terms that act in every step: the sum over the steps of a phase, in both deliveries and by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.learning.traces import trace_variable
from brainlearn.brian.populations import GAIN
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.recorder import Recorder
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.mistakes import UserError
from brainlearn.rules import Change, Memory, Rule, Trace
from brainlearn.rules.rule import parameters
from tests.oracle.both_deliveries import COPIES, SHIPPED, random_rounds, shrunk
from tests.oracle.test_weight_changes import PLASTIC, learn_both_ways

FAST = Trace("fast", "dfast/dt = -fast/tau_fast : 1", "fast += 1")
PRODUCT = Rule(
    name="product",
    description="a trace times how far the membrane is from its threshold",
    source="none",
    parameters=parameters(tau_fast="7 ms", scale=0.1),
    traces=(FAST,),
    changes=(Change("scale*fast*gain", "threshold_v - v", when="step"),),
)
SMALL = (("step", {"size": 0.02}),)
PHASES = (
    Phase("silent", 20, learn=False),
    Phase("first", 25, reset=False),
    Phase("between", 10, reset=False, learn=False),
    Phase("second", 15, reset=False),
)


def replaced(*changes: Change) -> Rule:
    return Rule(PRODUCT.name, PRODUCT.description, PRODUCT.source, changes, PRODUCT.parameters, PRODUCT.traces)


TOLD = Change("fast*gain", "modulator*(fast - level)", when="transmission")


def told(*changes: Change) -> Rule:
    """Return a rule whose population tells, in every step, how active it is and whether that is right."""
    return replace(
        replaced(*changes),
        parameters=parameters(tau_fast="7 ms", scale=0.1, rate=0.3),
        broadcasts={"goodness": "scale*fast**2"},
        modulators={"modulator": "polarity*exp(-goodness)"},
        memories=(Memory("level", of="fast", where="polarity > 0", rate="rate", scope="unit"),),
    )


@pytest.mark.parametrize(
    "changes",
    [
        PRODUCT.changes,
        (*PRODUCT.changes, Change("fast", "activity")),
        (*PRODUCT.changes, Change("scale", "fast", when="pre_spike")),
        (Change("fast", "scale*(1 - fast)", when="step"), Change("scale*gain", "exp(-fast) - 0.5", when="step")),
    ],
    ids=["alone", "with a phase's end", "with spikes", "two terms"],
)
def test_step_terms_change_weights_like_stock_brian(changes):
    circuit = load_circuit(PLASTIC)
    names = tuple(p.name for p in circuit.projections if not p.source.startswith("retina"))
    learn_both_ways(circuit, Plasticity(replaced(*changes), names, updates=SMALL))


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [(TOLD,), (TOLD, Change("fast", "polarity*nudge_strength", when="step")), (TOLD, Change("gain", "goodness"))],
    ids=["transmission", "with a step", "with a phase's end"],
)
def test_what_is_told_in_every_step_changes_weights_like_stock_brian(changes):
    circuit = load_circuit(PLASTIC)
    names = tuple(p.name for p in circuit.projections if not p.source.startswith("retina"))
    learn_both_ways(circuit, Plasticity(told(*changes), names, updates=SMALL))


def test_a_step_that_is_told_of_the_count_is_refused():
    rule = replace(told(TOLD), broadcasts={"goodness": "activity"})
    with pytest.raises(UserError, match='reads "activity" in every step, but units of V2/E have no such variable'):
        Simulation(load_circuit(PLASTIC), COPIES, PHASES, Plasticity(rule, ("V1/E->V2/E",)))


def test_feedback_of_a_step_is_like_stock_brian():
    circuit = shrunk(next(path for path in SHIPPED if path.stem == "temporal_difference"))
    rule = replaced(Change("fast", "feedback*(threshold_v - v)", when="step"))
    learn_both_ways(circuit, Plasticity(rule, ("V1/E->IT/class",), updates=SMALL))


def test_the_change_is_the_sum_over_the_steps_of_phases_that_learn():
    circuit = load_circuit(PLASTIC)
    name = "V1/E->V2/E"
    projection = next(p for p in circuit.projections if p.name == name)
    simulation = Simulation(circuit, COPIES, PHASES, Plasticity(PRODUCT, (name,)), seed=3, precision="float64")
    simulation.learning[name].updates.clear()
    weights = np.array(simulation.weights(name))
    before = Before(simulation, projection.source, projection.target)
    stimuli = next(random_rounds(simulation)).stimuli
    polarity = np.array([1.0, -1.0, 0.0, 1.0, 0.0, -1.0, 1.0, 1.0])
    simulation.present(iter([Round(stimuli, polarity)]), 1)
    steps = [*range(20, 45), *range(55, 70)]
    trace, membrane, gain = (np.array(each)[steps][:, polarity != 0] for each in before.seen)
    expected = np.einsum("tcp,tcq->pq", 0.1 * trace * gain, 1.0 - membrane) / 6
    mask = simulation.projections[name].mask
    np.testing.assert_allclose(simulation.weights(name) - weights, expected * mask, rtol=1e-12, atol=1e-14)
    assert np.abs(expected).max() > 0.01


class Before(Recorder):
    """Copies what the rule reads when the rule reads it."""

    def __init__(self, simulation: Simulation, source: str, target: str) -> None:
        super().__init__(simulation)
        self.when = "after_thresholds"
        pre, post = simulation.populations[source], simulation.populations[target]
        self.arrays = (pre.array(trace_variable("fast")), post.array("v"), pre.array(GAIN))
        self.seen: tuple[list[np.ndarray], ...] = ([], [], [])

    def run(self) -> None:
        for kept, array in zip(self.seen, self.arrays, strict=True):
            kept.append(array.copy())


@pytest.mark.parametrize("delivery", ["shared", "stock"])
@pytest.mark.parametrize("text", ["activity", "goodness", "voltage"])
def test_step_text_that_names_what_is_not_there_is_refused(text, delivery):
    circuit = load_circuit(Path(PLASTIC))
    plasticity = Plasticity(replaced(Change("fast", text, when="step")), ("V1/E->V2/E",))
    with pytest.raises(
        UserError, match=rf'reads "{text}" in every step, but units of V2/E have no such variable'
    ) as caught:
        Simulation(circuit, COPIES, PHASES, plasticity, delivery)
    assert "plastic.toml" in str(caught.value)
    assert "variables and parameters of the unit, and broadcasts of its population: " in str(caught.value)
