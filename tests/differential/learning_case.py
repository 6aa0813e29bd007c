"""A circuit that learns, and its rule as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.differential.case import Case


@dataclass(frozen=True)
class Trace:
    """A trace that each spike raises by 1 and that decays with a time constant, a parameter of the rule."""

    name: str
    tau: str


@dataclass(frozen=True)
class Term:
    """A product, and when it acts."""

    pre: str
    post: str
    when: str
    weight: str = ""


@dataclass(frozen=True)
class LearningCase:
    """What learns, how, and in which presentations.

    Parameters
    ----------
    case : Case
    projections : tuple of str
        That learn.
    parameters : dict of str to str
    traces : tuple of Trace
    broadcasts, modulators : dict of str to str
    terms : tuple of Term
    size : float
        Of the step.
    learns : tuple of bool
        Whether rules act, for each stretch.
    polarities : tuple of (copy,) arrays
        For each stretch.
    """

    case: Case
    projections: tuple[str, ...]
    parameters: dict[str, str]
    traces: tuple[Trace, ...]
    broadcasts: dict[str, str]
    modulators: dict[str, str]
    terms: tuple[Term, ...]
    size: float
    learns: tuple[bool, ...]
    polarities: tuple[np.ndarray, ...]

    def __repr__(self) -> str:
        rule = "\n".join(f"{term.when}: ({term.pre}) * ({term.post}) * ({term.weight or 1})" for term in self.terms)
        more = f"{self.parameters=}\n{self.traces=}\n{self.broadcasts=}\n{self.modulators=}\n{self.learns=}\n"
        return f"{self.projections} learn by\n{rule}\n{more}{self.polarities=}, {self.size=}\n{self.case!r}"
