"""
Spikes to Neo
=============

Spikes of a simulation as a block of Neo, the common form of recordings: Elephant and other tools of
electrophysiology analyse it like data from an animal.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import simulate, to_neo

# %%
# Two trials of a balanced network: copies with the same weights.

tree = simulate("Brette_2007_COBA", "300 ms", seed=1, copies=2)
block = to_neo(tree)
block

# %%
# A segment for each copy, a spike train for each unit that spiked, with units of time.

trains = [
    train
    for train in block.segments[0].spiketrains
    if train.annotations["population"] == "cortex/E"
]
trains[0]

# %%
# For example the distribution of intervals, which for a Poisson process would be exponential.

intervals = np.concatenate([np.diff(train.rescale("ms").magnitude) for train in trains])
rates = np.array([len(train) for train in trains]) / 0.3

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout="constrained")
left.eventplot([train.magnitude for train in trains[:40]], colors="k", linelengths=0.8)
left.set(xlabel="time [ms]", ylabel="spike train", xlim=(0, 300))
right.hist(intervals, bins=30, color="0.6")
right.set(xlabel="interval [ms]", ylabel="intervals", yscale="log")
plt.show()
