"""The page of all commands, from the program itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from brainlearn.cli import app
from brainlearn.report.markdown_table import markdown_table

HEAD = "# Commands\n\n`brainlearn COMMAND --help` prints the same on a terminal.\n"


def commands_page() -> str:
    """Return the page as Markdown: each command with its usage, arguments and options."""
    program: Any = typer.main.get_command(app)
    return "\n".join([HEAD, *(_section(name, command) for name, command in _shown(program))])


def _shown(program: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every command that is not hidden with its name, those of groups as ``"zoo list"``."""
    for name, command in sorted(program.commands.items()):
        if hasattr(command, "commands"):
            yield from _shown(command, f"{name} ")
        elif not command.hidden:
            yield before + name, command


def _section(name: str, command: Any) -> str:
    context = typer.Context(command, info_name=f"brainlearn {name}")
    usage = re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), command.get_usage(context).removeprefix("Usage: "))
    rows = [_row(each) for each in command.params if not getattr(each, "hidden", False)]
    table = "\n".join(markdown_table(("argument or option", "meaning"), rows))
    return f"## {name}\n\n{' '.join(command.help.split())}\n\n```text\n{usage}\n```\n\n{table}\n"


def _row(parameter: Any) -> tuple[str, str]:
    names = [parameter.metavar or parameter.name.upper()] if parameter.param_type_name == "argument" else parameter.opts
    words = ", ".join(f"`{name}`" for name in names)
    return words, " ".join((getattr(parameter, "help", "") or "").split())
