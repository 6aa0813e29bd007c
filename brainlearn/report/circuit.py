"""The circuit as run: drawn, and as tables."""

from __future__ import annotations

from collections.abc import Sequence

from brainlearn.circuit import Circuit
from brainlearn.circuit.counting import count_synapses
from brainlearn.circuit.unit_values import differing_values
from brainlearn.plots.circuit_drawing import draw_circuit
from brainlearn.report.blocks import Block, Listing, Picture, Section, Table, Words
from brainlearn.report.runs import Run


def circuit(runs: Sequence[Run]) -> Section:
    """List populations and projections of every circuit once, and draw those that the first section does not."""
    blocks: list[Block] = []
    different = {run.tree.attrs["circuit_sha256"] + str(run.settings.get("sizes")): run for run in reversed(runs)}
    for number, run in enumerate(reversed(different.values()), start=1):
        if run.circuit is None:
            blocks.append(Words("This circuit file cannot be read by this version, so it is not drawn."))
        else:
            blocks += [drawing(run.circuit, number)] if number > 1 else []
            blocks += [populations_table(run.circuit), *values_table(run.circuit), projections_table(run.circuit)]
        blocks.append(Listing(f"Circuit file: {run.tree.attrs['circuit']}", run.tree.attrs["circuit_text"]))
    return Section("circuit", "The circuit", tuple(blocks))


def drawing(circuit: Circuit, number: int = 1) -> Picture:
    """Draw a circuit, the one of this number in the report."""
    name = "circuit" if number == 1 else f"circuit_{number:02d}"
    caption = (
        "Level 0 at the bottom. Solid arrows go bottom-up, dashed ones top-down, dotted ones are lateral; "
        "an inhibitory projection ends in a bar."
    )
    return Picture(name, caption, describe(circuit), draw_circuit(circuit), "attribute circuit_text")


def describe(circuit: Circuit) -> str:
    """Describe the drawing."""
    areas = "; ".join(
        f"{area.name} with " + ", ".join(f"{p.name} ({p.size} units)" for p in area.populations)
        for area in sorted(circuit.areas, key=lambda area: area.level)
    )
    pathways = [(p.pathway.replace("_", "-"), f"{p.source} to {p.target}") for p in circuit.projections]
    ways = "; ".join(
        f"{way}: " + ", ".join(ends for other, ends in pathways if other == way) for way, _ in dict(pathways).items()
    )
    return f"Circuit {circuit.name}. Areas from the lowest level: {areas}. Projections, {ways}."


def populations_table(circuit: Circuit) -> Table:
    """List the populations, the highest level first."""
    rows = tuple(
        (p.path, area.level, p.size, p.neuron, circuit.models[p.path].kind, p.sign)
        for area in sorted(circuit.areas, key=lambda area: -area.level)
        for p in area.populations
    )
    return Table("Populations", ("population", "level", "units", "neuron", "kind", "sign"), rows)


def values_table(circuit: Circuit) -> list[Table]:
    """List what differs between units, or from the model of their population; no table if nothing does."""
    rows = tuple(differing_values(circuit))
    return [Table("Values of units", ("population", "variable", "value", "when"), rows)] if rows else []


def projections_table(circuit: Circuit) -> Table:
    """List the projections."""
    rows = tuple(
        (
            p.name,
            p.pathway.replace("_", "-"),
            p.synapse,
            p.sign,
            str(count_synapses(circuit, p)),
            p.delay.text if p.delayed else "none",
        )
        for p in circuit.projections
    )
    return Table("Projections", ("projection", "pathway", "synapse", "sign", "synapses", "delay"), rows)
