"""
Brunel 2000: asynchronous irregular activity
============================================

Sparsely connected integrate-and-fire units whose inhibition is five times as strong as excitation
(J. Comput. Neurosci. 8, 183, figure 8C). A quarter of the units, with all 1,250 synapses on each.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import load_circuit, simulate

# %%
# The theory of the paper predicts 38.0 Hz in the limit of sparse connections.

circuit = load_circuit("Brunel_2000", sizes={"cortex/E": 2500, "cortex/I": 625})
tree = simulate(circuit, "400 ms", seed=1, precision="float32")
spikes = tree["spikes/cortex.E"].to_dataset()
late = spikes.isel(spike=spikes["spike_time"].values > 100)
rate = late.sizes["spike"] / (2500 * 0.3)
print(f"{rate:.1f} Hz after the first 100 ms")

# %%
# Spikes of 60 units, and the rate of all. In a quarter of the network, units share four times as
# many of their sources, so this rate fluctuates more than that of the whole.

figure, (top, bottom) = plt.subplots(2, 1, figsize=(7, 4.4), sharex=True, layout="constrained")
few = late.isel(spike=late["spike_unit"].values < 60)
top.plot(few["spike_time"], few["spike_unit"], "k.", markersize=2)
top.set(ylabel="unit", xlim=(100, 400))
counts, edges = np.histogram(late["spike_time"], np.arange(100, 401, 2))
bottom.stairs(counts / (2500 * 2e-3), edges, color="#0072b2", fill=True)
bottom.axhline(38.0, color="k", linestyle=":", label="theory")
bottom.set(xlabel="time [ms]", ylabel="rate [Hz]", ylim=(0, None))
bottom.legend(loc="upper right")
plt.show()
