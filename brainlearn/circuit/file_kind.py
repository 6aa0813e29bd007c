"""Which of the four kinds of TOML file a file is, and what to say if another kind was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brainlearn.mistakes import Mistake

CIRCUIT, EXPERIMENT, SWEEP, RULE = "a circuit", "an experiment", "a sweep", "a rule"
DO = {
    CIRCUIT: "Simulate it with brainlearn simulate; to train it, name it as the `circuit` of an experiment.",
    EXPERIMENT: "Run it with brainlearn run.",
    SWEEP: "Run it with brainlearn sweep.",
    RULE: "Check it with brainlearn check; an experiment names it: [rule] file = ….",
}


def kind_of_file(data: Mapping[str, Any]) -> str:
    """Return the kind of a file by what it names: areas, a circuit, an experiment, or changes of weights.

    >>> kind_of_file({"circuit": "c.toml", "rule": {}}), kind_of_file({"experiment": "e.toml"}), kind_of_file({})
    ('an experiment', 'a sweep', 'a circuit')
    >>> kind_of_file({"name": "hebb", "changes": []})
    'a rule'
    """
    if "areas" in data:
        return CIRCUIT
    if "circuit" in data:
        return EXPERIMENT
    if "experiment" in data:
        return SWEEP
    return RULE if "changes" in data else CIRCUIT


def another_kind(data: Mapping[str, Any], where: str, wanted: str) -> list[Mistake]:
    """Return a mistake if a file is beyond doubt of another kind than the one that is wanted."""
    sure = {"areas", "circuit", "experiment", "changes"} & data.keys()
    found = kind_of_file(data)
    if not sure or found == wanted:
        return []
    return [Mistake(where, f"not {wanted}", f"{found}", suggestion=DO[found])]
