"""Every point is checked before anything runs, and each mistake is named once, with its key in the sweep file."""

from __future__ import annotations

import pytest

from brainlearn.mistakes import UserError
from brainlearn.sweep.loading import load_sweep
from tests.sweep.conftest import Files

MISTAKES: dict[str, tuple[str, list[str]]] = {
    # what stands in the file, and how each mistake begins and what it says, in order
    "unknown table": ("seeds = [1]\n[grids]", ["grids: unknown key; found"]),
    "nothing swept": ("", [": nothing to sweep"]),
    "grid and list": (
        '[grid]\n"training.epochs" = [1]\n[[points]]\n"seed" = 1',
        [": the file contains both [grid] and [[points]]"],
    ),
    "no list": ('[grid]\n"training.epochs" = 1', ['"training.epochs": wrong kind of value; found 1']),
    "empty list": ('[grid]\n"training.epochs" = []', ['"training.epochs": wrong kind of value; found []']),
    "key without quotes": ("[grid]\ntraining.epochs = [1]", ["grid.training: wrong kind of value; found a table"]),
    "negative seed": ("seeds = [1, -2]", ["seeds[1]: negative"]),
    "seed in the grid": ('[grid]\n"seed" = [1]', ['grid."seed": seeds are a separate axis']),
    "value twice": (
        '[grid]\n"training.epochs" = [1, 2, 1]',
        ['"training.epochs": a value occurs twice; found 1'],
    ),
    "key twice": (
        'set = { "training.epochs" = 2 }\n[grid]\n"training.epochs" = [1]',
        ['grid."training.epochs": is also in [set]'],
    ),
    "typo in the grid": (
        '[grid]\n"training.epoch" = [1, 2, 3]',
        ['grid."training.epoch": unknown key; found "epoch"; allowed: epochs,'],
    ),
    "typo in a step": (
        '[grid]\n"rule.update[0].size" = [0.1, 0.2]',
        ['grid."rule.update[0].size": no such key; found "update"'],
    ),
    "typos in several places": (
        'seeds = [1, 2]\nset = { "training.copie" = 5 }\n[grid]\n"training.epoch" = [1]\n"rule.nam" = ["a", "b"]',
        ['grid."rule.nam"', 'grid."training.epoch"', 'set."training.copie"'],
    ),
    "bad value among good ones": (
        '[grid]\n"training.epochs" = [1, -2, "many", 3]',
        ['"training.epochs": negative; found -2', '"training.epochs": wrong kind of value; found "many"'],
    ),
    "bad point of a list": (
        '[[points]]\n"training.epochs" = 1\n[[points]]\n"rule.name" = "forward_foward"',
        ['points[1]."rule.name": no rule "forward_foward"'],
    ),
    "sizes that do not fit the data": (
        '[grid]\n"sizes.retina/image" = [64, 100]',
        ['dataset "digits" does not fit the population (where sizes.retina/image = 100)'],
    ),
    "missing data": ('set = { "dataset.name" = "mnist" }\nseeds = [1, 2]', ["mnist"]),
    "unknown baseline": ('train = "backprop"\nseeds = [1]', ["train: no such baseline; found"]),
    "too many points": ("[grid]\n" + "\n".join(f'"a{n}" = [1, 2, 3, 4]' for n in range(9)), ["found 262,144"]),
    "empty key": ('[grid]\n"" = [1]', ["grid."]),
    "typo in the first step": (
        '[grid]\n"trainin.epochs" = [1]',
        ['grid."trainin.epochs": unknown key; found "trainin"'],
    ),
    "strange keys": ('[grid]\n"[0]" = [1]\n"a..b" = [1]', ['"[0]": unknown key', 'grid."a..b": unknown key']),
    "twins": (
        '[[points]]\n"training.epochs" = 1\n[[points]]\n"training.copies" = 1800',
        [": two points are the same run"],
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named(sweep_file: Files, text: str, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAINLEARN_DATA", raising=False)
    with pytest.raises(UserError) as raised:
        load_sweep(sweep_file(text))
    found = sorted(str(mistake) for mistake in raised.value.mistakes)
    assert len(found) == len(said)
    for mistake, part in zip(found, said, strict=True):
        assert part in mistake


def test_points_say_what_will_run(sweep_file: Files) -> None:
    sweep = load_sweep(
        sweep_file('seeds = [3]\nset = { "training.copies" = 90 }\n[grid]\n"rule.updates[0].size" = [0.5]')
    )
    (point,) = sweep.points
    for part in ("size = 0.5", "copies = 90", "seed = 3", 'circuit = "circuit.toml"'):
        assert part in point.experiment
    assert point.name.startswith("size=0.5,seed=3-")


def test_a_name_stands_for_all_that_decides_the_result_and_for_nothing_else(sweep_file: Files) -> None:
    def name(text: str) -> str:
        return load_sweep(sweep_file(text)).points[0].name

    plain = name('[grid]\n"training.epochs" = [1]')
    assert name('[grid]\n"training.epochs" = [1, 2, 3]') == plain
    assert name('set = { "about.question" = "Why?" }\n[grid]\n"training.epochs" = [1]') == plain
    assert name('set = { "training.copies" = 90 }\n[grid]\n"training.epochs" = [1]') != plain
    assert name('train = "backprop_through_time"\n[grid]\n"training.epochs" = [1]') != plain
