"""A search is checked before anything runs: what it may choose from, and that nothing can be chosen by the test."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from brainlearn.mistakes import UserError
from brainlearn.sweep.any_kind import load_any
from brainlearn.sweep.loading import load_sweep
from brainlearn.sweep.search import loading
from brainlearn.sweep.search.loading import Search
from tests.sweep.conftest import Files
from tests.sweep.small_search import TWO_ARMS, VALIDATED, VALIDATED_ALONE

SIZE = '"rule.updates[0].size" = { low = 1e-3, high = 1e-1, log = true }'
MISTAKES: dict[str, tuple[str, list[str]]] = {
    # what stands in the file, and how each mistake begins and what it says, in order
    "no validation": (
        f"[search]\ntrials = 2\nspace = {{ {SIZE} }}",
        ["dataset.validation: a search judges by the validation error, and no items are set apart for it; found 0"],
    ),
    "no trials": (f"[search]\nspace = {{ {SIZE} }}", ["search.trials: the key is missing"]),
    "no space": (f"{VALIDATED}[search]\ntrials = 2", ["search.space: nothing is searched"]),
    "with a grid": (
        f'[grid]\n"training.epochs" = [1]\n[search]\ntrials = 2\nspace = {{ {SIZE} }}',
        [": a [search] excludes [grid]"],
    ),
    "two trainings": (f'train = "backprop"\n{TWO_ARMS}', [": each of search.arms says what it trains"]),
    "half a range": (
        f'{VALIDATED}[search]\ntrials = 2\nspace = {{ "training.epochs" = {{ low = 1 }} }}',
        ['space."training.epochs": `low` must be below `high`'],
    ),
    "range and choices": (
        f'{VALIDATED}[search]\ntrials = 2\nspace = {{ "training.epochs" = {{ choices = [1], log = true }} }}',
        ['space."training.epochs": `choices` exclude `log`'],
    ),
    "log of zero": (
        f'{VALIDATED}[search]\ntrials = 2\nspace = {{ "rule.updates[0].size" = {{ low = 0, high = 1, log = true }} }}',
        ["with `log` numbers are above 0"],
    ),
    "seed and data": (
        f'{VALIDATED_ALONE}[search]\ntrials = 2\n[search.space]\n"seed" = {{ low = 1, high = 9 }}\n'
        '"dataset.validation" = { low = 10, high = 90 }\n"readout.test" = { choices = [true, false] }',
        [
            'space."dataset.validation": errors of trials would not be comparable',
            'space."dataset.validation": is also in [set]',
            'space."readout.test": errors of trials would not be comparable',
            'space."seed": a seed is no setting to be chosen',
        ],
    ),
    "typos": (
        f'{VALIDATED}[search]\ntrials = 2\n[search.space]\n"training.epoch" = {{ low = 1, high = 9 }}\n'
        '[search.arms.a]\nspace = { "rule.nam" = { choices = ["a"] } }\n[search.arms.b]\ntrain = "backpro"',
        [
            'search.arms.a.space."rule.nam": unknown key',
            'search.space."training.epoch": unknown key',
        ],
    ),
    "unknown baseline": (
        f'{VALIDATED}[search]\ntrials = 2\nspace = {{ {SIZE} }}\narms = {{ b = {{ train = "backpro" }} }}',
        ["search.arms.b.train: no such baseline"],
    ),
    "an end that does not fit": (
        f'{VALIDATED_ALONE}[search]\ntrials = 2\nspace = {{ "training.epochs" = {{ low = 0, high = 3 }} }}',
        ['search.space."training.epochs": '],
    ),
    "grid of a range": (
        f'{VALIDATED}[search]\ntrials = 2\nsampler = "grid"\nspace = {{ {SIZE} }}',
        ['size": the sampler "grid" needs values that can be listed'],
    ),
    "grid too small": (
        f'{VALIDATED}[search]\ntrials = 9\nsampler = "grid"\nspace = {{ "training.epochs" = {{ low = 1, high = 3 }} }}',
        ["found 3 combinations, 9 trials"],
    ),
    "a seed that was tuned on": (
        f"{VALIDATED}[search]\ntrials = 2\nfinal_seeds = [5, 6]\nspace = {{ {SIZE} }}",
        ["search.final_seeds: the settings were chosen with this seed; found 5"],
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named(sweep_file: Files, text: str, said: list[str]) -> None:
    with pytest.raises(UserError) as raised:
        load_any(sweep_file(text))
    found = sorted(str(mistake) for mistake in raised.value.mistakes)
    assert len(found) == len(said), found
    for mistake, part in zip(found, said, strict=True):
        assert part in mistake


def test_arms_have_their_own_space_beside_the_shared_one(sweep_file: Files) -> None:
    search = load_any(sweep_file(VALIDATED_ALONE + TWO_ARMS))
    assert isinstance(search, Search)
    rule, backprop = search.arms
    assert (rule.name, rule.train, list(rule.space)) == ("rule", None, ["rule.updates[0].size", "training.copies"])
    assert (backprop.name, backprop.train) == ("backprop", "backprop_through_time")
    assert backprop.experiment.settings.training.copies == 200
    assert rule.experiment.settings.dataset.validation == 30


def test_without_optuna_it_is_said_how_to_install_it(sweep_file: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "find_spec", lambda name: None if name == "optuna" else find_spec(name))
    with pytest.raises(UserError, match=r'not installed.*pip install "brainlearn\[search\]"'):
        load_any(sweep_file(VALIDATED_ALONE + TWO_ARMS))


def test_a_search_is_no_sweep_of_points(sweep_file: Files) -> None:
    with pytest.raises(UserError, match="a search has no points before it runs"):
        load_sweep(sweep_file(VALIDATED_ALONE + TWO_ARMS))
