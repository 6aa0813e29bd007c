"""
Reward-modulated STDP
=====================

A pair of spikes marks a synapse as eligible, and a later reward turns the mark into a change: the
longer the delay, the smaller the change (Izhikevich 2007, Cerebral Cortex 17, 2443).
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Phase, Plasticity, Population, Projection, Round, Simulation
from brainlearn.rules import RULES

# %%
# Ten synapses, each strong enough to make its own target spike.

areas = [
    Area("input", 0, [Population("P", "spike_train", size=10)]),
    Area("cortex", 1, [Population("E", "lif_delta", size=10)]),
]
name, start = "input/P->cortex/E", {"distribution": "constant", "value": 1.5}
own = {"kind": "one_to_one"}
projection = Projection("input/P", "cortex/E", "bottom_up", "delta", start, connectivity=own)
circuit = Circuit("ten_synapses", "1 ms", areas, [projection])

# %%
# Every 100 ms another one is used, and at the end of the second there is one reward for all.

times = np.arange(0, 1000, 100)  # ms
spikes = np.zeros((1, 1000, 10))  # (copy, step, unit)
spikes[0, times, np.arange(10)] = 1
plasticity = Plasticity(RULES["reward_stdp"], (name,))
with Simulation(circuit, 1, [Phase("wait", 1000)], plasticity) as simulation:
    shown = Round({"input/P": spikes}, polarity=np.ones(1), reward=np.ones(1))
    simulation.present(iter([shown]), count=1)
    change = np.diag(simulation.weights(name)) - 1.5

# %%
# Eligibility decays with a time constant of half a second.

delay = 1000 - times
figure, axes = plt.subplots(figsize=(5.5, 3.6), layout="constrained")
axes.plot(delay, change, "ko", label="change of a synapse")
axes.plot(
    delay, change[-1] * np.exp((delay[-1] - delay) / 500), color="0.6", label="decay in 500 ms"
)
axes.set(xlabel="from the spikes to the reward [ms]", ylabel="change of the weight [1]")
axes.set(xlim=(0, 1050), ylim=(0, None))
axes.legend(frameon=False)
plt.show()
