"""Whatever is done to a sweep file, reading it ends in points or in mistakes, never in a traceback."""

from __future__ import annotations

import random
import shutil
import tomllib
from functools import partial
from pathlib import Path

import pytest
import tomli_w

from brainlearn.sweep.loading import load_sweep
from tests.refusals import refused
from tests.time_limit import within
from tests.toml_mutations import mutate_text, mutate_tree

ROOT = Path(__file__).parents[2]
TOKENS = (
    "training", "rule", "sizes", "seed", "epochs", "updates", "name", ".", "[0]", "[", "]", "0", "-1", "é", "\0",
    "", "V1/E", "../", "experiment.toml", "backprop_through_time", "rule", "x", "nan", " ", '"',
)  # fmt: skip
SWEEPS = (
    """
name = "step_and_width"
experiment = "../experiments/01_forward_forward_digits/experiment.toml"
seeds = [1, 2]

[set]
"training.epochs" = 4
"sizes.V2/E" = 50

[grid]
"rule.updates[0].size" = [5e-4, 8e-3]
""",
    """
name = "rules"
experiment = "../experiments/04_temporal_difference_digits/experiment.toml"
train = "backprop_through_time"

[[points]]
"training.epochs" = 4

[[points]]
"training.epochs" = 2
"sizes.V1/E" = 20
""",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy circuits and experiments, and make a folder for sweeps beside them."""
    folder = tmp_path_factory.mktemp("shipped")
    for name in ("circuits", "experiments"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.nc", "*.png", "result"))
    (folder / "sweeps").mkdir()
    return folder


def changed(rng: random.Random) -> str | None:
    """Return the text of a sweep with mistakes in it; None where TOML cannot say them."""
    text = rng.choice(SWEEPS)
    if rng.random() < 0.3:
        return mutate_text(text, rng)
    try:
        return tomli_w.dumps(mutate_tree(tomllib.loads(text), rng, TOKENS))
    except (TypeError, ValueError):
        return None


def fuzz(place: Path, seeds: range) -> float:
    """Change sweeps; return the share in which a mistake was found."""
    path, found = place / "sweeps" / "mutant.toml", 0
    before = sorted(str(each) for each in place.rglob("*"))
    for seed in seeds:
        if (text := changed(random.Random(seed))) is None:
            continue
        path.write_text(text, encoding="utf-8")
        with within(120, seed):
            found += refused(partial(load_sweep, path))
        path.unlink()
    assert sorted(str(each) for each in place.rglob("*")) == before
    return found / len(seeds)


def test_no_change_of_a_sweep_makes_a_traceback_or_a_file(place: Path) -> None:
    assert 0.5 < fuzz(place, range(60)) < 1


@pytest.mark.slow
def test_no_change_of_two_thousand_sweeps_makes_a_traceback_or_a_file(place: Path) -> None:
    assert 0.5 < fuzz(place, range(1000, 3000)) < 1
