"""
NIR to another library and back
===============================

The Neuromorphic Intermediate Representation is a graph that snnTorch, Norse and others read. Here a
circuit becomes a graph, the graph a file, and the file a circuit that spikes identically.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import nir
import numpy as np

from brainlearn import from_nir, load_circuit, simulate, to_nir

# %%
# Units of this circuit reset by subtraction. NIR has no such reset; the graph's metadata note it.

circuit = load_circuit("two_areas_top_down")
graph = to_nir(circuit, subtract=True, seed=1)
{name: type(node).__name__ for name, node in graph.nodes.items()}

# %%
# ``reader="snntorch"`` or ``"norse"`` writes a graph for their conventions of a time step, so that
# they, too, spike in the same steps.

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "circuit.nir"
    nir.write(file, graph)
    back = from_nir(nir.read(file))

# %%
# The same image for both.

image = np.random.default_rng(1).random(64)
inputs = {"retina/image": image, "retina/label": np.eye(10)[3]}
spikes = [simulate(each, "100 ms", inputs, seed=1)["spikes/V2.E"] for each in (circuit, back)]

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
styles = ({"marker": "o", "fillstyle": "none", "color": "#d55e00"}, {"marker": ".", "color": "k"})
for found, style, size, label in zip(spikes, styles, (5, 2), ("circuit", "back"), strict=True):
    shown = found["spike_time"], found["spike_unit"]
    axes.plot(*shown, linestyle="", markersize=size, label=label, **style)
axes.set(xlabel="time [ms]", ylabel="unit of V2/E", xlim=(0, 50), ylim=(-1, 60))
figure.legend(loc="outside upper right", ncols=2, frameon=False)
plt.show()
