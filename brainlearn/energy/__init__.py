"""Energies of circuits that sample, computed exactly from their weights.

`restricted.py` has restricted Boltzmann machines, `helmholtz.py` Helmholtz machines, `bits_back.py` codes images by one
with an arithmetic coder, and is the only importer of constriction.
"""
