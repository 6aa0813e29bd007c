"""
Connectivity that depends on distance
=====================================

Units on a sheet are connected with a probability that falls with distance as a Gaussian. On a
torus every unit has the same number of neighbours, and there are no edges.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Population, Projection
from brainlearn.circuit import wire

# %%
# Distances are in source units.

rows, columns = 30, 30
near = {"kind": "gaussian", "probability": 0.8, "sd": 3, "periodic": True}
area = Area("V1", 1, [Population("E", "lif_delta", sheet=(rows, columns), sign="excitatory")])
weights = {"distribution": "constant", "value": 0.1}
lateral = Projection("V1/E", "V1/E", "lateral", "delta", weights, "1 ms", connectivity=near)
circuit = Circuit("lateral", "1 ms", [area], [lateral])

# %%
# ``wire`` draws the synapses: weights (pre, post), and a mask of the pairs that are connected.

wiring = wire(circuit, seed=1)["V1/E->V1/E"]
pre, post = np.nonzero(wiring.mask)
len(pre)


# %%
# Measure how often pairs at each distance are connected.


def distance(one, other):
    """Return the distance of units on the torus."""
    apart = np.abs(np.array(np.divmod(one, columns)) - np.array(np.divmod(other, columns)))
    return np.hypot(*np.minimum(apart, np.array([[rows], [columns]]) - apart))


edges = np.arange(0.5, 13)
every = np.indices((rows * columns,) * 2).reshape(2, -1)
pairs, centres = np.histogram(distance(*every), edges)[0], edges[:-1] + 0.5
measured = np.histogram(distance(pre, post), edges)[0] / pairs

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
middle = (rows // 2) * columns + columns // 2
left.plot(*np.divmod(post[pre == middle], columns)[::-1], "ks", markersize=4)
left.set(xlabel="column", ylabel="row", xlim=(-1, columns), ylim=(-1, rows), aspect="equal")
left.set_title("targets of the unit in the middle", loc="left")
distances = np.linspace(0.5, 12)
right.plot(distances, 0.8 * np.exp(-(distances**2) / 18), color="0.6", label="as asked")
right.plot(centres, measured, "k.", label="as drawn")
right.set(xlabel="distance [units]", ylabel="connection probability [1]")
right.legend(frameon=False)
plt.show()
