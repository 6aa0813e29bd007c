"""The report of a simulation: what was done, spikes, rates, state variables, weights that learned, statistics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from xarray import Dataset, DataTree

from brainlearn.circuit import Circuit
from brainlearn.plots.simulation import MOST_ROWS, heat_of, raster_of, rates_of, shown_spikes, traces_of
from brainlearn.plots.weights_over_time import weights_over_time
from brainlearn.report.blocks import Beside, Block, Facts, Listing, Picture, Section, Table, Words
from brainlearn.report.circuit import drawing, populations_table, projections_table, values_table
from brainlearn.report.page import check_replaceable, page_of
from brainlearn.report.question import Headline
from brainlearn.report.words import duration, number
from brainlearn.results.spike_statistics import PopulationStatistics, statistics_of
from brainlearn.results.tree import group_name
from brainlearn.results.whole_file import write_text

COLUMNS = ("population", "units", "spikes", "mean rate [Hz]", "silent units [%]", "CV", "LV", "correlation")
ABOUT = (
    "Means over units and copies. CV and LV are those of the intervals between spikes, of units with two intervals at "
    "least: 0 for a regular train, 1 for a Poisson process. The correlation is that of spike counts in bins of "
    "{bin:g} ms, over pairs of up to {units} units of each copy."
)


def write_simulation_report(tree: DataTree, circuit: Circuit, path: Path) -> None:
    """Write the page of a simulation.

    Parameters
    ----------
    tree : xarray.DataTree
        Its result, perhaps not in memory.
    circuit : Circuit
    path : Path
        The HTML file; an older report is replaced.

    Raises
    ------
    UserError
        If another file is in the way, or the system refuses.
    """
    check_replaceable(path)
    found = statistics_of(tree)
    did = [*_activity(tree), *_learning(tree), *_statistics(tree, found)]
    sections = [_what(tree, circuit), *did, _circuit(tree, circuit), _made(tree)]
    attrs = tree.attrs
    page = page_of(
        title=f"{attrs['circuit']}, simulated",
        kind="Report of a simulation",
        subtitle=f"{attrs['simulated']:,.10g} ms in steps of {attrs['dt']:g} ms, {_by_what(tree)}.",
        headlines=_headlines(tree, circuit, found),
        sections=sections,
        command="simulate",
    )
    write_text(path, page)


def _by_what(tree: DataTree) -> str:
    """Say by which rule weights changed."""
    names = [str(each["rule"]) for each in _asked_learning(tree)]
    return f"learning by {' and '.join(names)}" if names else "without learning"


def _asked_learning(tree: DataTree) -> list[dict[str, Any]]:
    """Return what was to learn; older results name one rule and have no list."""
    asked = json.loads(tree.attrs["asked"]).get("learning") or []
    return asked if isinstance(asked, list) else [asked]


def _learning(tree: DataTree) -> list[Section]:
    """Show the changes of the weights that learned."""
    groups = tree.children["learning"].children.values() if "learning" in tree.children else ()
    blocks: list[Block] = []
    rows = []
    for group in groups:
        learning = group.to_dataset(inherit=False).load()
        name, number_ = str(learning.attrs["projection"]), int(learning.attrs["synapses"])
        mean, sd = learning["mean"].values, learning["sd"].values
        rows.append((name, number_, *(_short(float(x)) for x in (mean[0], mean[-1], sd[0], sd[-1]))))
        caption = (
            f"{name}: mean weight (black) with its standard deviation (grey band), a few weights (grey lines), and the "
            "distribution at the start and at the end."
        )
        alt = f"Weights of {name} over time: mean {mean[0]:.4g} at the start, {mean[-1]:.4g} at the end."
        figure = weights_over_time(learning)
        key = f"weights_{group_name(name)}".replace(".", "_").replace("->", "_to_")
        blocks.append(Picture(key, caption, alt, figure, f"learning/{group_name(name)}"))
    if not rows:
        return []
    columns = ("projection", "synapses", "mean before", "mean after", "sd before", "sd after")
    text = str(tree.attrs.get("rule_text", ""))
    listing = (Listing("The rule" if len(_asked_learning(tree)) == 1 else "The rules", text),) if text else ()
    return [
        Section("learning", "Weights", (Table("Weights before and after", columns, tuple(rows)), *blocks, *listing))
    ]


def _headlines(tree: DataTree, circuit: Circuit, found: list[PopulationStatistics]) -> list[Headline]:
    attrs = tree.attrs
    copies = f"in {int(attrs['copies'])} copies" if int(attrs["copies"]) > 1 else "in one copy"
    lines = [Headline(number(sum(each.spikes for each in found)), "spikes", copies)] if found else []
    kinds = {p.path: circuit.models[p.path].kind for p in circuit.populations}
    own = [each for each in found if kinds.get(each.path) != "stimulus"]
    if own:
        largest = max(own, key=lambda each: each.units)
        lines.append(Headline(f"{number(largest.rate)} Hz", "mean rate", f"of {largest.path}"))
        if np.isfinite(largest.cv):
            lines.append(Headline(number(largest.cv), "CV of intervals", f"of {largest.path}"))
    speed = attrs["simulated"] / 1e3 / max(float(attrs["seconds"]), 1e-9)
    lines.append(Headline(duration(float(attrs["seconds"])), "to simulate", f"{number(speed)} s of it in a second"))
    return lines


def _what(tree: DataTree, circuit: Circuit) -> Section:
    attrs, asked = tree.attrs, json.loads(tree.attrs["asked"])
    facts = [
        ("circuit", str(attrs["circuit"])),
        ("time", f"{attrs['simulated']:,.10g} ms in steps of {attrs['dt']:g} ms"),
        ("copies", str(int(attrs["copies"]))),
        ("seed", str(int(attrs["seed"]))),
        ("numbers", str(attrs["precision"])),
    ]
    if asked["record"]:
        facts.append(("recorded", ", ".join(asked["record"])))
    given = asked["inputs"] or {}
    inputs = tuple((what, value) for what, value in given.items())
    for learning in _asked_learning(tree):
        facts.append(("rule", str(learning["rule"])))
        facts.append(("learns", ", ".join(learning["learn"])))
        settings = [f"{key} = {value}" for key, value in learning["parameters"].items()]
        settings += [
            " ".join([each["name"], *(f"{k}={v}" for k, v in each.items() if k != "name")])
            for each in learning["updates"]
        ]
        facts += [("settings", ", ".join(settings))] if settings else []
    blocks: list[Words | Facts | Listing] = [Words(circuit.description)] if circuit.description else []
    blocks.append(Facts(tuple(facts)))
    if inputs:
        blocks += [Words("Given from outside:"), Facts(inputs)]
    blocks += [Words(note[0].upper() + note[1:] + ".") for note in json.loads(attrs["notes"])]
    return Section("simulation", "What was simulated", (Beside(tuple(blocks), drawing(circuit)),))


def _activity(tree: DataTree) -> list[Section]:
    dt = float(tree.attrs["dt"])
    spikes, end = shown_spikes(tree)
    blocks: list[Block] = []
    if spikes:
        counts = tuple((each.path, each.size, int((each.copy == 0).sum())) for each in spikes)
        told = "; ".join(f"{path}: {number_} spikes of {size} units" for path, size, number_ in counts)
        until = (
            "" if end >= float(tree.attrs["simulated"]) else f" The first {end:,.10g} ms are shown; result.nc has all."
        )
        table = Table("Spikes in the picture", ("population", "units", "spikes"), counts)
        caption = f"Spikes of the first copy: a dot is a spike, a row is a unit.{until}"
        figure = raster_of(spikes, end, dt)
        blocks.append(Picture("raster", caption, f"Raster. {told}.", figure, "spikes/<population>", table, ink=True))
        caption = "Spikes per unit and second, mean over units and copies."
        blocks.append(
            Picture("rates", caption, f"Population rates. {told}.", rates_of(spikes, end, dt), "spikes/<population>")
        )
    found = [Section("spikes", "Spikes", tuple(blocks))] if blocks else []
    states = tree.children["states"].children.values() if "states" in tree.children else ()
    pictures = tuple(
        picture for group in states for picture in _state_pictures(group.to_dataset(inherit=False), end, dt)
    )
    if pictures:
        found.append(Section("states", "Membranes and other states", pictures))
    return found


def _state_pictures(states: Dataset, end: float, dt: float) -> list[Picture]:
    path, pictures = str(states.attrs["population"]), []
    for name in map(str, states.data_vars):
        key, source = f"{name}_{path.replace('/', '_')}", f"states/{path.replace('/', '.')}"
        units = f"{min(states.sizes['unit'], MOST_ROWS)} units"
        if states.sizes["unit"] > 12:
            alt = f"{name} of {units} of {path} as shades of grey over time."
            caption = f"{path}: {name} of {units} of the first copy, dark where it is large."
            pictures.append(Picture(f"heat_{key}", caption, alt, heat_of(states, name, end, dt), source))
        caption = f"{path}: {name} of the first units that were recorded, in the first copy."
        alt = f"{name} of a few units of {path} over time."
        pictures.append(Picture(f"trace_{key}", caption, alt, traces_of(states, name, end, dt), source, ink=True))
    return pictures


def _statistics(tree: DataTree, found: list[PopulationStatistics]) -> list[Section]:
    if not found:
        return []
    rows = tuple(
        (
            each.path,
            each.units,
            each.spikes,
            *(_short(v) for v in (each.rate, each.silent, each.cv, each.lv, each.correlation)),
        )
        for each in found
    )
    about = ABOUT.format(bin=found[0].bin, units=max(each.paired for each in found))
    return [
        Section("statistics", "Spike trains", (Table("Spike trains of every population", COLUMNS, rows), Words(about)))
    ]


def _short(value: float) -> float | None:
    return float(f"{value:.4g}") if np.isfinite(value) else None


def _circuit(tree: DataTree, circuit: Circuit) -> Section:
    blocks: list[Block] = [populations_table(circuit), *values_table(circuit)]
    if circuit.projections:
        blocks.append(projections_table(circuit))
    if text := str(tree.attrs["circuit_text"]):
        blocks.append(Listing(f"Circuit file: {circuit.name}", text))
    return Section("circuit", "The circuit", tuple(blocks))


def _made(tree: DataTree) -> Section:
    attrs: dict[Any, Any] = tree.attrs
    facts = [("started", str(attrs["started"])), ("delivery", str(attrs["delivery"]))]
    facts.append(("circuit (SHA-256)", str(attrs["circuit_sha256"])[:12]))
    facts += sorted(json.loads(attrs["versions"]).items())
    again = "import brainlearn; brainlearn.load_result(FOLDER) reads what was recorded, with units and times."
    return Section("provenance", "How it was made", (Facts(tuple(facts)), Words(again)))
