"""Scripts need public names alone, and every public name is there, is documented, and stands on its page."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import brainlearn
from tests.docs.markdown import ROOT, read

PUBLIC = tuple("brainlearn" + part for part in ("", ".circuit", ".energy", ".lab", ".rules", ".stimuli"))
SCRIPTS = sorted(
    path
    for folder in ("experiments", "examples", "brainlearn/starter")
    for path in (ROOT / folder).rglob("*.py")
    if "runs" not in path.parts
)
ASKED = {
    *("Circuit", "Area", "Population", "Projection", "Rule", "Experiment", "Simulation", "Mirror", "Dataset", "Task"),
    *("run", "verify", "load_circuit", "load_experiment", "load_result", "load_dataset", "save_result", "__version__"),
}


def imported_names(text: str) -> list[tuple[str, str]]:
    """Return module and name of everything that is imported from the package, wherever in the script."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(each.name, "") for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.module, each.name) for each in node.names]
    return [(module, name) for module, name in found if module.split(".")[0] == "brainlearn"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_imports_public_names_only(path: Path):
    for module, name in imported_names(path.read_text(encoding="utf-8")):
        assert module in PUBLIC, f"{module} is no public module"
        assert not name or name in importlib.import_module(module).__all__, f"{module}.{name} is no public name"


def test_inner_modules_and_names_are_found():
    assert len(SCRIPTS) > 15
    text = "import brainlearn\ndef f():\n    from brainlearn.running.conduct import prepare\n"
    assert imported_names(text) == [("brainlearn", ""), ("brainlearn.running.conduct", "prepare")]


def test_every_public_name_is_there_and_documented():
    assert ASKED <= set(brainlearn.__all__) == set(dir(brainlearn))
    for module in PUBLIC:
        for name in importlib.import_module(module).__all__:
            value = getattr(importlib.import_module(module), name)
            if inspect.isclass(value) or inspect.isfunction(value):
                assert (inspect.getdoc(value) or "").strip(), f"{module}.{name}"


def test_every_name_of_the_package_stands_on_the_page():
    page = read("docs/python.md")
    assert [name for name in brainlearn.__all__ if f"`{name}`" not in page] == []


def test_a_name_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(AttributeError, match="no attribute 'Circus'; it has Area, Circuit"):
        brainlearn.Circus  # noqa: B018


def test_the_version_is_that_of_the_package():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert brainlearn.__version__ == project["version"]
