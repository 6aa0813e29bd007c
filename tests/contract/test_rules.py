"""What every learning rule keeps to."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.state_drive import StateDrive
from brainlearn.brian.learning.traces import trace_variable
from brainlearn.brian.populations import SPIKE_COUNT, PopulationGroup
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Delivery, Plasticity, Simulation
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES, Change, Memory, Rule, State, Trace
from brainlearn.rules.locality import find_non_local
from brainlearn.rules.names import check_names, check_use
from brainlearn.rules.reads import Unit
from brainlearn.rules.rule import When, parameters
from brainlearn.units import parse_quantity
from tests.oracle.both_deliveries import (
    COPIES,
    OF_ITS_OWN,
    SHIPPED,
    VOLTS,
    in_volts,
    phases_of,
    random_rounds,
    reads_feedback,
    shrunk,
)

LOCAL = Rule(
    name="local",
    description="reads what it may",
    source="none",
    parameters=parameters(rate=0.1, tau_trace="20 ms"),
    traces=(Trace("trace", "dtrace/dt = -trace/tau_trace : 1", "trace += 1"),),
    broadcasts={"goodness": "activity**2"},
    modulators={"surprise": "polarity*(goodness - level)", "modulator": "exp(-surprise)"},
    memories=(Memory("level", of="goodness", where="polarity > 0", rate="rate", scope="population"),),
    changes=(Change(pre="trace*gain", post="modulator*activity - level"),),
)

NON_LOCAL: dict[str, tuple[dict[str, object], str, str]] = {
    # parts of the rule, the key that is named, and the name or the call that is refused there
    "presynaptic text reads a postsynaptic broadcast": (
        {"changes": (Change("goodness", "1"),)},
        "changes[0].pre",
        "goodness",
    ),
    "presynaptic text reads a modulator": (
        {"changes": (Change("trace*modulator", "1"),)},
        "changes[0].pre",
        "modulator",
    ),
    "presynaptic text reads a memory": (
        {"changes": (Change("level", "1"),)},
        "changes[0].pre",
        "level",
    ),
    "presynaptic text reads the other unit": (
        {"changes": (Change("activity_post", "1"),)},
        "changes[0].pre",
        "activity_post",
    ),
    "postsynaptic text reads the other unit": (
        {"changes": (Change("1", "trace_pre"),)},
        "changes[0].post",
        "trace_pre",
    ),
    "postsynaptic text reads a weight": (
        {"changes": (Change("1", "w*activity"),)},
        "changes[0].post",
        "w",
    ),
    "postsynaptic text takes a sum": (
        {"changes": (Change("1", "sum(activity)"),)},
        "changes[0].post",
        "calls sum",
    ),
    "top-down presynaptic text reads what is told to the other side": (
        {"top_down": (Change("nudge_strength", "1"),)},
        "top_down[0].pre",
        "nudge_strength",
    ),
    "top-down postsynaptic text reads the other unit": (
        {"top_down": (Change("1", "activity_pre"),)},
        "top_down[0].post",
        "activity_pre",
    ),
    "a step reads a broadcast before the synapse": (
        {"changes": (Change("goodness", "trace", "step"),)},
        "changes[0].pre",
        "goodness",
    ),
    "a transmission reads a modulator before the synapse": (
        {"changes": (Change("modulator", "trace", "transmission"),)},
        "changes[0].pre",
        "modulator",
    ),
    "a step reads the count": (
        {"changes": (Change("activity", "trace", "step"),)},
        "changes[0].pre",
        "activity",
    ),
    "a step is told of a count": (
        {"changes": (Change("trace", "modulator", "step"),)},
        "broadcasts.goodness",
        "activity",
    ),
    "a step reads the other unit": (
        {"changes": (Change("trace", "v_pre", "step"),)},
        "changes[0].post",
        "v_pre",
    ),
    "a broadcast reads a weight": (
        {"broadcasts": {"goodness": "w*activity"}},
        "broadcasts.goodness",
        "w",
    ),
    "a broadcast reads another": (
        {"broadcasts": {"a": "activity", "goodness": "a"}},
        "broadcasts.goodness",
        "a",
    ),
    "a modulator reads units": (
        {"modulators": {"surprise": "activity", "modulator": "1"}},
        "modulators.surprise",
        "activity",
    ),
    "a modulator comes too late": (
        {"modulators": {"modulator": "surprise", "surprise": "1"}},
        "modulators.modulator",
        "surprise",
    ),
    "a memory has no rate": (
        {"memories": (Memory("level", "goodness", "polarity > 0", "speed", "population"),)},
        "memories[0].rate",
        "speed",
    ),
    "a memory chooses by units": (
        {"memories": (Memory("level", "goodness", "activity > 0", "rate", "population"),)},
        "memories[0].where",
        "activity",
    ),
    "a trace follows others": (
        {"traces": (Trace("trace", "dtrace/dt = (mean_activity - trace)/tau_trace : 1", "trace += 1"),)},
        "traces[0].equation",
        "mean_activity",
    ),
    "a trace is raised by others": (
        {"traces": (Trace("trace", "dtrace/dt = -trace/tau_trace : 1", "trace += other_trace"),)},
        "traces[0].on_spike",
        "other_trace",
    ),
    "a state is multiplied by what a population tells": (
        {"states": (State("trail", "dtrail/dt = -trail/tau_trace : 1", on_step="trail *= modulator"),)},
        "states[0].on_step",
        "modulator",
    ),
    "a state is not multiplied in every step": (
        {"states": (State("trail", "dtrail/dt = -trail/tau_trace : 1", on_step="trail += trace_post"),)},
        "states[0].on_step",
        "multiplies a state, and does nothing else",
    ),
    **{
        f"a state is driven by {what}": (
            {"states": (State("trail", f"dtrail/dt = ({text} - trail)/tau_trace : 1"),)},
            "states[0].equation",
            name,
        )
        for what, text, name in (
            ("what a population tells", "trace_pre*modulator", "modulator"),
            ("the weight", "trace_pre*w", "w"),
            ("a unit of no side", "trace", "trace"),
            ("another unit's variable", "trace_pre*other_post", "other"),
            ("the count", "activity_pre", "activity"),
            ("time", "trace_pre*t/tau_trace", "t"),
        )
    },
}


@pytest.fixture(params=RULES)
def rule(request) -> Rule:
    return RULES[request.param]


# ---- locality, by what the text names ------------------------------------------------------------------------------


SPIKING = Unit("spiking units", frozenset({"v", "threshold_v"}))  # what rules may read in a step, beside traces


WITH_DENDRITES = frozenset({"activity", "soma", "predicted", "apical", "slope", "top_down_slope"})
DENDRITIC = Unit("cells with dendrites", WITH_DENDRITES)

PERTURBED = Unit("units that are perturbed, and have a target", frozenset({"perturbation", "target"}))
SAMPLING = Unit("units that sample", frozenset({"probability", "earlier", "activity", "recognition", "generation"}))


def not_local(rule: Rule) -> list[str]:
    sampling = rule.name in ("contrastive_divergence", "wake_sleep")
    unit = SAMPLING if sampling else DENDRITIC if rule.name in OF_ITS_OWN else SPIKING
    unit = PERTURBED if rule.name == "node_perturbation" else unit
    return [str(mistake) for mistake in find_non_local(rule, unit, unit)]


def test_every_rule_is_local(rule):
    assert not_local(rule) == []


def test_a_local_rule_passes_the_contract():
    assert not_local(LOCAL) == []
    in_every_step = Change("trace*gain", "feedback*exp(v - threshold_v)*trace", when="step")
    assert not_local(dataclasses.replace(LOCAL, changes=(in_every_step,))) == []
    told = Change("trace*gain", "modulator*polarity*(trace - level)", when="transmission")
    goodness = {"goodness": "trace**2"}
    assert not_local(dataclasses.replace(LOCAL, changes=(told,), broadcasts=goodness)) == []


@pytest.mark.parametrize(("parts", "place", "name"), NON_LOCAL.values(), ids=NON_LOCAL.keys())
def test_a_rule_that_is_not_local_breaks_the_contract(parts, place, name):
    found = find_non_local(dataclasses.replace(LOCAL, **parts), SPIKING, SPIKING)
    at = [mistake for mistake in found if mistake.where == place]
    assert any(mistake.found == f'"{name}"' or name in mistake.wrong for mistake in at), found


def test_every_rule_gives_names_that_nobody_has_and_uses_them(rule):
    assert [*check_names(rule), *check_use(rule)] == []


# ---- locality, by what happens -------------------------------------------------------------------------------------


def between(rule: Rule) -> tuple[str, str, str]:
    """Return a circuit with populations, spiking if the rule does not ask for others, that it can work between."""
    if rule.name in OF_ITS_OWN:
        stem, projections = OF_ITS_OWN[rule.name]
        source, _, target = projections[0].partition("->")
        return stem, source, target
    if rule.top_down or reads_feedback(rule):
        return "temporal_difference", "V1/E", "IT/class"
    return "volts" if in_volts(rule) else "two_areas", "V1/E", "V2/E"


def projection_of(rule: Rule) -> str:
    _, source, target = between(rule)
    return f"{source}->{target}"


def simulate(
    rule: Rule,
    precision: str = "float64",
    delivery: Delivery = "shared",
    learns: bool = True,
    projection: str | None = None,
) -> Simulation:
    stem, *_ = between(rule)
    circuit = shrunk(next(path for path in (*SHIPPED, VOLTS) if path.stem == stem), untied=True)
    phases = phases_of(rule, (Phase("show", 25, learn=learns, nudge=1.0),))
    if not learns:
        phases = tuple(dataclasses.replace(phase, learn=False) for phase in phases)
    size = 0.01 if rule.name in OF_ITS_OWN else 1.0  # what feeds back in them would run away
    plasticity = Plasticity(rule, (projection or projection_of(rule),), updates=(("step", {"size": size}),))
    return Simulation(circuit, COPIES, phases, plasticity, delivery, precision=precision)


def proposals(learning: ProjectionLearning, simulation: Simulation) -> np.ndarray:
    """Return all that the rule would do now, for this step, at a phase's end and for its spikes, (pre, post)."""
    everyone = np.ones(COPIES, dtype=bool)
    if learning.states is not None:
        for drive in (each for each in learning.states.contained_objects if isinstance(each, StateDrive)):
            drive.run()
        learning.states.run()
    if learning.steps is not None:
        learning.steps.begin(everyone)
        learning.steps.hold()
        learning.steps.run()
    for values in (learning.pre, learning.post.values):
        values.forget()
    target = learning.post.values.population
    now = simulation.rules[0].now[target.population.path]
    now.forget()
    found = [learning.proposal(everyone), learning.spike_change(now, everyone), learning.rate_of_change(now, everyone)]
    return sum((change for change in found if change is not None), np.zeros(learning.weights.shape))


