from __future__ import annotations

import importlib.util
import re
import shlex

import pytest
import typer

from brainlearn.cli import app
from tests.docs.markdown import NAMES, ROOT, commands, read

PROGRAM = typer.main.get_command(app)
COMMANDS = PROGRAM.commands  # type: ignore[attr-defined]
SHIPPED = ("circuits/", "experiments/")


def mistakes_in(command: str) -> list[str]:
    """Return the words of a `brainlearn` command that do not exist."""
    _, *words = shlex.split(command)
    if words[0].startswith("-"):
        return [] if any(words[0] in option.opts for option in PROGRAM.params) or words == ["--help"] else words[:1]
    if words[0] not in COMMANDS:
        return words[:1]
    options = {text for option in COMMANDS[words[0]].params for text in option.opts}
    unknown = [word for word in words[1:] if word.startswith("-") and word not in options]
    missing = [word for word in words[1:] if word.startswith(SHIPPED) and not (ROOT / word).exists()]
    return unknown + missing


@pytest.mark.parametrize("name", NAMES)
def test_commands_of_brainlearn_exist(name: str) -> None:
    found = {command: mistakes_in(command) for command in commands(read(name), "brainlearn")}
    assert {command: wrong for command, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("name", NAMES)
def test_targets_of_make_exist(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([\w-]+):", makefile, re.MULTILINE)
    asked = [word for command in commands(read(name), "make") for word in command.split()[1:]]
    assert [word for word in asked if "=" not in word and word not in targets] == []


@pytest.mark.parametrize("name", NAMES)
def test_python_modules_and_scripts_exist(name: str) -> None:
    for command in commands(read(name), "python"):
        _, first, *rest = shlex.split(command)
        if first == "-m":
            assert importlib.util.find_spec(rest[0]) is not None, command
        elif first.endswith(".py"):
            assert (ROOT / first).is_file(), command


def test_a_mistake_in_a_command_is_found() -> None:
    assert mistakes_in("brainlearn rum x.toml") == ["rum"]
    assert mistakes_in("brainlearn run circuits/none.toml --outputs x") == ["--outputs", "circuits/none.toml"]
