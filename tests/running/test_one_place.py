"""What must be said in one place is: names of files of a run, how Python is started, what only some systems have."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from brainlearn.results import folder_lock, run_folder

PACKAGE = Path(__file__).parents[2] / "brainlearn"
NAMES = {
    run_folder.EXPERIMENT,
    run_folder.CIRCUIT,
    run_folder.RESULT,
    run_folder.TRAINED,
    run_folder.SUMMARY,
    run_folder.FIGURE,
    run_folder.REPORT,
    run_folder.UNFINISHED,
    run_folder.STATUS,
    run_folder.LIVE,
    *folder_lock.OF_THE_LOCK,
}
HOMES = {"results/run_folder.py", "results/folder_lock.py"}
OTHERS = {  # files of the same name that are none of a run folder
    ("report/page.py", "report.html"),  # a template
    ("cli/new.py", "circuit.toml"),  # the starter project
    ("cli/new.py", "experiment.toml"),
    ("starter/run.py", "experiment.toml"),
    ("scripting/experiment.py", "circuit.toml"),  # what a script saves
    ("sweep/scripted.py", "experiment.toml"),  # beside the sweep that a script runs
}
STARTS_PROCESSES = {"running/baselines.py", "interchange/nir_file.py"}
NOT_EVERYWHERE = {"fcntl", "resource", "pwd", "grp", "termios", "tty"}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    named = ((path.relative_to(PACKAGE).as_posix(), path) for path in sorted(PACKAGE.rglob("*.py")))
    return [(name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in named]


def test_names_of_files_of_a_run_stand_in_one_place() -> None:
    found = {
        (name, node.value)
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in NAMES and name not in HOMES
    }
    assert found - OTHERS == set()


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    return {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()


@pytest.mark.parametrize("name", sorted(NOT_EVERYWHERE))
def test_nothing_is_imported_at_once_that_not_every_system_has(name: str) -> None:
    assert [where for where, tree in modules() for node in tree.body if name in imported(node)] == []


def test_processes_are_started_where_it_is_safe() -> None:
    starting = {where for where, tree in modules() for node in ast.walk(tree) if "subprocess" in imported(node)}
    assert starting == STARTS_PROCESSES
    using = {
        where
        for where, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "executable"
    }
    assert using == {"processes/safe_python.py"}
    for where in STARTS_PROCESSES:
        text = (PACKAGE / where).read_text(encoding="utf-8")
        assert "safe_environment(" in text
        assert "this_brainlearn(" in text or "python(" in text
