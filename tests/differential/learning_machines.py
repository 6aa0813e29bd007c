"""A circuit that learns: in a plain Brian2 script, and in both deliveries of the package."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.recorder import Recorder
from brainlearn.brian.simulation import Delivery, Plasticity, Simulation
from brainlearn.circuit import Circuit
from brainlearn.rules import Change, Rule, Trace
from brainlearn.rules.rule import parameters
from tests.differential import plain_learning
from tests.differential.case import SCRIPT, Record
from tests.differential.learning_case import LearningCase

DELIVERIES: tuple[Delivery, ...] = ("stock", "shared")


def plain(learning: LearningCase, folder: Path) -> Record:
    """Run the plain script of a case that is saved in a folder."""
    text = plain_learning.write(learning)
    (folder / SCRIPT).write_text(text)
    history, spikes = plain_learning.run(text, str(folder / SCRIPT))
    return Record(spikes, _histories(history))


def learned(learning: LearningCase, circuit: Circuit, delivery: Delivery) -> Record:
    """Let all copies learn in one simulation; weights after each stretch are in the place of states."""
    case, first = learning.case, range(learning.case.phases)
    phases = [
        Phase(f"phase_{k}", case.stretches[k].steps, reset=case.stretches[k].reset, learn=learning.learns[k])
        for k in first
    ]
    chain = (("step", {"size": learning.size}),)
    plasticity = Plasticity(rule_of(learning), learning.projections, updates=chain)
    simulation = Simulation(circuit, case.copies, phases, plasticity, delivery, precision="float64")
    recorder = Recorder(simulation)
    history: list[dict[str, np.ndarray]] = []

    def keep(phase: Phase) -> None:
        history.append({name: np.array(simulation.weights(name)) for name in simulation.projections})

    rounds = [
        Round({}, learning.polarities[n], then={f"phase_{k}": case.stretches[n + k].shown for k in first})
        for n in range(0, len(case.stretches), case.phases)
    ]
    simulation.present(iter(rounds), len(rounds), after_phase=keep)
    spikes = {path: np.stack(values) for path, values in recorder.spikes.items()}
    return Record(spikes, _histories(history))


def rule_of(learning: LearningCase) -> Rule:
    """Return the rule as the package has it."""
    return Rule(
        name="fuzz",
        description="drawn",
        source="none",
        changes=tuple(Change(term.pre, term.post, term.when, term.weight) for term in learning.terms),
        parameters=parameters(**learning.parameters),
        traces=tuple(Trace(t.name, f"d{t.name}/dt = -{t.name}/{t.tau} : 1", f"{t.name} += 1") for t in learning.traces),
        broadcasts=learning.broadcasts,
        modulators=learning.modulators,
    )


def _histories(history: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return the weights of each projection, (stretch, pre, post)."""
    return {f"weights of {name}": np.stack([each[name] for each in history]) for name in history[0]}
