"""Energies of circuits that sample, computed exactly from their weights.

`restricted.py` has restricted Boltzmann machines, `helmholtz.py` Helmholtz machines, `bits_back.py` codes images by one
with an arithmetic coder, and is the only importer of constriction.
"""

from brainlearn.energy.bits_back import Stack, read_bits_back, write_best_codes, write_bits_back
from brainlearn.energy.helmholtz import Costs, HelmholtzMachine
from brainlearn.energy.restricted import RestrictedMachine, restricted_machine

__all__ = [
    "Costs",
    "HelmholtzMachine",
    "RestrictedMachine",
    "Stack",
    "read_bits_back",
    "restricted_machine",
    "write_best_codes",
    "write_bits_back",
]
