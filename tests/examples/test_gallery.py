"""Every example of the gallery runs, shows what its text claims, and keeps to the form of the gallery."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from examples.gallery.__main__ import HERE, NAMES, run_example
from pages.gallery import GROUPS, page
from tests.docs.markdown import ROOT, read
from tests.examples.claims import circuits, learning, other_programs, papers  # noqa: F401
from tests.examples.claims.claim import CLAIMS

QUICK = {"Wunderlich_Pehle_2021", "distance_dependent_connectivity", "own_rule", "reward_modulated_stdp"}  # below 1 s
MOST_LINES = 60


def text_of(name: str) -> str:
    return (HERE / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in NAMES]
)
def test_an_example_shows_what_it_claims(name: str, tmp_path: Path) -> None:
    CLAIMS[name](run_example(name, tmp_path))
    pictures = list(tmp_path.glob(f"{name}*.png"))
    assert pictures
    assert all(picture.stat().st_size > 5_000 for picture in pictures)


def test_every_example_has_a_check_of_its_claim() -> None:
    assert sorted(CLAIMS) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_one_short_file_with_a_title_and_cells_of_text(name: str) -> None:
    lines = text_of(name).splitlines()
    assert len(lines) <= MOST_LINES
    title, rule, empty, *text = (ast.get_docstring(ast.parse(text_of(name))) or "").splitlines()
    assert rule == "=" * len(title)
    assert not empty
    assert len(" ".join(text)) > 60
    assert lines.count("# %%") >= 2
    assert lines[-1] == "plt.show()"


@pytest.mark.parametrize("name", NAMES)
def test_an_example_takes_no_arguments_and_nothing_from_the_network(name: str) -> None:
    assert not re.search(r"\b(argv|argparse|urllib|requests|socket|fetch_\w+|input\()", text_of(name))


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("-m", "examples.gallery.own_neuron"), ("examples/gallery/own_neuron.py",)], ids=["module", "file"]
)
def test_an_example_runs_by_itself(command: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr


@pytest.mark.slow
def test_the_command_writes_the_pictures_of_named_examples(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "examples.gallery", "--pictures", str(tmp_path), "own_neuron"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "own_neuron" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["own_neuron.png"]


def test_the_page_lists_every_example_once_with_its_picture() -> None:
    listed = [name for names in GROUPS.values() for name in names]
    assert sorted(listed) == sorted(NAMES)
    assert read("docs/gallery.md") == page()
    assert sorted(path.stem for path in (ROOT / "docs" / "gallery").glob("*.png")) == sorted(NAMES)
