"""Random rules for random circuits: traces, broadcasts, modulators, and terms of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from tests.differential.case import Case, Stretch
from tests.differential.file_text import equations_of, name_of
from tests.differential.grammar import circuits
from tests.differential.learning_case import LearningCase, Term, Trace
from tests.differential.models import TIMES, chance
from tests.differential.names import NASTY

ORDINARY = ("level", "rate", "strength", "mean", "sum")
OF_UNITS = ("activity", "gain", "feedback", "activity_before", "feedback_before", "spiked")
TAKEN = (*OF_UNITS, "polarity", "nudge_strength", "w", "dw")


@st.composite
def learning_cases(draw: st.DrawFn) -> LearningCase:
    """Draw a circuit in which something learns."""
    circuit, places = draw(circuits(learning=True))
    file, arrays, random = circuit.file, circuit.arrays, circuit.random
    assume(not circuit.refused)
    free = [p for p in file["projections"] if p["weights"]["distribution"] != "tied"]
    assume(free)
    chosen = draw(st.lists(st.sampled_from(range(len(free))), min_size=1, max_size=2, unique=True))
    plastic = [free[k] for k in sorted(chosen)]
    spiking = all(_spiking(p, file) for p in plastic)
    rule = _Rule(draw, file, plastic, spiking)
    phases = draw(st.integers(1, 2))
    steps = [draw(st.integers(6, 15)) for _ in range(phases)]
    resets = [not chance(draw, 4), draw(st.booleans())][:phases]
    learns = [draw(st.sampled_from((True, True, False))) if k else True for k in range(phases)]
    rounds = draw(st.integers(1, 3))
    copies = 2
    stretches = []
    polarities = []
    for _ in range(rounds):
        polarity = np.array(draw(st.lists(st.sampled_from((1.0, -1.0, 0.0)), min_size=copies, max_size=copies)))
        for k in range(phases):
            shown = {path: random.uniform(-0.2, 1.4, (copies, size)) * scale for path, size, scale in places}
            stretches.append(Stretch(steps[k], resets[k], k == 0, shown if k == 0 or chance(draw, 2) else {}))
            polarities.append(polarity)
    return LearningCase(
        Case(file, arrays, copies, tuple(stretches)),
        tuple(name_of(p) for p in plastic),
        rule.parameters,
        tuple(rule.traces),
        rule.broadcasts,
        rule.modulators,
        tuple(rule.terms()),
        draw(st.sampled_from((0.3, 0.05))),
        tuple(learns * rounds),
        tuple(polarities),
    )


def _spiking(projection: dict[str, Any], file: dict[str, Any]) -> bool:
    populations = {f"{a['name']}/{p['name']}": p for a in file["areas"] for p in a["populations"]}
    models = [file["neurons"][populations[projection[end]]["neuron"]] for end in ("source", "target")]
    return "on_pre" in file["synapses"][projection["synapse"]] and all("threshold" in model for model in models)


class _Rule:
    """A rule that is being drawn."""

    def __init__(self, draw: st.DrawFn, file: dict[str, Any], plastic: list[dict[str, Any]], spiking: bool) -> None:
        self.draw, self.spiking = draw, spiking
        models = file["neurons"].values()
        variables = {name for model in models for name in equations_of(model)}
        of_neurons = [name for model in models for name in model.get("parameters", {})]
        own = [*ORDINARY, *of_neurons, *NASTY]  # a rule may call things as a neuron calls its parameters
        self._free = [name for name in dict.fromkeys(own) if name not in variables and name not in TAKEN]
        self.parameters: dict[str, str] = {}
        self.traces: list[Trace] = []
        self.broadcasts: dict[str, str] = {}
        self.modulators: dict[str, str] = {}
        self.factor = self._parameter("0.7")
        if spiking:
            for _ in range(draw(st.integers(0, 2))):
                self.traces.append(Trace(self._name(), self._parameter(draw(st.sampled_from(TIMES)))))
        self.told: list[str] = []
        if chance(draw, 2):
            seen = draw(st.sampled_from([*(trace.name for trace in self.traces), "activity"]))
            self.broadcasts[self._name()] = f"{seen}**2"
            name = self._name()
            self.modulators[name] = f"polarity*exp(-abs({next(iter(self.broadcasts))})*{self.factor})"
            self.told = [*self.broadcasts, name]
        self._seen_in_steps = not any("activity" in text for text in self.broadcasts.values())

    def _name(self) -> str:
        name = self.draw(st.sampled_from(self._free))
        self._free.remove(name)
        return name

    def _parameter(self, value: str) -> str:
        name = self._name()
        self.parameters[name] = value
        return name

    def terms(self) -> list[Term]:
        """Draw one or two terms."""
        whens = ["phase_end", "step", *(("pre_spike", "post_spike") if self.spiking else ())]
        return [self._term(self.draw(st.sampled_from(whens))) for _ in range(self.draw(st.integers(1, 2)))]

    def _term(self, when: str) -> Term:
        traces = [trace.name for trace in self.traces]
        of_spikes = ["spiked", *(f"({trace} + spiked)" for trace in traces)] if "spike" in when else []
        seen = ["1", *traces, *(["activity"] if when != "step" else []), *of_spikes, self.factor]
        pre = self.draw(st.sampled_from(seen))
        if chance(self.draw, 3):
            pre = f"{self.factor}*{pre}*gain"
        post = self.draw(st.sampled_from(seen))
        told = ["polarity", *self.told] if when != "step" or self._seen_in_steps else []
        if told and chance(self.draw, 2):
            post = f"{self.draw(st.sampled_from(told))}*({post} + 0.2)"
        weight = self.draw(st.sampled_from(("", "", "w", f"{self.factor} - w", "w**2"))) if when != "step" else ""
        return Term(pre, post, when, weight)
