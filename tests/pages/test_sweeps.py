from __future__ import annotations

import json
from pathlib import Path

from brainlearn.cli import main
from pages.sweeps import EXAMPLE, LIST_EXAMPLE, PAGE, SCHEMA, SEARCH_EXAMPLE, json_schema, page
from tests.docs.markdown import ROOT, blocks, read

COMMAND = "run `python -m pages.sweeps docs`"


def test_the_page_is_current() -> None:
    assert read(f"docs/{PAGE}") == page(), COMMAND


def test_the_json_schema_is_current() -> None:
    assert json.loads(read(f"docs/{SCHEMA}")) == json_schema(), COMMAND


def test_the_examples_have_no_mistakes(tmp_path: Path) -> None:
    experiment = (ROOT / "experiments" / "01_forward_forward_digits" / "experiment.toml").as_posix()
    for text in (EXAMPLE, LIST_EXAMPLE, SEARCH_EXAMPLE):
        (tmp_path / "sweep.toml").write_text(text.replace('"experiment.toml"', f'"{experiment}"'), encoding="utf-8")
        assert main(["check", str(tmp_path / "sweep.toml")]) == 0


def test_the_page_shows_the_shipped_example() -> None:
    names = ("step_and_width.toml", "search_step_sizes.toml")
    for name, shown in zip(names, blocks(read("docs/sweeps.md"), "toml"), strict=True):
        assert read(f"examples/{name}").endswith(shown)
        assert main(["check", str(ROOT / "examples" / name)]) == 0
