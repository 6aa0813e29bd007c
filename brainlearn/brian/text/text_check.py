"""Check the equation text of a circuit with Brian2's parser, before anything is built. Nothing is run."""

from __future__ import annotations

import re

from brian2 import Equations

from brainlearn.brian.text.differing_check import find_wrong_divisors
from brainlearn.brian.text.neuron_check import NeuronCheck
from brainlearn.brian.text.poisson_check import check_poisson_inputs
from brainlearn.brian.text.synapse_check import check_synapses
from brainlearn.brian.text.text_parsing import known_names
from brainlearn.circuit import Circuit
from brainlearn.mistakes import Mistake
from brainlearn.neurons import NEURONS
from brainlearn.synapses import SYNAPSES, SynapseModel


def find_mistakes(circuit: Circuit) -> list[Mistake]:
    """Return every mistake in the text of a circuit's neuron and synapse models.

    Parameters
    ----------
    circuit : Circuit
        It may be a partial one, of a file that has other mistakes: see `brainlearn.circuit.read_circuit`.

    Returns
    -------
    list of Mistake
        Bad equations, undefined names, units that are wrong or missing, synapses that do not fit.
    """
    mistakes: list[Mistake] = []
    known = known_names(circuit.dt)
    received = {name for model in (*SYNAPSES.values(), *circuit.synapses.values()) for name in _written(model)}
    checks: dict[str, NeuronCheck] = {}
    for name, model in circuit.neurons.items():
        checks[name] = NeuronCheck(f"{circuit.path}: neurons.{name}", model, known, received)
        if model is not NEURONS.get(name):
            mistakes += checks[name].all_mistakes()
    equations: dict[str, Equations] = {}
    for population in circuit.populations:
        if (check := checks.get(population.neuron)) is None:
            continue
        if population.parameters or population.initial:
            model = circuit.models[population.path]
            check = NeuronCheck(f"{circuit.path}: {population.path}", model, known, received)
            mistakes += check.value_mistakes(population.initial)
        if check.equations is not None:
            equations.setdefault(population.path, check.equations)
    mistakes += find_wrong_divisors(circuit)
    return [*mistakes, *check_poisson_inputs(circuit, equations), *check_synapses(circuit, equations, known)]


def _written(model: SynapseModel) -> list[str]:
    return re.findall(r"(\w+)_post\b", model.on_pre + model.transmit)
