"""A circuit file table by table: what is right in it, and every mistake so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from brainlearn.circuit.entry import Entry
from brainlearn.circuit.schema import (
    AreaTable,
    CircuitFile,
    NeuronTable,
    PopulationTable,
    ProjectionBlock,
    ProjectionTable,
    SynapseTable,
)
from brainlearn.circuit.validation import join, validate
from brainlearn.mistakes import Mistake
from brainlearn.renamed_keys import with_new_names

_POPULATION = {"name": "x", "size": 1, "sheet": [1, 1], "neuron": "x"}
_AREA = {"name": "x", "level": 0, "populations": [_POPULATION]}
_PROJECTION = {
    "source": "x/x",
    "target": "x/x",
    "pathway": "lateral",
    "synapse": "x",
    "weights": {"distribution": "constant", "value": 0.0},
}
_BLOCK = {key: _PROJECTION[key] for key in ("synapse", "weights")} | {"sources": ["x/x"], "targets": ["x/x"]}
_HEADER = {"name": "x", "dt": "1 ms", "areas": [_AREA]}
_SYNAPSE = {"on_pre": "x", "transmit": ""}
_MODELS: dict[str, Any] = {"neurons": {}, "synapses": _SYNAPSE}
_LISTS: dict[str, Any] = {"areas": [_AREA], "projections": [], "projection_tables": []}


@dataclass
class Draft:
    """Tables of a circuit file; a field that is missing or wrong is None, and so is a table that is none.

    Lists keep the order and the length that they have in the file, so that an index is also a place.
    """

    where: str
    header: CircuitFile | None = None
    neurons: dict[str, NeuronTable | None] = field(default_factory=dict)
    synapses: dict[str, SynapseTable | None] = field(default_factory=dict)
    areas: list[AreaTable | None] = field(default_factory=list)
    populations: list[list[PopulationTable | None]] = field(default_factory=list)  # area by area
    projections: list[ProjectionTable | None] = field(default_factory=list)
    blocks: list[ProjectionBlock | None] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)  # of blocks, by the index of the projection
    mistakes: list[Mistake] = field(default_factory=list)

    def place(self, *steps: str | int) -> str:
        """Return file and key path: ``circuits/x.toml: projections[3].target``, or that of the entry of a table."""
        if steps[:1] == ("projections",) and steps[1:2] and (entry := self.entries.get(int(steps[1]))):
            return f"{self.where}: {entry.place(steps[2:])}"
        return f"{self.where}: {join('', steps)}"

    def all_populations(self) -> Iterator[tuple[int, int, str, PopulationTable]]:
        """Every population that has a path: its two indices, its path, its table."""
        for a, (area, tables) in enumerate(zip(self.areas, self.populations, strict=True)):
            for p, table in enumerate(tables):
                if area is not None and table is not None and area.name and table.name:
                    yield a, p, f"{area.name}/{table.name}", table


def read_draft(data: dict[str, Any], where: str) -> Draft:
    """Validate a file's content table by table."""
    draft, data = Draft(where), with_new_names(data)
    _read_header(draft, data)
    _read_models(draft, data, "neurons", NeuronTable, {}, draft.neurons)
    _read_models(draft, data, "synapses", SynapseTable, _SYNAPSE, draft.synapses)
    for index, area in enumerate(_entries(data, "areas")):
        _read_area(draft, area, index)
    for index, projection in enumerate(_entries(data, "projections")):
        draft.projections.append(_read(draft, ProjectionTable, projection, f"projections[{index}]", _PROJECTION))
    for index, block in enumerate(_entries(data, "projection_tables")):
        before = len(draft.mistakes)
        read = _read(draft, ProjectionBlock, block, f"projection_tables[{index}]", _BLOCK)
        draft.blocks.append(read if len(draft.mistakes) == before else None)
    return draft


def _read(draft: Draft, model: Any, data: Any, key: str, placeholders: Any) -> Any:
    table, mistakes = validate(model, data, draft.where, key, placeholders)
    draft.mistakes += mistakes
    return table


def _read_header(draft: Draft, data: dict[str, Any]) -> None:
    """Read name, description, dt and the names of models; the rest is read table by table, later."""
    hollow = {name: _hollow(name, value) for name, value in data.items()}
    draft.header = _read(draft, CircuitFile, hollow, "", _HEADER)


def _hollow(name: str, value: Any) -> Any:
    """Replace what is read later by a valid placeholder, if it is of the right kind."""
    if name in _MODELS and isinstance(value, dict):
        return dict.fromkeys(value, _MODELS[name])
    if name in _LISTS and isinstance(value, list) and value:
        return _LISTS[name]
    return value


def _read_models(draft: Draft, data: dict[str, Any], section: str, model: Any, placeholders: Any, into: Any) -> None:
    tables = data.get(section)
    for name, table in tables.items() if isinstance(tables, dict) else ():
        before = len(draft.mistakes)
        read = _read(draft, model, table, join(section, [name]), placeholders)
        into[name] = read if len(draft.mistakes) == before else None


def _read_area(draft: Draft, data: Any, index: int) -> None:
    populations = _entries(data, "populations") if isinstance(data, dict) else []
    hollow = {**data, "populations": [_POPULATION]} if populations else data
    draft.areas.append(_read(draft, AreaTable, hollow, f"areas[{index}]", _AREA))
    draft.populations.append(
        [
            _read(draft, PopulationTable, population, f"areas[{index}].populations[{position}]", _POPULATION)
            for position, population in enumerate(populations)
        ]
    )


def _entries(data: dict[str, Any], section: str) -> list[Any]:
    entries = data.get(section)
    return entries if isinstance(entries, list) else []
