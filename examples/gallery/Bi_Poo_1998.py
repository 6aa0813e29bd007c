"""
Bi & Poo 1998: the window of spike timing
=========================================

A synapse grows if its input spikes shortly before the target, and shrinks if it spikes after
(J. Neurosci. 18, 10464, figure 7). Each of 101 inputs spikes at its own time, the target once.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Population, Projection, SpikeTrains, simulate

# %%
# The last input makes the target spike 100 ms after the onset; the others are too weak to matter.

weights = np.full((102, 1), 1e-6)
weights[-1] = 1.5
circuit = Circuit(
    "pairs",
    "0.5 ms",
    [
        Area("input", 0, [Population("P", "spike_train", size=102)]),
        Area("cortex", 1, [Population("E", "lif_delta", size=1)]),
    ],
    [Projection("input/P", "cortex/E", "bottom_up", "delta", weights)],
)
times = np.append(np.linspace(50, 150, 101), 100) / 1e3  # seconds
train = SpikeTrains(times, np.arange(102))

# %%
# ``pair_stdp`` is the rule of Song, Miller & Abbott (2000): exponential windows.

tree = simulate(circuit, "200 ms", {"input/P": train}, rule="pair_stdp", learn="all")
spike = tree["spikes/cortex.E"]["spike_time"].values
change = tree["weights/input.P->cortex.E"]["weights"].values[:-1, 0] - 1e-6
gap = spike[0] - 1e3 * times[:-1]  # target minus input

figure, axes = plt.subplots(figsize=(5.5, 3.6), layout="constrained")
axes.axhline(0, color="0.7", linewidth=0.8)
axes.plot(gap, 100 * change, "ko", markersize=3)
axes.set(xlabel="target minus input [ms]", ylabel="change of the weight [0.01]")
plt.show()
