"""
Simulate a circuit
==================

A leaky integrate-and-fire unit receives a constant current. Copies of a circuit share its weights
but not its inputs, so a single simulation yields the whole curve of firing rate against current.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Population, simulate

# %%
# A circuit has areas, and areas have populations. ``lif_delta`` is a built-in neuron model without
# units of voltage: its threshold is 1, and a spike subtracts 1.

unit = Population("E", "lif_delta", size=1, parameters={"tau_membrane": "10 ms", "resistance": 1})
circuit = Circuit("one_unit", dt="0.1 ms", areas=[Area("V1", 1, [unit])])
circuit

# %%
# ``simulate`` sets inputs by population or by variable. Arrays are (copy, unit).

currents = np.linspace(0.5, 4, 36)
tree = simulate(circuit, "1 s", {"V1/E:current": currents[:, None]}, copies=len(currents))
tree["statistics/V1.E"]["mean_rate"]

# %%
# The membrane needs the time :math:`\tau \ln(RI / (RI - 1))` from one spike to the next.

rates = tree["statistics/V1.E"]["mean_rate"].values[:, 0]
theory = np.zeros(len(currents))
theory[currents > 1] = 100 / np.log(currents[currents > 1] / (currents[currents > 1] - 1))

figure, axes = plt.subplots(figsize=(5, 3.2), layout="constrained")
axes.plot(currents, theory, color="0.6", linewidth=4, label="closed form")
axes.plot(currents, rates, "k.", label="simulated")
axes.set(xlabel="current times resistance [thresholds]", ylabel="firing rate [Hz]")
axes.legend(frameon=False)
plt.show()
