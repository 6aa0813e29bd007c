"""Whatever is done to an experiment file or asked with --set, reading ends in an experiment or in mistakes."""

from __future__ import annotations

import random
import re
import shutil
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from brian2 import BrianLogger

from brainlearn.experiment import load_experiment
from brainlearn.running.conduct import prepare
from brainlearn.training.progress import Silent
from tests.refusals import refused
from tests.time_limit import within
from tests.toml_mutations import VALUES, graft, mutate_text, mutate_tree

ROOT = Path(__file__).parents[2]
TOKENS = (
    "mnist", "digits", "cifar10", "all", "V1/E", "V2/E", "IT/class", "retina/image", "->", "/", "..", "1", "0", "-1",
    "nan", "inf", "ms", "Hz", "mV", "free", "nudged", "show", "settle", "hard", "random", "hybrid", "graded", "adam",
    "momentum", "decay", "**", "(", ")", "é", "\0", "", "rule", "forward_forward", "temporal_difference", "poisson",
    "constant_current", "linear", "x", "[0]", "'", '"', "rand()", "v",
)  # fmt: skip
BUILT = 0.3  # of those without a mistake, so many are built


@pytest.fixture(scope="module", autouse=True)
def silent_builds() -> None:
    BrianLogger.suppress_name("unused_brian_object")  # what is built here is thrown away


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Copy circuits and experiments, and return the experiments' files."""
    place = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "circuits", place / "circuits")
    found = []
    for path in [*sorted(ROOT.glob("experiments/*/*.toml")), *sorted(ROOT.glob("examples/*.toml"))]:
        found.append(place / path.relative_to(ROOT))
        found[-1].parent.mkdir(parents=True, exist_ok=True)
        found[-1].write_text(small(path.read_text(encoding="utf-8")), encoding="utf-8")
    return [path for path in found if {"circuit", "rule"} <= tomllib.loads(path.read_text(encoding="utf-8")).keys()]


def small(text: str) -> str:
    """Return an experiment on the digits, as far as it goes, so that it can be built without data and in no time."""
    for large, little in (("mnist", "digits"), ("[28, 28]", "[8, 8]"), ("[32, 32]", "[8, 8]")):
        text = text.replace(large, little)
    text = re.sub(r'("V\d/\w+" = )\d{2,}', r"\g<1>12", text)
    return re.sub(r"(validation|samples|validate_on|presentations|copies) = \d{3,}", r"\1 = 60", text)


def changed(path: Path, others: list[Path], rng: random.Random) -> str | None:
    """Return the text of a file with mistakes in it; None where TOML cannot say them."""
    text = path.read_text(encoding="utf-8")
    try:
        match rng.randrange(3):
            case 0:
                return mutate_text(text, rng)
            case 1:
                return tomli_w.dumps(mutate_tree(tomllib.loads(text), rng, TOKENS))
            case _:
                other = tomllib.loads(rng.choice(others).read_text(encoding="utf-8"))
                return tomli_w.dumps(graft(tomllib.loads(text), other, rng))
    except (TypeError, ValueError):
        return None


def try_file(path: Path, changes: list[str], rng: random.Random) -> None:
    """Read a file, and perhaps build what it says."""
    experiment = load_experiment(path, changes)
    if rng.random() < BUILT:
        prepare(experiment, None, Silent())


def fuzz_files(files: list[Path], seeds: range) -> float:
    """Change files; return the share in which a mistake was found."""
    before, found = listing(files), 0
    for seed in seeds:
        rng = random.Random(seed)
        path = rng.choice(files)
        if (text := changed(path, files, rng)) is None:
            continue
        mutant = path.with_name("mutant.toml")
        mutant.write_text(text, encoding="utf-8")
        with within(120, seed):
            found += refused(partial(try_file, mutant, [], rng))
        mutant.unlink()
    assert listing(files) == before
    return found / len(seeds)


def fuzz_changes(files: list[Path], seeds: range) -> float:
    """Ask for nonsense with --set; return the share in which a mistake was found."""
    before, found = listing(files), 0
    for seed in seeds:
        rng = random.Random(f"set {seed}")
        path = rng.choice(files)
        changes = [nonsense(tomllib.loads(path.read_text(encoding="utf-8")), rng) for _ in range(rng.randint(1, 2))]
        with within(120, seed):
            found += refused(partial(try_file, path, changes, rng))
    assert listing(files) == before
    return found / len(seeds)


def nonsense(tree: dict[str, Any], rng: random.Random) -> str:
    """Return a key of the file, or nearly one, with a value that may fit."""
    key = rng.choice(list(paths(tree)))
    if rng.random() < 0.3:
        pieces = re.findall(r"\w+|\W", key)
        pieces[rng.randrange(len(pieces))] = rng.choice(TOKENS)
        key = "".join(pieces)
    written = tomli_w.dumps({"x": rng.choice(VALUES)}).partition("=")[2].strip()
    value = rng.choice((written, written, rng.choice(TOKENS), f'"{rng.choice(TOKENS)}"', "{", "1e999", "1_0"))
    return rng.choice((*4 * ("{}={}",), "{} = {}", "{}", "={1}", "{}=")).format(key, value)


def paths(tree: Any, so_far: str = "") -> Iterator[str]:
    """Yield every key as --set wants it."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        here = f"{so_far}[{key}]" if isinstance(key, int) else f"{so_far}.{key}".lstrip(".")
        yield here
        if isinstance(value, dict | list):
            yield from paths(value, here)


def listing(files: list[Path]) -> list[str]:
    return sorted(str(path) for path in files[0].parents[2].rglob("*"))


def test_no_change_of_an_experiment_makes_a_traceback_or_a_file(files: list[Path]) -> None:
    assert 0.4 < fuzz_files(files, range(80)) < 0.95


def test_no_nonsense_with_set_makes_a_traceback_or_a_file(files: list[Path]) -> None:
    assert fuzz_changes(files, range(80)) > 0.7


@pytest.mark.slow
def test_no_change_of_two_thousand_experiments_makes_a_traceback_or_a_file(files: list[Path]) -> None:
    assert 0.4 < fuzz_files(files, range(1000, 3000)) < 0.95


@pytest.mark.slow
def test_no_nonsense_of_two_thousand_with_set_makes_a_traceback_or_a_file(files: list[Path]) -> None:
    assert fuzz_changes(files, range(1000, 3000)) > 0.7
