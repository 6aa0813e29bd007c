"""A circuit of the fuzzer: its file, its weights, and what its copies are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

CIRCUIT, WEIGHTS, SHOWN, SCRIPT = "circuit.toml", "weights.npz", "shown.npz", "plain.py"


@dataclass(frozen=True)
class Stretch:
    """A phase of a presentation.

    Parameters
    ----------
    steps : int
    reset : bool
        Whether states are put back when it begins.
    onset : bool
        Whether a presentation begins with it, and the time of the text.
    shown : dict of str to (copy, unit) array
        Values that are set when it begins, by the population's path; others keep theirs.
    """

    steps: int
    reset: bool
    onset: bool
    shown: dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """What all machines run.

    Parameters
    ----------
    file : dict
        Content of the circuit file.
    arrays : dict of str to (pre, post) array
        Weights of the projections that take them from a file, by the name of the array.
    copies : int
    stretches : tuple of Stretch
        One after the other.
    refused : str
        A word of the message with which the package refuses the file; empty if it has to run.
    fused : bool
        Whether groups are treated as large ones, whose code is compiled.
    """

    file: dict[str, Any]
    arrays: dict[str, np.ndarray]
    copies: int
    stretches: tuple[Stretch, ...]
    refused: str = ""
    fused: bool = False

    @property
    def toml(self) -> str:
        """Text of the circuit file."""
        return tomli_w.dumps(self.file)

    @property
    def begins(self) -> list[int]:
        """First steps of all stretches, and the number of all steps."""
        return [0, *np.cumsum([stretch.steps for stretch in self.stretches]).tolist()]

    @property
    def spans(self) -> list[tuple[int, int, bool, bool]]:
        """First step, last one (exclusive), reset and onset, from each of these to the next."""
        marks = [
            (begin, stretch.reset or begin == 0, stretch.onset or begin == 0)
            for begin, stretch in zip(self.begins, self.stretches, strict=False)
            if stretch.reset or stretch.onset or begin == 0
        ]
        lasts = [*(begin for begin, *_ in marks[1:]), self.begins[-1]]
        return [(begin, last, reset, onset) for (begin, reset, onset), last in zip(marks, lasts, strict=True)]

    @property
    def phases(self) -> int:
        """How many stretches make a presentation; all have the same number."""
        onsets = [k for k, stretch in enumerate(self.stretches) if stretch.onset]
        return onsets[1] if len(onsets) > 1 else len(self.stretches)

    def save(self, folder: Path) -> Path:
        """Write the circuit and its arrays into a folder; return the path of the circuit file."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CIRCUIT).write_text(self.toml)
        np.savez(folder / WEIGHTS, **self.arrays)
        shown = {
            f"{step}:{path}": values
            for step, stretch in zip(self.begins, self.stretches, strict=False)
            for path, values in stretch.shown.items()
        }
        np.savez(folder / SHOWN, **shown)
        return folder / CIRCUIT

    def __repr__(self) -> str:
        stretches = ", ".join(
            f"{s.steps} steps{' from an onset' if s.onset else ''}{' with a reset' if s.reset else ''}"
            for s in self.stretches
        )
        meaning = f"the text is {self.refused}\n" if self.refused else ""
        return f"{self.copies} copies, {stretches}\n{meaning}{self.toml}"


@dataclass
class Record:
    """What one machine did.

    Parameters
    ----------
    spikes : dict of str to (step, copy, unit) bool array
        By path.
    states : dict of str to (step, copy, unit) array
        By ``"V1/E.v"``, in SI units.
    sums : frozenset of str
        States that continuous synapses set: a machine may have no variable of its own for them.
    """

    spikes: dict[str, np.ndarray] = field(default_factory=dict)
    states: dict[str, np.ndarray] = field(default_factory=dict)
    sums: frozenset[str] = frozenset()
