"""Neuron models as equation text: one file for each model, one line for each in the table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from brainlearn.neurons.bias import BIAS
from brainlearn.neurons.constant_current import CONSTANT_CURRENT
from brainlearn.neurons.dendritic import DENDRITIC, DENDRITIC_INTERNEURON, DENDRITIC_TAUGHT
from brainlearn.neurons.graded import GRADED
from brainlearn.neurons.graded_stimulus import GRADED_STIMULUS
from brainlearn.neurons.graded_taught import GRADED_TAUGHT
from brainlearn.neurons.leaky_readout import LEAKY_READOUT
from brainlearn.neurons.lif import LIF
from brainlearn.neurons.lif_adaptive import LIF_ADAPTIVE
from brainlearn.neurons.lif_apical import LIF_APICAL
from brainlearn.neurons.lif_burst import LIF_BURST
from brainlearn.neurons.lif_burst_taught import LIF_BURST_TAUGHT
from brainlearn.neurons.lif_conductance import LIF_CONDUCTANCE
from brainlearn.neurons.lif_delta import LIF_DELTA
from brainlearn.neurons.lif_taught import LIF_TAUGHT
from brainlearn.neurons.model import NeuronKind, NeuronModel, quantities
from brainlearn.neurons.poisson import POISSON
from brainlearn.neurons.predictive import PREDICTIVE
from brainlearn.neurons.predictive_taught import PREDICTIVE_TAUGHT
from brainlearn.neurons.spike_train import SPIKE_TRAIN
from brainlearn.neurons.stochastic import HELMHOLTZ, LIF_SAMPLING, STOCHASTIC_BINARY, STOCHASTIC_SPIKING
from brainlearn.neurons.targeted import TARGETED, TARGETED_TAUGHT
from brainlearn.neurons.two_compartment import TWO_COMPARTMENT

NEURONS: Mapping[str, NeuronModel] = MappingProxyType(
    {
        "lif": LIF,
        "lif_delta": LIF_DELTA,
        "lif_conductance": LIF_CONDUCTANCE,
        "lif_adaptive": LIF_ADAPTIVE,
        "lif_apical": LIF_APICAL,
        "lif_taught": LIF_TAUGHT,
        "lif_burst": LIF_BURST,
        "lif_burst_taught": LIF_BURST_TAUGHT,
        "two_compartment": TWO_COMPARTMENT,
        "graded": GRADED,
        "graded_taught": GRADED_TAUGHT,
        "predictive": PREDICTIVE,
        "predictive_taught": PREDICTIVE_TAUGHT,
        "leaky_readout": LEAKY_READOUT,
        "dendritic": DENDRITIC,
        "dendritic_interneuron": DENDRITIC_INTERNEURON,
        "dendritic_taught": DENDRITIC_TAUGHT,
        "targeted": TARGETED,
        "targeted_taught": TARGETED_TAUGHT,
        "stochastic_binary": STOCHASTIC_BINARY,
        "stochastic_spiking": STOCHASTIC_SPIKING,
        "lif_sampling": LIF_SAMPLING,
        "helmholtz": HELMHOLTZ,
        "bias": BIAS,
        "constant_current": CONSTANT_CURRENT,
        "poisson": POISSON,
        "spike_train": SPIKE_TRAIN,
        "graded_stimulus": GRADED_STIMULUS,
    }
)
"""Name in a circuit file -> built-in neuron model."""

__all__ = ["NEURONS", "NeuronKind", "NeuronModel", "quantities"]
