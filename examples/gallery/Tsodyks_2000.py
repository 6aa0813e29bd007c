"""
Tsodyks 2000: population bursts
===============================

Excitatory synapses tire, and those onto inhibitory units facilitate (Tsodyks, Uziel & Markram, J.
Neurosci. 20, RC50, figure 1). The network fires at low rates, and bursts once in a few seconds.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import simulate

# %%
# The circuit draws weights and parameters of short-term plasticity for every synapse.

tree = simulate("Tsodyks_2000", "4 s", seed=2)
spikes = tree["spikes/cortex.E"].to_dataset()

# %%
# A burst is a bin of 10 ms in which more than a third of the excitatory units spike.

counts, edges = np.histogram(spikes["spike_time"], np.arange(0, 4001, 10))
share = counts / 400
bursts = edges[:-1][(share > 1 / 3) & (np.roll(share, 1) <= 1 / 3)]
print(f"{len(bursts)} bursts; mean rate {counts.sum() / (400 * 4):.1f} Hz")

figure, (top, bottom) = plt.subplots(2, 1, figsize=(7, 4.4), sharex=True, layout="constrained")
top.scatter(spikes["spike_time"] / 1e3, spikes["spike_unit"], s=1, color="k", linewidths=0)
top.set(ylabel="excitatory unit", xlim=(0, 4))
bottom.stairs(100 * share, edges / 1e3, color="#d55e00", fill=True)
bottom.set(xlabel="time [s]", ylabel="active in 10 ms [percent]", ylim=(0, None))
plt.show()
