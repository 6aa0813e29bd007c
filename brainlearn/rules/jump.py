"""What a spike does to the states of a synapse: statements such as ``calcium += c_pre``."""

from __future__ import annotations

import re
from dataclasses import dataclass

STATEMENT = re.compile(r"(\w+)\s*(\+=|-=|\*=|/=|=)(?!=)(.+)", re.DOTALL)
SIDES = ("pre", "post")


@dataclass(frozen=True)
class Jump:
    """One statement.

    Parameters
    ----------
    state : str
        What is set.
    value : str
        Expression of what it becomes.
    """

    state: str
    value: str


def statements(text: str) -> list[str]:
    """Return the statements of a text, one a line or parted by semicolons."""
    return [line for line in (each.strip() for each in re.split(r"[;\n]", text)) if line]


def parse_jump(statement: str) -> Jump | None:
    """Return what a statement does; None if it is none."""
    found = STATEMENT.fullmatch(statement)
    if found is None:
        return None
    value = found[3].strip()
    return Jump(found[1], value if found[2] == "=" else f"{found[1]} {found[2][0]} ({value})")


def factor_of(text: str, state: str) -> str | None:
    """Return what a statement multiplies a state by; None if it does something else."""
    found = STATEMENT.fullmatch(text.strip())
    if found is None or found[1] != state or found[2] != "*=" or len(statements(text)) != 1:
        return None
    return found[3].strip()


def side_of(name: str) -> tuple[str, str]:
    """Return variable and side of a name in text of a synapse: ``("trace", "pre")`` of ``trace_pre``."""
    base, _, side = name.rpartition("_")
    return (base, side) if base and side in SIDES else (name, "")


def read_of(side: str, text: str) -> list[str]:
    """Return the variables of the unit on one side that text of a synapse reads: ``"x"`` of ``x_pre``."""
    names = map(side_of, re.findall(r"(?<![\w.])[A-Za-z_]\w*", text))
    return list(dict.fromkeys(base for base, of in names if of == side))
