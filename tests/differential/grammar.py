"""Random small circuits over all that a circuit file may say, with what their copies are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.differential.case import WEIGHTS, Case, Stretch
from tests.differential.file_text import equations_of
from tests.differential.models import (
    Model,
    Variable,
    chance,
    graded_models,
    spiking_models,
    stimulus_models,
)
from tests.differential.names import AREAS, POPULATIONS, PROJECTIONS

STEPS_OF_TIME = ("0.5 ms", "1 ms", "1 ms", "0.1 ms")
SIGNS = {"mixed": 0, "excitatory": 1, "inhibitory": -1}


@dataclass(frozen=True)
class Place:
    """A population: where it is, its size, model and sign."""

    path: str
    level: int
    size: int
    neuron: str
    model: Model
    sign: str


class _Circuit:
    """A circuit that is being drawn."""

    def __init__(self, draw: st.DrawFn, learning: bool) -> None:
        self.draw, self._learning = draw, learning
        self.dt = draw(st.sampled_from(STEPS_OF_TIME))
        self.synapses: dict[str, dict[str, str]] = {}
        self.projections: list[dict[str, Any]] = []
        self.arrays: dict[str, np.ndarray] = {}
        self.random = np.random.default_rng(draw(st.integers(0, 99)))
        self.refused = ""  # what the package says if the text has no meaning
        self.models = self._models()
        self.areas, self.places = self._areas()

    def chance(self, one_in: int) -> bool:
        return chance(self.draw, one_in)

    def _models(self) -> dict[str, Model]:
        """Draw a spiking model, and perhaps one that is set from outside, a graded one, another spiking one."""
        models = {"spiking": self.draw(spiking_models())}
        others = {"shown": stimulus_models, "steady": graded_models, "other": spiking_models}
        for name in self.draw(st.lists(st.sampled_from(list(others)), max_size=2, unique=True)):
            models[name] = self.draw(others[name]())
        return models

    def _areas(self) -> tuple[list[dict[str, Any]], list[Place]]:
        count = self.draw(st.integers(1, 2))
        names = self.draw(st.lists(st.sampled_from(AREAS), min_size=count, max_size=count, unique=True))
        areas: list[dict[str, Any]] = [
            {"name": name, "level": self.draw(st.integers(0, 2)), "populations": []} for name in names
        ]
        places = []
        kinds = [*self.models, *self.draw(st.lists(st.sampled_from(list(self.models)), max_size=1))]
        for neuron in kinds:
            area = self.draw(st.sampled_from(areas))
            taken = [each["name"] for each in area["populations"]]
            name = self.draw(st.sampled_from([name for name in POPULATIONS if name not in taken]))
            size, sign = self.draw(st.integers(1, 4)), self.draw(st.sampled_from(("mixed", *SIGNS)))
            table: dict[str, Any] = {"name": name, "neuron": neuron, "size": size}
            if size == 4 and self.chance(2):
                table |= {"sheet": [2, 2]}
            if sign != "mixed" or self.chance(8):
                table["sign"] = sign
            if not self._learning and self.chance(8):
                table["normalisation"] = {"rms": self.draw(st.sampled_from((0.7, 1.9)))}
            area["populations"].append(table)
            places.append(Place(f"{area['name']}/{name}", area["level"], size, neuron, self.models[neuron], sign))
        return [area for area in areas if area["populations"]], places

    # ---- projections ----

    def project(self) -> None:
        """Add a projection, if there is anything to join."""
        target = self.draw(st.sampled_from([p for p in self.places if p.model.receives]))
        source = self.draw(st.sampled_from(self.places))
        transmits = not source.model.spiking or self.chance(4)
        if transmits and not target.model.inputs:
            return
        text = self._transmit(source, target) if transmits else self._on_pre(source, target)
        level = source.level
        pathway = "bottom_up" if target.level > level else "top_down" if target.level < level else "lateral"
        synapse = f"synapse_{len(self.synapses)}"
        table: dict[str, Any] = {"source": source.path, "target": target.path, "pathway": pathway, "synapse": synapse}
        named = {p.get("name", f"{p['source']}->{p['target']}") for p in self.projections}
        free = [n for n in PROJECTIONS if (n or f"{source.path}->{target.path}") not in named]
        if name := self.draw(st.sampled_from([*free, f"projection_{len(self.projections)}"])):
            table["name"] = name
        sign = source.sign
        if sign == "mixed" and self.chance(4):
            sign = table["sign"] = self.draw(st.sampled_from(tuple(SIGNS)))
        if source is target and self.chance(2):
            table["self_connections"] = True
        if not transmits:
            table["delay"] = self._delay()
        table["weights"] = self._weights(table, source, target, sign)
        self.synapses[synapse] = text
        self.projections.append(table)

    def _delay(self) -> str:
        size, unit = self.dt.split()
        return f"{float(size) * self.draw(st.integers(0, 4)):g} {unit}"

    def _weights(self, table: dict[str, Any], source: Place, target: Place, sign: str) -> dict[str, Any]:
        back = [p for p in self.projections if (p["source"], p["target"]) == (target.path, source.path)]
        back = [p for p in back if p["weights"]["distribution"] != "tied"]
        if back and self.chance(2):
            to = self.draw(st.sampled_from(back))
            scale = self.draw(st.sampled_from((0.7, -0.4)))
            return {
                "distribution": "tied", "to": to.get("name", f"{to['source']}->{to['target']}"), "scale": scale
            }  # fmt: skip
        strength = self.draw(st.sampled_from((0.6, 2.1)))
        if self.chance(6):
            value = strength * (SIGNS[sign] or self.draw(st.sampled_from((1, -1))))
            return {"distribution": "constant", "value": value}
        weights = self.random.normal(0.1, strength, (source.size, target.size))
        if SIGNS[sign]:
            weights = np.abs(weights) * SIGNS[sign]
        weights[self.random.random(weights.shape) >= self.draw(st.sampled_from((1.0, 0.6, 0.15, 0.0)))] = 0
        array = table.get("name", f"{source.path}->{target.path}")
        stored = {"distribution": "file", "file": WEIGHTS}
        if self.chance(3):
            array = stored["array"] = f"array_{len(self.arrays)}"
        self.arrays[array] = weights
        return stored

    # ---- text of synapses ----

    def _transmit(self, source: Place, target: Place) -> dict[str, str]:
        variable = self.draw(st.sampled_from(target.model.inputs))
        # Brian2 leaves open whether an input that is set in this step is read before or after
        read = self.draw(st.sampled_from([each for each in source.model.readable if each not in source.model.inputs]))
        factor = f"{read.name}_pre" + {("1", "volt"): "*mV", ("volt", "1"): "/mV"}.get((read.unit, variable.unit), "")
        extra = self._constant(source, target)
        return {"transmit": f"{variable.name}_post = w*{factor}{f'*{extra}' if extra else ''}"}

    def _on_pre(self, source: Place, target: Place) -> dict[str, str]:
        count = self.draw(st.integers(1, 2))
        chosen = self.draw(st.lists(st.sampled_from(target.model.open), min_size=1, max_size=count, unique=True))
        statements = [self._statement(each, chosen, source, target) for each in chosen]
        return {"on_pre": self.draw(st.sampled_from(("\n", "; "))).join(statements)}

    def _statement(self, variable: Variable, chosen: Sequence[Variable], source: Place, target: Place) -> str:
        factors = []
        written = {each.name for each in chosen} if source is target else set()  # what reads them depends on the order
        readable = [each for each in source.model.readable if each.name not in written]
        given = "1"
        if readable and self.chance(2):
            read = self.draw(st.sampled_from(readable))
            given = read.unit
            factors.append(f"{read.name}_pre")
        if extra := self._constant(source, target):
            factors.append(extra)
        if self.chance(5):
            factors.append(self.draw(st.sampled_from(("0.37", "exp(-0.4)", "(1 + 0.3)"))))
        factors.insert(self.draw(st.integers(0, len(factors))), "w")
        unit = {("1", "volt"): "*mV", ("volt", "1"): "/mV"}.get((given, variable.unit), "")
        return f"{variable.name}_post {self.draw(st.sampled_from(('+=', '-=')))} {'*'.join(factors)}{unit}"

    def _constant(self, source: Place, target: Place) -> str:
        """Return a parameter of one of both models, with the side where names alone would be ambiguous."""
        if not self.chance(3 if source.model.table is target.model.table else 1):  # the latter are few
            return ""
        known = [(name, side) for side, model in self._sides(source, target) for name in model.constants if name != "w"]
        if not known:
            return ""
        name, side = self.draw(st.sampled_from(known))
        models = dict(self._sides(source, target))
        other = models["post" if side == "pre" else "pre"].table
        if other is not models[side].table and name not in equations_of(other) and self.chance(2):
            other.setdefault("parameters", {}).setdefault(name, "0.53")  # which of both a synapse means must be said
        values = {
            model.table.get("parameters", {}).get(name, models[side].constants[name]) for model in models.values()
        }
        ambiguous = len(values) > 1 or any(name in equations_of(model.table) for model in models.values())
        if ambiguous and self.chance(2):
            self.refused = "ambiguous"
            return name
        suffixed = f"{name}_{side}"
        return suffixed if ambiguous or self.chance(3) else name

    @staticmethod
    def _sides(source: Place, target: Place) -> list[tuple[str, Model]]:
        return [("pre", source.model), ("post", target.model)]

    @property
    def file(self) -> dict[str, Any]:
        """Content of the circuit file."""
        return {
            "name": "fuzz",
            "dt": self.dt,
            "neurons": {name: model.table for name, model in self.models.items()},
            "synapses": self.synapses,
            "areas": self.areas,
            "projections": self.projections,
        }


def _unit(model: Model) -> str:
    return next((each.unit for each in model.readable if each.name == model.shown), "1")


@st.composite
def circuits(draw: st.DrawFn, learning: bool = False) -> Any:
    """Draw a circuit, and to whom something is shown: path, size and scale."""
    circuit = _Circuit(draw, learning)
    for _ in range(draw(st.integers(0, 4))):
        circuit.project()
    shown = [(p.path, p.size, 1e-3 if _unit(p.model) == "volt" else 1) for p in circuit.places if p.model.shown]
    return circuit, shown


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a circuit, its weights, and what two copies of it are shown."""
    circuit, places = draw(circuits())
    random = circuit.random
    copies, stretches = 2, []
    phases = [(draw(st.integers(8, 20)), not chance(draw, 4)) for _ in range(draw(st.integers(1, 2)))]
    for number in range(draw(st.integers(1, 2))):
        for k, (steps, reset) in enumerate(phases):
            shown = {path: random.uniform(-0.2, 1.4, (copies, size)) * scale for path, size, scale in places}
            stretches.append(Stretch(steps, reset, k == 0, {} if number + k and chance(draw, 4) else shown))
    return Case(circuit.file, circuit.arrays, copies, tuple(stretches), circuit.refused, fused=chance(draw, 12))
