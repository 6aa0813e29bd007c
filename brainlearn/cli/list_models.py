"""``brainlearn list``: names that circuit and experiment files may use."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from brainlearn.cli.terminal import say


class Kind(StrEnum):
    """What can be listed."""

    RULES = "rules"
    NEURONS = "neurons"
    SYNAPSES = "synapses"
    DATASETS = "datasets"
    ENVIRONMENTS = "environments"


def list_models(
    kind: Annotated[Kind, typer.Argument(help="What to list.", show_default=False)],
    text: Annotated[str | None, typer.Option(metavar="NAME", help="Print the full text of a rule as TOML.")] = None,
) -> None:
    """List rules, neurons, synapses, datasets or environments with descriptions and papers."""
    if text is not None:
        say(_text_of(kind, text))
        return
    for line in lines_of(_table(kind)):
        say(line)


def lines_of(table: Mapping[str, Any]) -> list[str]:
    """Write one line for each entry, names aligned; the source in brackets where there is one."""
    width = max(map(len, table))
    lines = []
    for name, entry in table.items():
        source = getattr(entry, "source", "")
        description = " ".join(entry.description.split())
        lines.append(f"{name:<{width}}  {description}" + (f" [{source}]" if source else ""))
    return lines


def _text_of(kind: Kind, name: str) -> str:
    """Return a rule as the TOML of a rule file."""
    from brainlearn.circuit.validation import unknown
    from brainlearn.mistakes import Mistake, UserError
    from brainlearn.rules import RULES
    from brainlearn.rules.writing import rule_text

    if kind is not Kind.RULES:
        raise UserError(Mistake("--text", "only rules have a text", f"list {kind.value}", "list rules"))
    if name not in RULES:
        raise UserError(unknown("--text", "rule", name, RULES))
    return rule_text(RULES[name]).rstrip()


def _table(kind: Kind) -> Mapping[str, Any]:
    if kind is Kind.RULES:
        from brainlearn.rules import RULES

        return RULES
    if kind is Kind.NEURONS:
        from brainlearn.neurons import NEURONS

        return NEURONS
    if kind is Kind.SYNAPSES:
        from brainlearn.synapses import SYNAPSES

        return SYNAPSES
    if kind is Kind.ENVIRONMENTS:
        from brainlearn.environments import ENVIRONMENTS

        return ENVIRONMENTS
    from brainlearn.stimuli import DATASETS

    return DATASETS
