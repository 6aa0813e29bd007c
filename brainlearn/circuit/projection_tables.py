"""Tables of projections: a matrix of numbers between populations becomes ordinary projections, entry by entry.

All code that works on projections sees only these; mistakes name the table and the entry that made one.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from brainlearn.circuit.degrees import population_size
from brainlearn.circuit.draft import Draft
from brainlearn.circuit.entry import Entry
from brainlearn.circuit.schema import (
    AllToAll,
    AnyConnectivity,
    FixedInDegree,
    FixedOutDegree,
    FixedTotalNumber,
    Probability,
    ProjectionBlock,
    ProjectionTable,
)
from brainlearn.circuit.validation import show
from brainlearn.mistakes import Mistake

MATRICES = ("probabilities", "numbers", "in_degrees", "out_degrees")
OVERRIDDEN = ("synapse", "weights", "delay", "short_term_plasticity", "sign", "self_connections")

_OF_ENTRY = re.compile(r" \(([^ ()]+)\)$")


def expand_tables(draft: Draft) -> None:
    """Add the projections of every table to ``draft.projections``, and what is wrong with the table to the mistakes."""
    levels = {area.name: area.level for area in reversed(draft.areas) if area}  # of two with one name, the first
    sizes = {path: population_size(table) for *_, path, table in draft.all_populations()}
    for index, block in enumerate(draft.blocks):
        if block is None:
            continue
        wrong = list(_check(draft, index, block))
        if wrong:
            draft.mistakes += wrong
            draft.blocks[index] = None
            continue
        for row, target in enumerate(block.targets):
            for column, source in enumerate(block.sources):
                pairs = sizes.get(source, 1) * sizes.get(target, 1)
                connectivity = _connectivity(block, row, column, pairs)
                if connectivity is not None:
                    exceptions = dict(_exceptions(block, source, target))
                    name = block.name.replace("{source}", source).replace("{target}", target)
                    matrix = next((key for key in MATRICES if getattr(block, key) is not None), "")
                    draft.entries[len(draft.projections)] = Entry(index, row, column, name, matrix, exceptions)
                    pathway = _pathway(*(levels.get(path.partition("/")[0]) for path in (source, target)))
                    said = {key: _said(block, exceptions, key) for key in OVERRIDDEN}
                    said |= {"pathway": pathway, "connectivity": connectivity, "name": name}
                    draft.projections.append(_projection(source, target, said))


def _check(draft: Draft, index: int, block: ProjectionBlock) -> Iterator[Mistake]:
    """Yield the mistakes in the numbers of a table, and with its exceptions."""
    given = [key for key in (*MATRICES, "connectivity") if getattr(block, key) is not None]
    place = draft.place("projection_tables", index)
    if len(given) != 1:
        allowed = f"one of {', '.join((*MATRICES, 'connectivity'))}"
        yield Mistake(place, "a table needs numbers, or a connectivity", " and ".join(given) or "neither", allowed)
        return
    yield from _check_words(place, given[0], block)
    if given[0] in MATRICES:
        yield from _check_matrix(f"{place}.{given[0]}", given[0], block)
    for which in ("sources", "targets"):
        known, seen = getattr(block, which), set()
        for k, path in enumerate(known):
            if path in seen:
                yield Mistake(f"{place}.{which}[{k}]", "named twice", show(path), "each population once")
            seen.add(path)
        for e, exception in enumerate(block.exceptions):
            for k, path in enumerate(getattr(exception, which) or ()):
                if path not in known:
                    where = f"{place}.exceptions[{e}].{which}[{k}]"
                    yield Mistake(where, f"none of the {which} of the table", show(path), ", ".join(known))


def _check_words(place: str, matrix: str, block: ProjectionBlock) -> Iterator[Mistake]:
    """Check that `kind` and `multapses` say something about the numbers of this table."""
    drawn = matrix in ("numbers", "in_degrees", "out_degrees")
    if block.kind is not None and matrix != "probabilities":
        yield Mistake(f"{place}.kind", f"it applies to probabilities, not to {matrix}", show(block.kind))
    if drawn and block.multapses is None:
        allowed = "true or false: may two units have several synapses of a projection?"
        yield Mistake(f"{place}.multapses", "the key is missing", "nothing", allowed, "Add `multapses = …`.")
    if not drawn and block.multapses is not None:
        allowed = "nothing; fixed_total_number has them" if block.kind == "fixed_total_number" else "nothing"
        wrong = f"it applies to numbers of synapses, not to {matrix}"
        yield Mistake(f"{place}.multapses", wrong, show(block.multapses), allowed, "Leave it out.")


def _check_matrix(place: str, key: str, block: ProjectionBlock) -> Iterator[Mistake]:
    matrix, rows, columns = getattr(block, key), len(block.targets), len(block.sources)
    if len(matrix) != rows:
        wrong = "one row is needed for each target"
        yield Mistake(place, wrong, f"{len(matrix)} rows for {rows} targets", f"{rows} rows")
        return
    for row, numbers in enumerate(matrix):
        if len(numbers) != columns:
            found = f"{len(numbers)} numbers for {columns} sources"
            wrong = f"one number is needed for each source, onto {block.targets[row]}"
            yield Mistake(f"{place}[{row}]", wrong, found, f"{columns} numbers")
            continue
        for column, number in enumerate(numbers if key == "probabilities" else ()):
            entry = f"from {block.sources[column]} onto {block.targets[row]}"
            if not 0 <= number <= 1:
                yield Mistake(f"{place}[{row}][{column}]", f"not a probability, {entry}", show(number), "0 to 1")
            elif number == 1 and block.kind == "fixed_total_number":
                wrong = f"no number of synapses drawn with replacement can connect all pairs, {entry}"
                yield Mistake(f"{place}[{row}][{column}]", wrong, show(number), "0 to below 1")


def _connectivity(block: ProjectionBlock, row: int, column: int, pairs: int) -> AnyConnectivity | None:
    """Return how an entry is connected, between so many pairs of units; None if it is no projection."""
    if block.connectivity is not None:
        return block.connectivity
    if block.probabilities is not None:
        probability = float(block.probabilities[row][column])
        if block.kind == "fixed_total_number":
            number = synapses_of(probability, pairs)
            return FixedTotalNumber(kind="fixed_total_number", number=number, multapses=True) if number else None
        return Probability(kind="probability", probability=probability) if probability else None
    multapses = bool(block.multapses)
    if block.numbers is not None:
        number = block.numbers[row][column]
        return FixedTotalNumber(kind="fixed_total_number", number=number, multapses=multapses) if number else None
    if block.in_degrees is not None:
        degree = block.in_degrees[row][column]
        return FixedInDegree(kind="fixed_in_degree", in_degree=degree, multapses=multapses) if degree else None
    assert block.out_degrees is not None
    degree = block.out_degrees[row][column]
    return FixedOutDegree(kind="fixed_out_degree", out_degree=degree, multapses=multapses) if degree else None


def synapses_of(probability: float, pairs: int) -> int:
    """Return how many synapses, drawn with replacement, connect a pair of units with a probability.

    Potjans & Diesmann 2014, Cerebral Cortex 24:785, equation 1.

    >>> synapses_of(0.1009, 20683 * 20683)  # L2/3E onto itself
    45499806
    """
    return round(math.log1p(-probability) / math.log1p(-1 / pairs)) if pairs > 1 else round(probability)


def _exceptions(block: ProjectionBlock, source: str, target: str) -> Iterator[tuple[str, int]]:
    """Yield every key that an exception says of an entry, and the exception's place; of two the later comes last."""
    for e, exception in enumerate(block.exceptions):
        if source in (exception.sources or (source,)) and target in (exception.targets or (target,)):
            yield from ((key, e) for key in OVERRIDDEN if getattr(exception, key) is not None)


