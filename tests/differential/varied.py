"""Gives units of a random circuit constants and initial values of their own, by expressions of their place."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any

import numpy as np

from tests.differential.case import Case
from tests.differential.file_text import quantity

FACTOR = "(1 + 0.173*i/N - 0.031*(i % 2))"


def varied(case: Case, number: int) -> Case:
    """Return a case in which about half of the parameters and initial values differ between units.

    Parameters that the text of a synapse names stay the same for all units.
    """
    file, rng = copy.deepcopy(case.file), np.random.default_rng(number)
    texts = "\n".join(str(each) for each in file.get("synapses", {}).values())
    for model in file.get("neurons", {}).values():
        for section in ("parameters", "initial"):
            for name, value in model.get(section, {}).items():
                if rng.random() < 0.5 and not re.search(rf"\b{name}(_pre|_post)?\b", texts):
                    model[section][name] = {"distribution": "expression", "value": f"{quantity(value)}*{FACTOR}"}
    return replace(case, file=file)


def differs(value: Any) -> bool:
    """Tell whether a value of a file is an expression of the place."""
    return isinstance(value, dict)


def unit_word(value: dict[str, Any]) -> str:
    """Return the unit of an expression, as equations write it."""
    match = re.search(r"\*\w*(s|second|V|volt)\*\(", value["value"])
    return {"s": "second", "second": "second", "V": "volt", "volt": "volt"}[match[1]] if match else "1"
