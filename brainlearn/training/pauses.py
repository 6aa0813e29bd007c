"""Moments at which a run can be saved or ended."""

from __future__ import annotations

from typing import Protocol


class Pauses(Protocol):
    """Receives the progress of a course; saves its state, or ends the run by KeyboardInterrupt."""

    def between_rounds(self) -> None:
        """Note the end of a round of learning: the state is complete."""

    def before_answers(self) -> None:
        """Keep what is needed of the state: only answers follow, in which it is not complete."""

    def while_answering(self) -> None:
        """Note the end of a round without learning."""


class NoPauses:
    """Saves nothing and never ends a run."""

    def between_rounds(self) -> None:
        """Continue."""

    def before_answers(self) -> None:
        """Continue."""

    def while_answering(self) -> None:
        """Continue."""