def ways(rule: Rule) -> list[tuple[str, str]]:
    """Return the ends of the projections whose terms are tested: bottom-up, and top-down if these have their own."""
    _, source, target = between(rule)
    return [(source, target), (target, source)] if rule.top_down else [(source, target)]


def own_variables(population: PopulationGroup) -> list[str]:
    """Return what a rule may read in a step beside traces: the membrane, and what feedback is made of."""
    dendrites = ("soma", "basal", "apical", "forward", "expected")
    names = ("v", "activity", *dendrites, "perturbation", "recent", *sorted(population.summed))
    return [name for name in names if population.has(name)]


@pytest.mark.parametrize("side", ["pre", "post"])
@pytest.mark.parametrize(
    ("rule", "way"),
    [(rule, way) for rule in RULES.values() for way in ways(rule)],
    ids=lambda each: getattr(each, "name", "->".join(each) if isinstance(each, tuple) else ""),
)
def test_a_unit_reaches_only_its_own_synapses(rule, way, side):
    """Whatever one unit did, other units' synapses change as before, once broadcasts are as before."""
    name = "->".join(way)
    simulation = simulate(rule, projection=name)
    rounds = random_rounds(simulation)
    simulation.present((dataclasses.replace(r, learn=False) for r in rounds), 1)
    learning = simulation.learning[name]
    source, target = (simulation.populations[path] for path in way)
    everybody = np.arange(source.group.N, dtype=np.int32)
    learning.synapses.arriving = lambda: everybody  # every unit spikes: every term is at work
    target.spikes = lambda: np.arange(target.group.N, dtype=np.int32)  # type: ignore[method-assign]
    let_spike(learning, source, target, side)
    before = proposals(learning, simulation)
    population = source if side == "pre" else target
    unit = min(7, population.population.size - 1)
    if side == "pre":  # and that it spiked
        others = everybody[everybody % source.population.size != unit]
        learning.synapses.arriving = lambda: others
    traces = filter(population.has, (trace_variable(trace.name) for trace in rule.traces))
    counted = [SPIKE_COUNT] if population.spiking else []
    for k, name in enumerate((*counted, *traces, *own_variables(population))):
        # each by another amount in every copy: a rule may read a difference, or add up copies of opposite polarities
        population.array(name)[:, unit] += (1.0 + 0.1 * k) * np.linspace(1.0, 2.0, COPIES)
    for values in (learning.pre, learning.post.values):
        for earlier in values.before.values() if values.population is population else ():
            earlier[:, unit] += 1.0
        if values.feedback is not None and values.population is population:
            values.feedback.total[:, unit] += 1.0
    let_spike(learning, source, target, side, unit)
    moved = np.abs(proposals(learning, simulation) - before) > 1e-9
    rows = moved if side == "pre" else moved.T
    assert rows[unit].any()
    assert not np.delete(rows, unit, axis=0).any()


