"""The place in the file of a projection that comes from a table of projections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brainlearn.circuit.validation import join


@dataclass(frozen=True)
class Entry:
    """A projection that a table of projections makes.

    Parameters
    ----------
    block, row, column : int
        Place in the file, and in the table.
    name : str
        Of the projection.
    matrix : str
        The key of the numbers; empty if all entries have one connectivity.
    exceptions : mapping of str to int
        Which exception of the table says a key.
    """

    block: int
    row: int
    column: int
    name: str
    matrix: str
    exceptions: Mapping[str, int]

    def place(self, steps: Sequence[str | int] = ()) -> str:
        """Return the key path of what says a key of the projection, and which entry is meant."""
        table, said = f"projection_tables[{self.block}]", ""
        match steps[:1]:
            case ["source"]:
                return f"{table}.sources[{self.column}]"
            case ["target"]:
                return f"{table}.targets[{self.row}]"
            case ["connectivity"] if self.matrix:
                said = f"{table}.{self.matrix}[{self.row}][{self.column}]"
            case [str(key)]:
                exception = self.exceptions.get(key)
                said = join(table if exception is None else f"{table}.exceptions[{exception}]", steps)
        return f"{said or table} ({self.name})"
