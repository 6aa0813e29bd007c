"""Every example is a notebook with the same code and text."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from pages.gallery import EXAMPLES, GROUPS
from pages.notebooks import write_notebooks

pytest.importorskip("sphinx_gallery", reason='no converter here: pip install ".[notebooks]"')


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    written = write_notebooks(tmp_path_factory.mktemp("notebooks") / "made")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in written}


def test_every_example_has_one(notebooks: dict[str, dict]) -> None:
    assert sorted(notebooks) == sorted(name for names in GROUPS.values() for name in names)


def test_its_code_is_that_of_the_script(notebooks: dict[str, dict]) -> None:
    for name, notebook in notebooks.items():
        code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
        script = ast.parse((EXAMPLES / f"{name}.py").read_text(encoding="utf-8"))
        assert ast.unparse(ast.parse(code)) == ast.unparse(ast.Module(script.body[1:], [])), name


def test_its_text_begins_with_the_title(notebooks: dict[str, dict]) -> None:
    first = "".join(notebooks["simulate"]["cells"][0]["source"])
    assert first.strip().splitlines()[0] == "# Simulate a circuit"
    assert sum(cell["cell_type"] == "markdown" for cell in notebooks["simulate"]["cells"]) >= 3


def test_nothing_but_notebooks_is_left(tmp_path: Path) -> None:
    write_notebooks(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".ipynb"}
