from __future__ import annotations

import re
import shlex

import pytest
import typer

from brainlearn.cli import app, main
from brainlearn.mirror import SURROGATES
from tests.docs.markdown import blocks, commands, inline_code, read

PAGE = read("docs/mirror.md")


def digest(output: str) -> list[str]:
    """Return what stands in the first two columns of the table, and the closing line."""
    rows = [re.split(r"\s*│\s*", line)[1:3] for line in output.splitlines() if line.startswith("│")]
    return [" ".join(row) for row in rows] + output.splitlines()[-2:]


@pytest.mark.parametrize("name", SURROGATES)
def test_the_page_lists_every_surrogate(name: str) -> None:
    surrogate = SURROGATES[name]
    description = surrogate.description.replace("|", r"\|")
    assert f"| `{name}` | {description} | {surrogate.slope:g} | {surrogate.source} |\n" in PAGE


def test_the_page_lists_every_option_of_verify() -> None:
    command = typer.main.get_command(app).commands["verify"]  # type: ignore[attr-defined]
    options = {parameter.opts[0] for parameter in command.params if parameter.opts[0].startswith("--")}
    assert options - {"--help"} <= set(inline_code(PAGE))


def test_the_output_of_verify_on_the_page_is_that_of_its_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (command,) = [command for command in commands(PAGE, "brainlearn") if ".toml" in command]
    monkeypatch.setattr("brainlearn.cli.display.PLAIN_EVERY", float("inf"))
    assert main(shlex.split(command)[1:]) == 0
    (shown,) = blocks(PAGE, "text")
    assert digest(capsys.readouterr().out) == digest(shown)
