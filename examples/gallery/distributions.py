"""
Parameters that differ between units
====================================

Every unit draws its own membrane time constant and threshold. The spread of firing rates follows
from these values alone, since all units receive the same current.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Population, simulate

# %%
# A table takes the place of a number. A truncated distribution draws again what lies outside.

parameters = {
    "tau_membrane": {"distribution": "lognormal", "mean": "12 ms", "sd": "5 ms", "low": "3 ms"},
    "threshold_v": {"distribution": "normal", "mean": 1, "sd": 0.15, "low": 0.5, "high": 1.5},
    "resistance": 1,
}
population = Population("E", "lif_delta", size=400, parameters=parameters)
circuit = Circuit("diverse", "0.1 ms", [Area("cortex", 1, [population])])
tree = simulate(circuit, "1 s", {"cortex/E:current": 1.6}, seed=1)

# %%
# The result holds the value of every unit, with its unit of measurement.

tree["unit_values/cortex.E"]

# %%
# Rates agree with the closed form, unit by unit.

drawn = tree["unit_values/cortex.E"].to_dataset()
tau, threshold = drawn["tau_membrane"].values, drawn["threshold_v"].values
rates = tree["statistics/cortex.E"]["mean_rate"].values[0]
theory = 1 / (tau * np.log(1.6 / (1.6 - threshold)))

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
points = left.scatter(tau * 1e3, rates, c=threshold, s=10, cmap="viridis")
left.set(xlabel="membrane time constant [ms]", ylabel="firing rate [Hz]", ylim=(0, None))
figure.colorbar(points, label="threshold [1]")
right.plot(theory, rates, "k.", markersize=3)
right.plot([0, theory.max()], [0, theory.max()], color="0.6", zorder=0)
right.set(xlabel="closed form [Hz]", ylabel="simulated rate [Hz]")
plt.show()
