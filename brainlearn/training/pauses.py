"""Moments at which a run can be saved or ended."""

from __future__ import annotations

from typing import Protocol


class Pauses(Protocol):
    """Is told by a course where it is; saves its state, or ends the run by KeyboardInterrupt."""

    def between_rounds(self) -> None:
        """Be told that a round of learning is over: the state is whole."""

    def before_answers(self) -> None:
        """Be told that only answers follow, in which the state is not whole: what is needed of it is kept now."""

    def while_answering(self) -> None:
        """Be told that a round without learning is over."""


class NoPauses:
    """Saves nothing and never ends a run."""

    def between_rounds(self) -> None:
        """Go on."""

    def before_answers(self) -> None:
        """Go on."""

    def while_answering(self) -> None:
        """Go on."""
