"""NIR files, written whole or not at all, and read with every fault named."""

from __future__ import annotations

from pathlib import Path

import nir

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.whole_file import whole_file


def write_nir(graph: nir.NIRGraph, path: Path) -> None:
    """Write a graph; errors as in `whole_file`."""
    with whole_file(path) as part:
        nir.write(part, graph)


def read_nir(path: Path) -> nir.NIRGraph:
    """Read a graph.

    Raises
    ------
    UserError
        If there is no such file, or it is none of NIR.
    """
    if not path.is_file():
        raise UserError(Mistake(str(path), "no such file"))
    try:
        graph = nir.read(path)
    except Exception as error:  # nir raises whatever comes: OSError, KeyError, AssertionError, ValueError, ...
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise UserError(Mistake(str(path), "cannot be read as NIR", lines[0])) from error
    if not isinstance(graph, nir.NIRGraph):
        raise UserError(Mistake(str(path), "is no graph", type(graph).__name__, "a NIRGraph"))
    return graph
