"""From a `Circuit` to a circuit file that is read as the same circuit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brainlearn.circuit.circuit import Area, Circuit, Population, Projection
from brainlearn.circuit.plain_values import plain
from brainlearn.circuit.schema import AllToAll
from brainlearn.neurons import NEURONS, NeuronModel
from brainlearn.neurons.varying import written_equations, written_values
from brainlearn.synapses import SYNAPSES, Sign, SynapseModel
from brainlearn.units import Quantity

_SAME = ("kind", "output", "input", "feedback", "kept", "description", "source")
_CHANGED = ("threshold", "reset", "refractory", "method")
_VALUES = ("parameters", "initial")
_TEXT = ("equations", "threshold", "reset", "refractory", "method", "output", "input", "feedback")


def circuit_tables(circuit: Circuit) -> dict[str, Any]:
    """Return the content of a circuit file that is read as `circuit`."""
    signs = {population.path: population.sign for population in circuit.populations}
    data: dict[str, Any] = {"name": circuit.name, "description": circuit.description, "dt": plain(circuit.dt)}
    neurons = {name: neuron_table(name, model) for name, model in circuit.neurons.items()}
    synapses = {name: synapse_table(name, model) for name, model in circuit.synapses.items()}
    data["neurons"] = {name: table for name, table in neurons.items() if table is not None}
    data["synapses"] = {name: table for name, table in synapses.items() if table is not None}
    data["areas"] = [area_table(area) for area in circuit.areas]
    data["projections"] = [projection_table(each, signs[each.source]) for each in circuit.projections]
    return {key: value for key, value in data.items() if value}


def neuron_table(name: str, model: NeuronModel) -> dict[str, Any] | None:
    """Return the table of a neuron model; None for a built-in one, which a file only names."""
    if name in NEURONS and model == NEURONS[name]:
        return None
    built_in = next((each for each in NEURONS.values() if _derived(model, each)), None)
    if built_in is None:
        table = {key: getattr(model, key) for key in _TEXT if getattr(model, key)}
        table["equations"] = written_equations(model)
        values = {key: plain(value) for key, value in zip(_VALUES, written_values(model), strict=True)}
        table |= {"kept": list(model.kept)} if model.kept else {}
        return {"kind": model.kind, **table, **{key: value for key, value in values.items() if value}}
    changed = {key: getattr(model, key) for key in _CHANGED if getattr(model, key) != getattr(built_in, key)}
    for key, old, new in zip(_VALUES, written_values(built_in), written_values(model), strict=True):
        if others := {each: plain(value) for each, value in new.items() if value != old.get(each)}:
            changed[key] = others
    return {"model": built_in.name, **changed}


def _derived(model: NeuronModel, built_in: NeuronModel) -> bool:
    own, base = written_values(model), written_values(built_in)
    return (
        all(getattr(model, key) == getattr(built_in, key) for key in _SAME)
        and written_equations(model) == written_equations(built_in)
        and set(own[0]) == set(base[0])
        and set(own[1]) >= set(base[1])
        and all(getattr(model, key) or not getattr(built_in, key) for key in _CHANGED)
    )


def synapse_table(name: str, model: SynapseModel) -> dict[str, Any] | None:
    """Return the table of a synapse model; None for a built-in one."""
    if name in SYNAPSES and model == SYNAPSES[name]:
        return None
    table = {key: getattr(model, key) for key in ("on_pre", "transmit") if getattr(model, key)}
    return table if model.sign == "mixed" else {**table, "sign": model.sign}


def area_table(area: Area) -> dict[str, Any]:
    """Return the table of an area, with its populations."""
    populations = [population_table(population) for population in area.populations]
    return {"name": area.name, "level": area.level, "populations": populations}


def population_table(population: Population) -> dict[str, Any]:
    """Return the table of a population."""
    table: dict[str, Any] = {"name": population.name}
    if population.sheet is None:
        table["size"] = population.size
    else:
        table["sheet"] = list(population.sheet)
        if population.channels != 1:
            table["channels"] = population.channels
    table["neuron"] = population.neuron
    if population.sign != "mixed":
        table["sign"] = population.sign
    if population.normalisation is not None:
        table["normalisation"] = plain(population.normalisation)
    if population.poisson_input:
        table["poisson_input"] = [plain(each) for each in population.poisson_input]
    return table | {key: plain(value) for key in _VALUES if (value := getattr(population, key))}


def projection_table(projection: Projection, source_sign: Sign = "mixed") -> dict[str, Any]:
    """Return the table of a projection from a population of the given sign."""
    ends = {"source": projection.source, "target": projection.target}
    table: dict[str, Any] = {} if projection.name == "->".join(ends.values()) else {"name": projection.name}
    table |= {**ends, "pathway": projection.pathway, "synapse": projection.synapse}
    table["weights"] = plain(projection.weights)
    if not isinstance(projection.delay, Quantity) or projection.delay.text != "0 ms":
        table["delay"] = plain(projection.delay)
    if projection.short_term_plasticity is not None:
        table["short_term_plasticity"] = plain(projection.short_term_plasticity)
    if projection.fast_weights is not None:
        table["fast_weights"] = plain(projection.fast_weights)
    if not isinstance(projection.connectivity, AllToAll):
        table["connectivity"] = plain(projection.connectivity)
    if projection.sign != source_sign:
        table["sign"] = projection.sign
    if projection.self_connections:
        table["self_connections"] = True
    return table


# ---- text ----------------------------------------------------------------------------------------------------------


def circuit_text(circuit: Circuit) -> str:
    """Return a circuit file, as TOML, that is read as `circuit`."""
    data = circuit_tables(circuit)
    parts = [_lines({key: data[key] for key in ("name", "description", "dt") if key in data})]
    for section in ("neurons", "synapses"):
        for name, table in data.get(section, {}).items():
            parts.append([f"[{section}.{name}]", *_lines(table)])
    for area in data["areas"]:
        parts.append(["[[areas]]", *_lines({key: area[key] for key in ("name", "level")})])
        for population in area["populations"]:
            parts.append(["  [[areas.populations]]", *(f"  {line}" for line in _lines(population))])
    for projection in data.get("projections", ()):
        parts.append(["[[projections]]", *_lines(projection)])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in table.items()]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(each)}' for key, each in value.items())} }}"
    import tomli_w

    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    multiline = isinstance(value, str) and "\r" not in value  # which TOML would read as another line ending
    return tomli_w.dumps({"x": value}, multiline_strings=multiline).partition("=")[2].strip()
