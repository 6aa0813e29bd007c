"""What the text of a circuit file says, read with regular expressions: no code of the package."""

from __future__ import annotations

import re
from typing import Any

SIGNS = {"mixed": 0, "excitatory": 1, "inhibitory": -1}


def quantity(value: str | float) -> str:
    """Return a quantity of a file as Python text: ``"2.5 ms"`` as ``2.5*ms``."""
    return re.sub(r"^(\S+)\s+(\S+)$", r"\1*\2", str(value).strip())


def name_of(projection: dict[str, Any]) -> str:
    """Return a projection's name."""
    return projection.get("name") or f"{projection['source']}->{projection['target']}"


def equations_of(model: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Return what each equation is about: kind, right side and flags, by variable."""
    found = {}
    for line in model["equations"].splitlines():
        left, _, unit = line.rpartition(":")
        flags = unit.partition("(")[2].rstrip(") ")
        if match := re.match(r"\s*d(\w+)/dt\s*=(.*)", left):
            found[match[1]] = ("differential", match[2].strip(), flags)
        elif match := re.match(r"\s*(\w+)\s*=(.*)", left):
            found[match[1]] = ("subexpression", match[2].strip(), flags)
        else:
            found[left.strip()] = ("parameter", "", flags)
    return found


def unit_of(model: dict[str, Any], variable: str) -> str:
    """Return the unit of a variable, as equations write it."""
    match = re.search(rf"^\s*(?:d{variable}/dt\s*=.*|{variable}\s*)\s*:\s*(\w+)", model["equations"], re.MULTILINE)
    assert match is not None
    return match[1]


def target_of(transmit: str) -> str:
    return transmit.partition("=")[0].strip().removesuffix("_post")


def read_by(text: str) -> list[str]:
    """Return the presynaptic variables of synapse text."""
    return list(dict.fromkeys(re.findall(r"\b(\w+)_pre\b", text)))


def steps_of(projection: dict[str, Any], file: dict[str, Any]) -> int:
    """Return the delay in time steps; both times are written in one unit."""
    dt, unit = file["dt"].split()
    delay, same = projection.get("delay", f"0 {unit}").split()
    assert unit == same
    return round(float(delay) / float(dt))


def sign_of(projection: dict[str, Any], populations: dict[str, Any]) -> str:
    """Return the Dale sign of a projection: its own, or that of its source."""
    sign: str = projection.get("sign") or populations[projection["source"]].get("sign", "mixed")
    return sign
