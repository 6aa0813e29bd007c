"""
Draw a raster
=============

The network of Brette et al. (2007, J. Comput. Neurosci. 23, 349, benchmark 2). Alone, every unit
would fire at 18.9 Hz, like a clock; connected, they slow each other, and their intervals vary.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import load_circuit, simulate

# %%
# Circuits that come with brainlearn have names.

circuit = load_circuit("Brette_2007_CUBA")
tree = simulate(circuit, "600 ms", seed=3)

# %%
# Spikes are labelled arrays: one entry for each spike.

tree["spikes/cortex.E"]

# %%
# The raster shows a dot for each spike, and below it is the mean rate in bins of 5 ms.

figure, (top, bottom) = plt.subplots(2, 1, figsize=(7, 4.5), sharex=True, layout="constrained")
base, edges, rates = 0, np.arange(0, 601, 5.0), {}
for name, colour in (("E", "#000000"), ("I", "#d55e00")):
    spikes, size = tree[f"spikes/cortex.{name}"], circuit.population(f"cortex/{name}").size
    top.scatter(
        spikes["spike_time"], base + spikes["spike_unit"], s=0.5, color=colour, linewidths=0
    )
    rates[name] = np.histogram(spikes["spike_time"], edges)[0] / (size * 5e-3)
    bottom.stairs(rates[name], edges, color=colour, label=name)
    base += size
top.set(ylabel="unit")
bottom.set(xlabel="time [ms]", ylabel="mean rate [Hz]", xlim=(0, 600), ylim=(0, None))
bottom.legend(frameon=False)
plt.show()