def let_spike(
    learning: ProjectionLearning,
    source: PopulationGroup,
    target: PopulationGroup,
    side: str,
    unit: int | None = None,
) -> None:
    """Let one unit, or none, spike twice in all copies, and bring that to the states of its synapses, however late.

    Where postsynaptic spikes set no state, all presynaptic units spike before the postsynaptic one: what it does shows
    at synapses that are at work.
    """
    if learning.states is None:
        return
    learning.states.clear()  # nothing else is under way
    saved = source.spikes, target.spikes
    background = side == "post" and not any(state.on_post for state in learning.rule.states)
    for step in range(50):
        for population in (source, target):
            alone = population is (source if side == "pre" else target) and unit is not None and step < 2
            spikes = np.arange(COPIES) * population.population.size + unit if alone else []
            if population is source and background and step == 0:
                spikes = np.arange(population.group.N)
            population.spikes = lambda spikes=spikes: np.array(spikes, dtype=np.int32)  # type: ignore[method-assign]
        learning.states.take_spikes()
    source.spikes, target.spikes = saved  # type: ignore[method-assign]


# ---- what else a rule owes -----------------------------------------------------------------------------------------


def test_every_rule_says_what_it_is_and_where_it_comes_from(rule):
    assert RULES[rule.name] is rule
    assert len(rule.description) > 20
    assert any(character.isdigit() for character in rule.source), "a source has a year"
    assert rule.changes


