"""
Learn delays
============

Twenty inputs spike at different times. Their delays learn, by gradients through the mirror in
PyTorch, until all spikes arrive together and the readout has one sharp peak.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

from brainlearn import Area, Circuit, Mirror, Population, Projection

# %%
# Every synapse draws its own delay.

areas = [
    Area("input", 0, [Population("P", "spike_train", size=20)]),
    Area("cortex", 1, [Population("y", "leaky_readout", size=1, parameters={"tau": "5 ms"})]),
]
weights = {"distribution": "constant", "value": 0.05}
delays = {"distribution": "uniform", "low": "0 ms", "high": "20 ms"}
projection = Projection("input/P", "cortex/y", "bottom_up", "readout", weights, delays)
circuit = Circuit("delays", "1 ms", areas, [projection])

# %%
# The mirror treats delays as parameters, like weights. The output after 60 ms shall be large. At
# first spikes arrive in a wide window around their delay, so that gradients see far (Hammouamri,
# Khalfaoui-Hassani & Masquelier 2023, arXiv 2306.17670).

name, steps, iterations = "input/P->cortex/y", 60, 60
mirror = Mirror(circuit, seed=1, learned_delays={name: 55})
times = np.random.default_rng(2).integers(5, 35, 20)  # ms
spikes = torch.zeros(1, steps, 20)
spikes[0, times, np.arange(20)] = 1.0
optimiser = torch.optim.Adam(mirror.delays.parameters(), lr=1.0)
output, arrivals = [], []
for iteration in range(iterations):
    mirror.delay_width = 1 + 9 * (1 - iteration / (iterations - 1))
    arrivals.append(times + mirror.delays[name].detach().numpy())
    state = mirror.present({"input/P": spikes}, steps)
    loss = -state.populations["cortex/y"]["activity"].sum()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    mirror.constrain()
    output.append(-loss.item())

# %%
# Arrivals gather in the last steps before the end.

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout="constrained")
left.plot(np.array(arrivals), color="k", linewidth=0.7)
left.axhline(steps, color="#d55e00", linestyle=":")
left.set(xlabel="iteration", ylabel="arrival of each spike [ms]", ylim=(0, None))
right.plot(output, "k")
right.set(xlabel="iteration", ylabel="output after 60 ms [1]", ylim=(0, 1))
plt.show()
