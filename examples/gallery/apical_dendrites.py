"""
Apical dendrites
================

Top-down spikes reach the apical dendrite of a two-compartment unit and pull its soma (after
Urbanczik & Senn 2014, Neuron 81, 521). They do little alone, and much together with input.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Population, Projection, simulate

# %%
# ``apical`` synapses end on the dendrite; bottom-up current enters the soma.

areas = [
    Area("V1", 1, [Population("E", "two_compartment", size=50)]),
    Area("V2", 2, [Population("E", "poisson", size=50, sign="excitatory")]),
]
weights = {"distribution": "constant", "value": 0.12}
top_down = Projection("V2/E", "V1/E", "top_down", "apical", weights, delay="2 ms")
circuit = Circuit("top_down", "0.2 ms", areas, [top_down])

# %%
# Copies receive currents from 0 to 0.5; with and without top-down spikes at 40 Hz.

currents = np.linspace(0, 0.5, 21)
drive = np.repeat(currents[:, None], 50, axis=1)  # (copy, unit)
trees = {
    rate: simulate(
        circuit, "400 ms", {"V1/E:current": drive, "V2/E": rate}, "V1/E[0]:v,apical", copies=21
    )
    for rate in ("0 Hz", "40 Hz")
}
rates = {rate: tree["statistics/V1.E"]["mean_rate"].mean("unit") for rate, tree in trees.items()}

# %%
# The whole curve of rate against current shifts to the left: top-down input lowers the threshold.

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout="constrained")
for (rate, shown), style in zip(rates.items(), ("0.6", "k"), strict=True):
    left.plot(currents, shown, ".-", color=style, label=f"top-down {rate}")
left.set(xlabel="bottom-up current [1]", ylabel="firing rate [Hz]")
left.legend(frameon=False)
states = trees["40 Hz"]["states/V1.E"].isel(copy=0, unit=0)
right.plot(states["time"], states["apical"], color="#d55e00", label="apical dendrite")
right.plot(states["time"], states["v"], "k", label="soma")
right.set(xlabel="time [ms]", ylabel="potential [thresholds]", title="top-down input alone")
right.legend(frameon=False)
plt.show()
