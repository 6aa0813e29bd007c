"""A small circuit around a neuron model, for every built-in one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from brainlearn.circuit import Circuit, parse_circuit
from brainlearn.mistakes import UserError
from brainlearn.neurons import NEURONS, NeuronModel

TEMPLATE = """\
name = "{name}"
dt = "{dt}"
areas = [
  {{ name = "retina", level = 0, populations = [{{ name = "image", size = 12, neuron = "{stimulus}" }}] }},
  {{ name = "V1", level = 1, populations = [{{ name = "E", size = 10, neuron = "{neuron}", sign = "excitatory" }}] }},
  {{ name = "V2", level = 2, populations = [{{ name = "E", size = 8, neuron = "{neuron}", sign = "excitatory" }}] }},
]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "{feed}"
weights = {{ distribution = "uniform", low = 0.0, high = {drive} }}

[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "{synapse}"
delay = "{delay}"
weights = {{ distribution = "uniform", low = 0.0, high = {weight} }}

[[projections]]
source = "V2/E"
target = "V1/E"
pathway = "top_down"
synapse = "{synapse}"
delay = "{delay}"
weights = {{ distribution = "uniform", low = 0.0, high = {feedback} }}

{text}
"""
"""Stimuli drive V1, whose spikes drive V2, and some come back."""


@dataclass(frozen=True)
class Example:
    """A circuit of one neuron model.

    Parameters
    ----------
    neuron, stimulus, feed, synapse : str
        Models: of V1 and V2, of the retina, from retina to V1, and between V1 and V2.
    drive, weight : float
        Largest weight from the retina, and from V1 to V2; back it is a tenth.
    dt, delay : str
    steps : int
        How long to simulate it.
    text, synapses : str
        Tables of the file: the neuron model, and synapse models.
    source : str
        The paper of a model that is not built in.
    """

    neuron: str
    stimulus: str = "constant_current"
    feed: str = "constant_current"
    synapse: str = "delta"
    drive: float = 0.3
    weight: float = 0.5
    dt: str = "1 ms"
    delay: str = "2 ms"
    steps: int = 100
    text: str = ""
    synapses: str = ""
    source: str = ""

    def circuit(self, name: str) -> Circuit:
        """Return the circuit.

        Raises
        ------
        UserError
            If there is a mistake in it.
        """
        values = {key: getattr(self, key) for key in self.__dataclass_fields__}
        values |= {"text": self.text + self.synapses, "feedback": self.weight / 10}
        circuit, mistakes = parse_circuit(tomllib.loads(TEMPLATE.format(name=name, **values)), f"{name}.toml")
        if mistakes:
            raise UserError(*mistakes)
        return circuit


STIMULI: Mapping[str, Example] = MappingProxyType(
    {
        "poisson": Example("lif_delta", "poisson", feed="delta", drive=1.0),
        "spike_train": Example("lif_delta", "spike_train", feed="delta", drive=3.0, weight=1.5),
        "bias": Example("graded", "bias", "graded", "graded", delay="0 ms"),
        "graded_stimulus": Example("graded", "graded_stimulus", "graded", "graded", delay="0 ms"),
    }
)
"""Those that do not inject a current, and what drives others like a stimulus."""


def example_of(model: NeuronModel) -> Example:
    """Return a circuit around a built-in model, with the first synapses that fit its variables."""
    if model.kind == "stimulus" or model.name in STIMULI:
        return STIMULI.get(model.name, Example("lif_delta", model.name))
    variables = set(re.findall(r"^\s*(?:d(?=\w+/dt))?(\w+)(?:/dt)?\s*[:=]", model.equations, re.MULTILINE))
    if model.kind == "graded":
        dendritic = "basal" in variables  # conductances that are large beside the leak's need short steps
        plain = "recognition" if "recognition" in variables else "graded"
        onto, dt = ("onto_basal", "0.1 ms") if dendritic else (plain, "1 ms")
        return Example(model.name, "graded_stimulus", onto, onto, delay="0 ms", dt=dt)
    fitting = {"synaptic": "current", "g_excitatory": "conductance_excitatory", "v": "delta"}
    return Example(model.name, synapse=next(synapse for name, synapse in fitting.items() if name in variables))


BUILT_IN: Mapping[str, Example] = MappingProxyType({name: example_of(model) for name, model in NEURONS.items()})
"""Name of a built-in neuron model -> a circuit that uses it."""
