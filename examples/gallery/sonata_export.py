"""
Export to SONATA
================

A circuit as SONATA, the format of large-scale models: nodes and edges in HDF5, and a script that
simulates them in NEST.
"""

import tempfile
from pathlib import Path

import h5py
import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Circuit, Projection, export_sonata, load_circuit

# %%
# NEST needs delays of at least a step, and this circuit has none.

whole = load_circuit("Brette_2007_CUBA")
projections = [
    Projection(p.source, p.target, p.pathway, p.synapse, p.weights, "0.1 ms", p.connectivity)
    for p in whole.projections
]
models = whole.neurons, whole.synapses
circuit = Circuit("with_delays", whole.dt, whole.areas, projections, *models)

# %%
# Files of nodes and edges describe it, and a script simulates it.

with tempfile.TemporaryDirectory() as place:
    folder = Path(place) / "sonata"
    written, notes = export_sonata(circuit, folder, duration="100 ms")
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    degrees = {}
    for path in folder.rglob("*edges*.h5"):
        with h5py.File(path) as file:
            for name, edges in file["edges"].items():
                degrees[name] = np.unique(edges["target_node_id"][:], return_counts=True)[1]
print(f"{written.units:,} units, {written.synapses:,} synapses, {written.bytes / 1e6:.1f} MB")
files

# %%
# Pairs are connected with a probability of 2 %, so numbers of synapses onto a unit are binomial.

figure, axes = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
for name, degree in degrees.items():
    axes.hist(degree, bins=np.arange(-0.5, 100), histtype="step", label=name)
axes.set(xlabel="synapses onto a unit", ylabel="units")
axes.legend(frameon=False)
plt.show()
