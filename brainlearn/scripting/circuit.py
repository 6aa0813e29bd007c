"""`Circuit` as scripts have it: built in Python or read from a file, saved as TOML, drawn in notebooks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from brainlearn.brian import loading
from brainlearn.circuit import circuit as read
from brainlearn.circuit import read_tables
from brainlearn.circuit.declared import Area, Neuron, Population, Projection, ProjectionTable, Synapse
from brainlearn.circuit.declared_arrays import in_files, session_folder, uses_session_folder
from brainlearn.circuit.declared_tables import tables
from brainlearn.circuit.replacing import OtherWeights, Sizes
from brainlearn.circuit.script_places import in_script
from brainlearn.circuit.writing import circuit_text
from brainlearn.mistakes import UserError
from brainlearn.results.whole_file import write_text
from brainlearn.running.copied_arrays import copy_arrays

if TYPE_CHECKING:
    from brainlearn.neurons import NeuronModel
    from brainlearn.synapses import SynapseModel

__all__ = ["Area", "Circuit", "Neuron", "Population", "Projection", "ProjectionTable", "Synapse", "load_circuit"]

FIELDS = tuple(each.name for each in dataclasses.fields(read.Circuit))


class Circuit(read.Circuit):
    """A circuit: areas with their populations, and projections between them.

    It is immutable; `Circuit(...)` with the parts of another one makes a new one.

    Parameters
    ----------
    name : str
        Letters, digits and ``_``.
    dt : quantity
        Time step, as text (``"1 ms"``) or as a quantity of Brian2 (``1*ms``).
    areas : sequence of Area
        At least one.
    projections : sequence of Projection
    neurons : mapping of str to Neuron
        Neuron models of this circuit, by name, beside the built-in ones.
    synapses : mapping of str to Synapse
        Synapse models of this circuit, by name, beside the built-in ones.
    description : str
        What it is for.
    path : str
        The file that it was read from, for messages; files of weights are looked for in its folder, and arrays are
        written there. Default: ``circuit "NAME"``, the working folder, and a temporary folder for arrays.
    projection_tables : sequence of ProjectionTable
        Many projections at once; those of the circuit hold them after `projections`.

    Raises
    ------
    UserError
        With all mistakes at once: the same as of a circuit file, each with the name of the thing that it is in.

    Examples
    --------
    >>> circuit = Circuit(
    ...     "small",
    ...     dt="1 ms",
    ...     areas=[
    ...         Area("retina", 0, [Population("image", "constant_current", sheet=(8, 8))]),
    ...         Area("V1", 1, [Population("E", "lif_delta", size=100)]),
    ...     ],
    ...     projections=[
    ...         Projection("retina/image", "V1/E", "bottom_up", "constant_current", {"distribution": "normal"})
    ...     ],
    ... )
    >>> circuit
    Circuit "small": 2 areas, 2 populations, 1 projection, 164 units
    >>> print(circuit.to_toml()[:30])
    name = "small"
    dt = "1 ms"
    <BLANKLINE>
    [
    """

    def __init__(
        self,
        name: str,
        dt: Any,
        areas: Sequence[Area | read.Area],
        projections: Sequence[Projection | read.Projection] = (),
        neurons: Mapping[str, Neuron | NeuronModel] = MappingProxyType({}),
        synapses: Mapping[str, Synapse | SynapseModel] = MappingProxyType({}),
        description: str = "",
        path: str = "",
        projection_tables: Sequence[ProjectionTable | Mapping[str, Any]] = (),
    ) -> None:
        folder = Path(path).parent if path else None
        areas, projections, neurons = (in_files(each, folder) for each in (areas, projections, neurons))
        data = tables(name, dt, areas, projections, neurons, synapses, description, projection_tables)
        if not path:
            path = str(session_folder() / f'circuit "{name}"') if uses_session_folder(data) else f'circuit "{name}"'
        reading = loading.with_text_checked(read_tables(data, path))
        if reading.mistakes or reading.circuit is None:
            raise UserError(*(in_script(mistake, data) for mistake in reading.mistakes))
        self._take(reading.circuit)

    def _take(self, circuit: read.Circuit) -> None:
        for name in FIELDS:
            object.__setattr__(self, name, getattr(circuit, name))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, read.Circuit):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in FIELDS if name != "path")

    __hash__ = None  # type: ignore[assignment]

    def to_toml(self) -> str:
        """Return the text of a circuit file that is read as this circuit."""
        return circuit_text(self)

    def save(self, path: str | Path) -> None:
        """Write a circuit file that is read as this circuit; files of arrays are copied to its folder.

        Parameters
        ----------
        path : str or Path
            An existing file is replaced.

        Raises
        ------
        UserError
            If the file cannot be written.
        """
        write_text(Path(path), self.to_toml())
        copy_arrays(self, Path(path).parent)

    def _repr_html_(self) -> str:
        """Return the drawing of the circuit, for notebooks."""
        from brainlearn.plots.circuit_drawing import svg_drawing

        return svg_drawing(self)


def as_public(circuit: read.Circuit) -> Circuit:
    """Return a circuit that was already checked, with the methods for scripts."""
    public = object.__new__(Circuit)
    public._take(circuit)
    return public


def load_circuit(
    path: str | Path, sizes: Sizes = MappingProxyType({}), weights: OtherWeights = MappingProxyType({})
) -> Circuit:
    """Read a circuit file, or a circuit that comes with brainlearn.

    Parameters
    ----------
    path : str or Path
        A TOML file, which docs/circuit-files.md describes; or the name of a file in ``circuits/`` or
        ``circuits/published/``, without its ending: ``"Brunel_2000"``.
    sizes : mapping of str to int or (int, int)
        Other sizes or sheets for some populations, by path: ``{"V1/E": 500, "retina/image": (28, 28)}``.
    weights : mapping of str to Normal, Uniform, Constant, Tied or Stored
        Other initial weights for some projections, by name.

    Returns
    -------
    Circuit

    Raises
    ------
    UserError
        With every mistake of the file.
    """
    return as_public(loading.load_circuit(path, sizes, weights))
