"""``brainlearn list``: what can be named in circuit and experiment files."""

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


def list_models(kind: Annotated[Kind, typer.Argument(help="What to list.", show_default=False)]) -> None:
    """List rules, neurons, synapses or datasets: name, description and paper, one a line."""
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
    from brainlearn.stimuli import DATASETS

    return DATASETS