def _said(block: ProjectionBlock, exceptions: dict[str, int], key: str) -> Any:
    return getattr(block.exceptions[exceptions[key]] if key in exceptions else block, key)


def _pathway(source: int | None, target: int | None) -> str | None:
    if source is None or target is None:
        return None
    return "bottom_up" if target > source else "top_down" if target < source else "lateral"


def _projection(source: str, target: str, said: dict[str, Any]) -> ProjectionTable:
    """Return a projection; None in each field that its table does not say rightly."""
    plain = {"source": source, "target": target, "pathway": "lateral", "synapse": "x"}
    weights = {"distribution": "constant", "value": 0.0}
    table = ProjectionTable.model_validate({**plain, "weights": weights, "connectivity": AllToAll(kind="all_to_all")})
    return table.model_copy(update=said)


def joined(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Return the mistakes with those joined that differ only in the entry of a table of projections."""
    groups: dict[Mistake, list[str]] = {}
    for mistake in mistakes:
        entry = _OF_ENTRY.search(mistake.where) if "projection_tables[" in mistake.where else None
        key = mistake if entry is None else dataclasses.replace(mistake, where=mistake.where[: entry.start()])
        groups.setdefault(key, []).extend([] if entry is None else [entry[1]])
    return [dataclasses.replace(key, where=key.where + _named(entries)) for key, entries in groups.items()]


def _named(entries: Sequence[str]) -> str:
    others = f" and {len(entries) - 1} more" if len(entries) > 1 else ""
    return f" ({entries[0]}{others})" if entries else ""