def test_every_parameter_has_a_default_that_is_used(rule):
    texts = [part for change in (*rule.changes, *rule.top_down) for part in (change.pre, change.post)]
    texts += [*rule.broadcasts.values(), *rule.modulators.values()]
    texts += [part for trace in rule.traces for part in (trace.equation, trace.on_spike)]
    texts += [part for memory in rule.memories for part in (memory.of, memory.where, memory.rate)]
    texts += [part for change in rule.changes for part in (change.weight, change.synapse)]
    texts += [part for state in rule.states for part in (*state.texts, state.delay)]
    for name, default in rule.parameters.items():
        again = parse_quantity(default.text)
        assert again.dimension == default.dimension
        assert again.value == pytest.approx(default.value, rel=1e-12)
        assert math.isfinite(default.value)
        assert any(name in text for text in texts), f"{name} is not used"


@pytest.mark.parametrize("precision", ["float32", pytest.param("float64", marks=pytest.mark.slow)])
def test_every_rule_learns_in_spiking_areas_and_stays_finite(rule, precision):
    simulation = simulate(rule, precision)
    name = projection_of(rule)
    before = simulation.weights(name).copy()
    simulation.present(random_rounds(simulation), 4)
    after = simulation.weights(name)
    assert np.isfinite(after).all()
    assert np.mean(np.abs(after - before) > 1e-5) > 0.2
    assert all(population.finite() for population in simulation.populations.values())


SILENCED: dict[str, Callable[[Round], tuple[Round, bool]]] = {
    "a round that does not learn": lambda r: (Round(r.stimuli, r.polarity, learn=False), True),
    "a phase that does not learn": lambda r: (r, False),
    "copies without polarity": lambda r: (Round(r.stimuli, np.zeros(COPIES)), True),
}


@pytest.mark.parametrize("delivery", ["shared", pytest.param("stock", marks=pytest.mark.slow)])
@pytest.mark.parametrize("silence", SILENCED.values(), ids=SILENCED.keys())
def test_nothing_changes_where_nothing_is_to_be_learned(rule, silence, delivery):
    _, learns = silence(Round({}, np.ones(COPIES)))
    simulation = simulate(rule, delivery=delivery, learns=learns)
    simulation.present((silence(r)[0] for r in random_rounds(simulation)), 2)
    name = projection_of(rule)
    np.testing.assert_array_equal(simulation.weights(name), simulation.wiring[name].weights)
    assert all((memory == m.initial).all() for m, memory in memories(simulation, rule)) or learns


def memories(simulation: Simulation, rule: Rule) -> list[tuple[Memory, np.ndarray]]:
    found = simulation.neuromodulation[between(rule)[2]].memories
    return [(memory, found[memory.name]) for memory in rule.memories]


def test_a_rule_that_reads_the_weight_is_refused_with_what_to_do() -> None:
    with pytest.raises(UserError, match=r'rule "own": text of units reads the weight `w`; .*weight = "w"'):
        Plasticity(Rule("own", "", "", changes=(Change("activity", "-w*activity"),)), ("V1/E->V2/E",))


def test_a_factor_of_the_weight_reads_the_weight_and_parameters_only() -> None:
    wrong = Change("activity", "activity", weight="w - activity")
    with pytest.raises(UserError, match=r'"w - activity", reads "activity"; found activity; allowed: w'):
        Plasticity(Rule("own", "", "", changes=(wrong,)), ("V1/E->V2/E",))


@pytest.mark.parametrize("when", ["step", "transmission"])
def test_terms_in_steps_have_no_factor_of_the_weight(when: When) -> None:
    wrong = Change("activity", "activity", when, weight="w")
    with pytest.raises(UserError, match=f'a term "{when}" has a factor of the weight'):
        Plasticity(Rule("own", "", "", changes=(wrong,)), ("V1/E->V2/E",))
