"""
Verify a circuit against Brian2
===============================

Copies with shared weights and the mirror in PyTorch must do what stock Brian2 does. ``verify``
compares every spike and every state variable in every step.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import load_circuit, simulate, verify

# %%
# Random stimuli, four copies, in double precision.

circuit = load_circuit("two_areas_top_down")
found = verify(circuit, steps=60, copies=2)
print(found)
found.spikes

# %%
# The same by hand: a simulation with ``brian2.Synapses`` and one with shared weights.

inputs = {"retina/image": np.random.default_rng(1).random(64), "retina/label": 0.1}
trees = {
    delivery: simulate(circuit, "60 ms", inputs, "V1/E[0]:v", delivery=delivery)
    for delivery in ("stock", "shared")
}

# %%
# One membrane in both.

figure, (top, bottom) = plt.subplots(2, 1, figsize=(6.5, 4.4), sharex=True, layout="constrained")
styles = {"stock": {"color": "0.7", "linewidth": 4}, "shared": {"color": "k", "linewidth": 1}}
for (delivery, tree), size, colour in zip(trees.items(), (6, 2), ("0.7", "k"), strict=True):
    v = tree["states/V1.E"]["v"].isel(unit=0, copy=0)
    top.plot(v["time"], v, label=delivery, **styles[delivery])
    spikes = tree["spikes/V1.E"].to_dataset()
    bottom.plot(spikes["spike_time"], spikes["spike_unit"], "o", markersize=size, color=colour)
top.set(ylabel="membrane of unit 0 [1]")
figure.legend(loc="outside upper right", ncols=2, frameon=False)
bottom.set(xlabel="time [ms]", ylabel="unit of V1/E", xlim=(0, 60), ylim=(-1, 40))
plt.show()
