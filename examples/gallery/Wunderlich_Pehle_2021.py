"""
Wunderlich & Pehle 2021: exact gradients of spike times
=======================================================

Between spikes a unit follows its solution in closed form, so the time of a spike has an exact
gradient (EventProp; Scientific Reports 11, 12829). Here weights learn to move a spike to 27 ms.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

from brainlearn import Area, Circuit, EventMirror, Population, Projection

# %%
# ``EventMirror`` has neither time steps nor surrogate gradients.

parameters = {"tau_membrane": "20 ms", "tau_synapse": "5 ms", "resistance": 1}
areas = [
    Area("input", 0, [Population("P", "spike_train", size=30)]),
    Area("cortex", 1, [Population("E", "lif", size=1, parameters=parameters)]),
]
weights = {"distribution": "uniform", "low": 0.2, "high": 1.0}
projection = Projection("input/P", "cortex/E", "bottom_up", "current", weights)
circuit = Circuit("one_spike", "0.1 ms", areas, [projection])
name, wanted = "input/P->cortex/E", 0.027  # s

spikes = np.zeros((1, 600, 30))  # (copy, step, unit)
spikes[0, np.random.default_rng(1).integers(0, 400, 30), np.arange(30)] = 1

# %%
# Each iteration takes a fifth of the way to the wanted time, along the gradient.

mirror = EventMirror(circuit, duration=0.06, seed=1)
course = []
for _ in range(60):
    first = mirror.present({"input/P": spikes}).events["cortex/E"].times.min()
    (gradient,) = torch.autograd.grad(first, [mirror.weights[name]])
    course.append(1e3 * first.item())
    with torch.no_grad():
        mirror.weights[name] += 0.2 * (wanted - first) * gradient / gradient.square().sum()

# %%
# The spike moves without steps.

figure, axes = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
axes.plot(course, "k.-")
axes.axhline(1e3 * wanted, color="#d55e00", linestyle=":", label="wanted")
axes.set(xlabel="iteration", ylabel="time of the first spike [ms]")
axes.legend(frameon=False)
plt.show()
