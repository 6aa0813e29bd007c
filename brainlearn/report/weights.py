"""Results of learning: receptive fields, and weights before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from xarray import DataTree

from brainlearn.plots.receptive_fields import draw_receptive_fields, fields_of, first_level
from brainlearn.plots.weight_change import draw_weight_change, existing, weight_groups
from brainlearn.report.blocks import Block, Gallery, Picture, Section, Table, Words
from brainlearn.report.panel import named, panel
from brainlearn.report.runs import Run
from brainlearn.report.words import number, short
from brainlearn.results.tree import group_name


def weights(runs: Sequence[Run]) -> Section:
    """Draw receptive fields, and histograms of the weights of every projection that learned."""
    blocks: list[Block] = []
    fields = tuple(_fields(run) for run in runs if first_level(run.tree) is not None)
    if fields:
        about = (
            "Weights of single units, laid out as the image is. White excites and black inhibits, equally strong in "
            "one picture; grey is 0."
        )
        blocks.append(Gallery("Receptive fields", fields, about))
    histograms = tuple(_histogram(run, group) for run, group in _by_projection(runs))
    if histograms:
        blocks.append(Gallery("Weights before and after learning", histograms, "", narrow=True))
        blocks.append(_statistics(runs))
    return Section("weights", "What was learned", tuple(blocks) or (Words("The result holds no weights."),))


def _by_projection(runs: Sequence[Run]) -> list[tuple[Run, DataTree]]:
    """Return the weights of all runs, those of one projection side by side."""
    found: dict[str, list[tuple[Run, DataTree]]] = {}
    for run in runs:
        for group in weight_groups(run.tree):
            found.setdefault(str(group.attrs["projection"]), []).append((run, group))
    return [pair for pairs in found.values() for pair in pairs]


def _fields(run: Run) -> Picture:
    group = first_level(run.tree)
    assert group is not None
    weights, sides = fields_of(group)
    units = min(24, weights.shape[1])
    alt = (
        f"Receptive fields of the {units} units of {group.attrs['target']} with the longest weight vectors, "
        f"as tiles of {' by '.join(map(str, sides))} weights."
    )
    source = f"weights/{group_name(str(group.attrs['projection']))}/final"
    figure = panel(draw_receptive_fields, run.tree, width=5.4, height=4.6)
    return Picture(named("receptive_fields", run), run.label, alt, figure, source)


def _histogram(run: Run, group: DataTree) -> Picture:
    projection = str(group.attrs["projection"])
    before, after = existing(group, "initial"), existing(group, "final")
    alt = f"Histograms of the weights of {projection}. Before learning, {_moments(before)}; after, {_moments(after)}."
    name = f"{named('weights', run)}_{group_name(projection).replace('->', '-to-')}"
    source = f"weights/{group_name(projection)}/initial and final"
    figure = panel(draw_weight_change, group, width=3.5, height=2.7)
    return Picture(name, run.label, alt, figure, source)


def _moments(values: np.ndarray) -> str:
    return f"mean {number(float(values.mean()))}, sd {number(float(values.std()))}" if values.size else "none"


def _statistics(runs: Sequence[Run]) -> Table:
    """Return mean, spread and change of the weights, of every run and projection."""
    rows = []
    for run in runs:
        for group in weight_groups(run.tree):
            before, after = existing(group, "initial"), existing(group, "final")
            same = before.size == after.size and before.size > 0
            moved = float(np.linalg.norm(after - before) / (np.linalg.norm(before) or np.nan)) if same else np.nan
            moments = [float(f(v)) if v.size else np.nan for v in (before, after) for f in (np.mean, np.std)]
            rows.append((run.label, str(group.attrs["projection"]), after.size, *map(short, moments), short(moved)))
    columns = ("run", "projection", "synapses", "mean before", "sd before", "mean after", "sd after", "moved by")
    caption = "Weights: moved by is the length of the whole change over the length of the weights before"
    return Table(caption, columns, tuple(rows), heads=2)
