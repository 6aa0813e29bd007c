"""
Short-term plasticity
=====================

The same train of spikes through a depressing and a facilitating synapse, with the parameters of
Tsodyks, Pawelzik & Markram (1998, Neural Computation 10, 821).
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Population, Projection, SpikeTrains, simulate

# %%
# Short-term plasticity is a table of a projection. Each synapse goes to a unit of its own.

kinds = {
    "depressing": {"utilisation": 0.5, "tau_recovery": "800 ms"},
    "facilitating": {"utilisation": 0.05, "tau_recovery": "100 ms", "tau_facilitation": "1 s"},
}
quiet = {"tau_membrane": "10 ms", "resistance": 1}
units = [Population(kind, "lif_delta", size=1, parameters=quiet) for kind in kinds]
areas = [Area("input", 0, [Population("P", "spike_train", size=1)]), Area("cortex", 1, units)]
weights = {"distribution": "constant", "value": 0.8}
projections = [
    Projection(
        "input/P", f"cortex/{kind}", "bottom_up", "delta", weights, short_term_plasticity=table
    )
    for kind, table in kinds.items()
]
circuit = Circuit("short_term", "0.1 ms", areas, projections)

# %%
# Eight spikes at 20 Hz, a pause of half a second, and one more.

times = np.append(0.05 * np.arange(1, 9), 0.9)  # seconds
train = SpikeTrains(times, np.zeros(len(times), int))
tree = simulate(circuit, "1 s", {"input/P": train}, [f"cortex/{kind}:v" for kind in kinds])

# %%
# A spike raises the membrane by the weight times the share of transmitter that it releases.

jumps = {}
figure, panels = plt.subplots(2, 1, figsize=(6, 4), sharex=True, sharey=True, layout="constrained")
for axes, kind in zip(panels, kinds, strict=True):
    v = tree[f"states/cortex.{kind}"]["v"].isel(copy=0, unit=0)
    at = np.round(times * 1e4).astype(int)  # index of the step in which each spike arrives
    jumps[kind] = v.values[at + 1] - v.values[at] * np.exp(-0.1 / 10)
    axes.plot(v["time"], v, "k", linewidth=1)
    axes.set_title(kind, loc="left")
    axes.set(ylabel="membrane [1]", ylim=(0, None))
panels[-1].set(xlabel="time [ms]", xlim=(0, 1000))
plt.show()
