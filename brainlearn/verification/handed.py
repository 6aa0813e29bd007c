"""Random stimuli of the mirror, which draws none: it receives the spikes that stock Brian2 drew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from brainlearn.brian.text.statement import statements_of
from brainlearn.circuit import Circuit, Population
from brainlearn.neurons import NEURONS, NeuronModel
from brainlearn.verification.same_spikes import Record

SPIKES = "spike_train"
_RANDOM = re.compile(r"\b(rand|randn|poisson|binomial|xi(_\w+)?)\b")


def is_random(model: NeuronModel) -> bool:
    """Return whether the text of a model draws random numbers."""
    return any(_RANDOM.search(text) for text in (model.equations, model.threshold, model.reset, model.refractory))


def handed_populations(circuit: Circuit) -> tuple[str, ...]:
    """Return the stimuli that spike at random, and of which others read only the spikes."""
    read = {
        projection.source
        for projection in circuit.projections
        for statement in statements_of(circuit.synapses[projection.synapse])
        if any(
            name.endswith("_pre") or name in circuit.models[projection.source].varied for name in statement.factor.names
        )
    }
    chosen = (p for p in circuit.populations if p.normalisation is None and p.path not in read)
    models = ((p.path, circuit.models[p.path]) for p in chosen)
    return tuple(path for path, m in models if m.kind == "stimulus" and m.threshold and is_random(m))


def with_spike_trains(circuit: Circuit, paths: Iterable[str]) -> Circuit:
    """Return the circuit with spike trains instead of some populations."""
    handed = set(paths)
    areas = tuple(
        replace(area, populations=tuple(_spike_train(p) if p.path in handed else p for p in area.populations))
        for area in circuit.areas
    )
    return circuit.with_parts(areas=areas, neurons={**circuit.neurons, SPIKES: NEURONS[SPIKES]}) if handed else circuit


def _spike_train(population: Population) -> Population:
    return replace(population, neuron=SPIKES, parameters={}, initial={}, poisson_input=())


def handed_spikes(record: Record, paths: Iterable[str]) -> Mapping[str, np.ndarray]:
    """Return what populations spiked in some steps, as frames of one step each, (copy, frame, unit)."""
    return {path: np.stack(record.spikes[path], axis=1).astype(float) for path in paths}
