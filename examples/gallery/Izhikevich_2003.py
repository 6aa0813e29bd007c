"""
Izhikevich 2003: rhythms of a cortical network
==============================================

A thousand simple model neurons, from regular spiking to chattering, and noise (IEEE Transactions on
Neural Networks 14, 1569, figure 3). Noise alone drives them, and rhythms appear.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import simulate

# %%
# One second in steps of 1 ms, as in the paper.

tree = simulate("Izhikevich_2003", "1 s", seed=5)
spikes = {name: tree[f"spikes/cortex.{name}"].to_dataset() for name in ("E", "I")}

# %%
# The spectrum of the population's activity has its greatest peak in the slow rhythm.

counts = np.histogram(spikes["E"]["spike_time"], np.arange(-0.5, 1000))[0]
power = np.abs(np.fft.rfft(counts - counts.mean())) ** 2 / counts.sum()
frequency = np.fft.rfftfreq(len(counts), 1e-3)
slow = frequency[power.argmax()]
print(f"greatest power at {slow:.0f} Hz")

figure, (top, bottom) = plt.subplots(
    2, 1, figsize=(7, 5), height_ratios=(2, 1), layout="constrained"
)
for name, base, colour in (("E", 0, "k"), ("I", 800, "#d55e00")):
    units = base + spikes[name]["spike_unit"]
    top.scatter(spikes[name]["spike_time"], units, s=1.5, color=colour, linewidths=0, label=name)
top.set(xlabel="time [ms]", ylabel="unit", xlim=(0, 1000))
top.legend(loc="upper right", markerscale=5)
bottom.plot(frequency, power, "k", linewidth=1)
bottom.set(xlabel="frequency [Hz]", ylabel="power [spikes]", xlim=(1, 60), ylim=(0, None))
plt.show()
