"""NIR files, written atomically, and read with every fault named."""

from __future__ import annotations

import io
import os
import signal
import subprocess
from pathlib import Path

import nir

from brainlearn.mistakes import Mistake, UserError
from brainlearn.processes.safe_python import python, safe_environment
from brainlearn.regular_file import is_regular, what_is_there
from brainlearn.results.whole_file import whole_file

READ = "import sys, nir; nir.read(sys.argv[1])"
PATIENCE = 60.0  # s
PACE = 20e6  # bytes/s that any disk gives


def write_nir(graph: nir.NIRGraph, path: Path) -> None:
    """Write a graph, by way of memory as `write_netcdf` does; errors as in `whole_file`."""
    content = io.BytesIO()
    nir.write(content, graph)
    with whole_file(path) as part:
        part.write_bytes(content.getvalue())


def read_nir(path: Path) -> nir.NIRGraph:
    """Read a graph.

    Raises
    ------
    UserError
        If there is no such file, or it is none of NIR.
    """
    if not is_regular(path):
        raise UserError(Mistake(str(path), "no such file", what_is_there(path), "a NIR file", "Look at the path."))
    if wrong := _try_elsewhere(path):
        raise UserError(Mistake(str(path), "cannot be read as NIR", wrong))
    return read_whole_nir(path)


def read_whole_nir(path: Path) -> nir.NIRGraph:
    """Read a graph from a file that can be read to its end; errors as in `read_nir`."""
    try:
        graph = nir.read(path)
    except Exception as error:  # nir raises whatever comes: OSError, KeyError, AssertionError, ValueError, ...
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise UserError(Mistake(str(path), "cannot be read as NIR", lines[0])) from error
    if not isinstance(graph, nir.NIRGraph):
        raise UserError(Mistake(str(path), "is no graph", type(graph).__name__, "a NIRGraph"))
    return graph


def _try_elsewhere(path: Path) -> str:
    """Read the file in another process and report failures: damaged HDF5 may loop for ever, or crash."""
    limit = PATIENCE + path.stat().st_size / PACE
    try:
        done = subprocess.run(
            python("-c", READ, os.fspath(path.resolve())),
            env=safe_environment(os.environ),
            capture_output=True,
            text=True,
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        return f"no end of reading within {limit:.0f} s, as with damaged HDF5"
    if done.returncode < 0:
        return f"a crash while reading ({signal.Signals(-done.returncode).name}), as with damaged HDF5"
    lines = done.stderr.strip().splitlines() or ["nothing"]
    return lines[-1][:300] if done.returncode else ""
