"""One run shows many presentations, each in phases, and asks for the next when the one before is over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Plasticity, Simulation
from brainlearn.mistakes import UserError
from brainlearn.rules import RULES
from tests.oracle.both_deliveries import COPIES, SHIPPED, random_rounds, shrunk

PATHS = {path.stem: path for path in SHIPPED}
PROJECTION = "V1/E->V2/E"


def simulate(*phases: Phase, rule: str = "forward_forward") -> Simulation:
    return Simulation(shrunk(PATHS["two_areas"]), COPIES, phases, Plasticity(RULES[rule], (PROJECTION,)))


def test_a_round_is_asked_for_when_the_one_before_is_over():
    simulation, told = simulate(Phase("show", 4), Phase("go on", 3, reset=False)), []
    rounds = random_rounds(simulation)

    def asked() -> Iterator[Round]:
        for number in range(3):
            told.append(f"asked for {number} in step {round(simulation.network.t_ / 1e-3)}")
            yield next(rounds)

    simulation.present(asked(), 3, lambda _: told.append(f"over in step {round(simulation.network.t_ / 1e-3)}"))
    assert told == [
        "asked for 0 in step 0",
        "over in step 6",
        "asked for 1 in step 7",
        "over in step 13",
        "asked for 2 in step 14",
        "over in step 20",
    ]


def test_a_second_run_goes_on_like_the_first():
    together, apart = simulate(Phase("show", 20)), simulate(Phase("show", 20))
    together.present(random_rounds(together), 4)
    rounds = random_rounds(apart)
    for count in (1, 3):
        apart.present(rounds, count)
    np.testing.assert_array_equal(together.weights(PROJECTION), apart.weights(PROJECTION))
    np.testing.assert_array_equal(together.activity("V2/E"), apart.activity("V2/E"))


@pytest.mark.parametrize(
    ("learn", "times"), [((True, True), 2), ((True, False), 1), ((False, True), 1), ((False, False), 0)]
)
def test_the_rule_applies_at_the_end_of_the_phases_that_learn(learn, times):
    simulation = simulate(Phase("first", 15, learn=learn[0]), Phase("second", 15, reset=False, learn=learn[1]))
    version = simulation.projections[PROJECTION].version
    simulation.present(random_rounds(simulation), 3)
    assert simulation.projections[PROJECTION].version == version + 3 * times


def test_a_phase_without_reset_goes_on_from_where_the_last_one_ended():
    whole, parts, reset = (
        simulate(*phases)
        for phases in (
            (Phase("a", 30),),
            (Phase("a", 20, learn=False), Phase("b", 10, reset=False)),
            (Phase("a", 20, learn=False), Phase("b", 10)),
        )
    )
    v = []
    for simulation in (whole, parts, reset):
        rounds = random_rounds(simulation)
        simulation.present((Round(r.stimuli, r.polarity, learn=False) for r in rounds), 1)
        v.append(simulation.populations["V1/E"].array("v").copy())
        assert simulation.populations["V1/E"].steps == (30 if simulation is whole else 10)
    np.testing.assert_array_equal(v[0], v[1])
    assert not np.array_equal(v[0], v[2])


def test_stimuli_that_a_round_does_not_name_stay():
    simulation = simulate(Phase("show", 5))
    stimuli = next(random_rounds(simulation)).stimuli
    image = {"retina/image": stimuli["retina/image"] + 1}
    simulation.present(iter([Round(stimuli, np.zeros(COPIES)), Round(image, np.zeros(COPIES))]), 2)
    for path, expected in {**stimuli, **image}.items():
        np.testing.assert_allclose(simulation.populations[path].array("activity"), expected, rtol=1e-6)


def test_activity_counts_the_spikes_of_the_last_phase_per_step():
    simulation = simulate(Phase("show", 10), Phase("go on", 5, reset=False))
    simulation.present(random_rounds(simulation), 2)
    activity = simulation.activity("V1/E")
    assert activity.shape == (COPIES, 30)
    np.testing.assert_allclose(activity * 5, np.rint(activity * 5), atol=1e-5)
    assert 0 < activity.max() <= 1


def test_a_rule_on_spikes_refuses_projections_that_carry_none():
    names = ("retina/image->V1/E",)
    with pytest.raises(UserError, match='"pair_stdp" acts on spikes, but "retina/image->V1/E" does not connect'):
        Simulation(shrunk(PATHS["two_areas"]), 2, [Phase("show", 5)], Plasticity(RULES["pair_stdp"], names))


def test_two_simulations_do_not_disturb_each_other():
    alone = simulate(Phase("show", 20))
    alone.present(random_rounds(alone), 2)
    first, second = simulate(Phase("show", 20)), simulate(Phase("show", 20))
    rounds = random_rounds(first), random_rounds(second)
    for _ in range(2):
        for simulation, own in zip((first, second), rounds, strict=True):
            simulation.present(own, 1)
    for simulation in (first, second):
        np.testing.assert_array_equal(simulation.weights(PROJECTION), alone.weights(PROJECTION))


def test_what_a_round_shows_may_change_from_phase_to_phase():
    simulation, seen = simulate(Phase("first", 2), Phase("second", 3, reset=False), Phase("third", 1, reset=False)), []
    image, size = "retina/image", simulation.populations["retina/image"].population.size
    values = [np.full((COPIES, size), k, dtype=float) for k in range(3)]
    rounds = [Round({image: values[0]}, np.zeros(COPIES), then={"second": {image: values[k]}}) for k in (1, 2)]

    def look(phase: Phase) -> None:
        seen.append((phase.name, float(simulation.activity(image).mean())))

    simulation.present(iter(rounds), 2, after_phase=look)
    assert seen == [("first", 0), ("second", 1), ("third", 1), ("first", 0), ("second", 2), ("third", 2)]


def test_a_round_for_a_phase_that_is_not_there_is_refused():
    simulation = simulate(Phase("first", 2), Phase("second", 2, reset=False))
    with pytest.raises(UserError, match=r'Round\.then: no phase "secnd".*first, second.*Did you mean "second"'):
        simulation.present(iter([Round({}, np.zeros(COPIES), then={"secnd": {}})]), 1)


IMAGE, LABEL = "retina/image", "retina/label"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"stimuli": {"retina/imagee": np.ones((COPIES, 2))}},
            r'Round\.stimuli: no stimulus population "retina/imagee".*Did you mean "retina/image"',
        ),
        ({"stimuli": {"V1/E": np.ones((COPIES, 2))}}, r'Round\.stimuli: no stimulus population "V1/E"'),
        (
            {"then": {"show": {"retina/imagee": np.ones((COPIES, 2))}}},
            r'Round\.then\["show"\]: no stimulus population "retina/imagee"',
        ),
        (
            {"stimuli": {LABEL: np.ones((COPIES + 1, 3))}},
            rf'Round\.stimuli\["retina/label"\]: does not fit.*shape \({COPIES + 1}, 3\); allowed: \({COPIES}, \d+\)',
        ),
        ({"stimuli": {IMAGE: np.ones(3)}}, r'Round\.stimuli\["retina/image"\]: does not fit.*shape \(3,\)'),
        ({"polarity": np.ones(COPIES + 2)}, rf"Round\.polarity: does not fit the copies.*\({COPIES + 2},\)"),
    ],
)
def test_a_round_that_does_not_fit_the_circuit_is_refused(given, said):
    simulation = simulate(Phase("show", 4))
    with pytest.raises(UserError, match=said):
        simulation.present(iter([Round(**{"stimuli": {}, "polarity": np.zeros(COPIES), **given})]), 1)


def test_all_mistakes_of_a_round_are_told_at_once():
    shown = Round({"a": np.ones(2), "b": np.ones(2)}, np.zeros(COPIES), then={"later": {"c": np.ones(2)}})
    with pytest.raises(UserError) as raised:
        simulate(Phase("show", 4)).present(iter([shown]), 1)
    assert [mistake.found for mistake in raised.value.mistakes] == ['"later"', '"a"', '"b"', '"c"']


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_a_blank_phase_shows_nothing_and_hides_what_goes_on_after_it(delivery):
    phases = (Phase("show", 3), Phase("rest", 2, reset=False, show=False), Phase("again", 3, reset=False))
    simulation = Simulation(shrunk(PATHS["two_areas"]), COPIES, phases, delivery=delivery)
    image, seen = simulation.populations["retina/image"].array("activity"), []
    rounds = [next(random_rounds(simulation)), Round({}, np.zeros(COPIES))]  # the second shows what the first did
    shown = rounds[0].stimuli["retina/image"]
    simulation.present(iter(rounds), 2, after_phase=lambda phase: seen.append((phase.name, image.copy())))
    for name, found in seen:
        np.testing.assert_array_equal(found, np.zeros_like(shown) if name == "rest" else shown.astype(found.dtype))
    assert [name for name, _ in seen] == ["show", "rest", "again"] * 2


def test_a_mirror_is_blank_in_the_same_steps():
    from brainlearn.mirror.backprop import Stretch, present_phases
    from brainlearn.mirror.mirror import Mirror

    phases = (Phase("show", 12), Phase("rest", 4, reset=False, show=False), Phase("again", 9, reset=False))
    circuit = shrunk(PATHS["two_areas"])
    simulation = Simulation(circuit, COPIES, phases, precision="float64")
    shown = next(random_rounds(simulation))
    simulation.present(iter([shown]), 1)
    mirror = Mirror(circuit, dtype="float64")
    state = present_phases(mirror, dict(shown.stimuli), [Stretch(p.steps, p.reset, p.show) for p in phases])
    for path in ("V1/E", "V2/E"):
        np.testing.assert_array_equal(mirror.activity(state, path).detach().numpy(), simulation.activity(path))
        assert simulation.activity(path).any()
