"""Synapse models as text: one file for each model, one line for each in the table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from brainlearn.synapses.apical import APICAL
from brainlearn.synapses.burst import BURST
from brainlearn.synapses.conductance_excitatory import CONDUCTANCE_EXCITATORY
from brainlearn.synapses.conductance_inhibitory import CONDUCTANCE_INHIBITORY
from brainlearn.synapses.constant_current import CONSTANT_CURRENT
from brainlearn.synapses.current import CURRENT
from brainlearn.synapses.delta import DELTA
from brainlearn.synapses.dendritic import ONTO_APICAL, ONTO_BASAL, ONTO_INTERNEURON
from brainlearn.synapses.error import ERROR
from brainlearn.synapses.evidence import EVIDENCE, GENERATION, RECOGNITION
from brainlearn.synapses.graded import GRADED
from brainlearn.synapses.model import Sign, SynapseModel
from brainlearn.synapses.readout import READOUT
from brainlearn.synapses.top_down import TOP_DOWN

SYNAPSES: Mapping[str, SynapseModel] = MappingProxyType(
    {
        "delta": DELTA,
        "current": CURRENT,
        "conductance_excitatory": CONDUCTANCE_EXCITATORY,
        "conductance_inhibitory": CONDUCTANCE_INHIBITORY,
        "apical": APICAL,
        "top_down": TOP_DOWN,
        "burst": BURST,
        "graded": GRADED,
        "error": ERROR,
        "onto_basal": ONTO_BASAL,
        "onto_apical": ONTO_APICAL,
        "onto_interneuron": ONTO_INTERNEURON,
        "constant_current": CONSTANT_CURRENT,
        "evidence": EVIDENCE,
        "recognition": RECOGNITION,
        "generation": GENERATION,
        "readout": READOUT,
    }
)
"""Name in a circuit file -> built-in synapse model."""

__all__ = ["SYNAPSES", "Sign", "SynapseModel"]
