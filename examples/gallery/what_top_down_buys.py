"""
What top-down projections buy
=============================

The lower half of a digit is hidden. Without top-down projections, V1 is silent there; with them,
the area above guesses the digit from its upper half, and V1 shows what may be hidden.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from brainlearn import Area, Circuit, Population, Projection, simulate

# %%
# Weights in both directions follow from the mean image of each class, of the first thousand digits.

images, labels = load_digits(return_X_y=True)
means = np.stack([images[:1000][labels[:1000] == k].mean(axis=0) for k in range(10)]) / 16
evidence = means - means.mean(axis=0)
areas = [
    Area("retina", 0, [Population("image", "constant_current", sheet=(8, 8))]),
    Area("V1", 1, [Population("E", "lif_apical", sheet=(8, 8), parameters={"coupling": 1})]),
    Area("IT", 2, [Population("class", "lif_delta", size=10)]),
]
pixel = {"connectivity": {"kind": "one_to_one"}}
others = {"connectivity": {"kind": "all_but_own"}, "delay": "1 ms"}


def circuit_with(strength):
    top_down = Projection("IT/class", "V1/E", "top_down", "top_down", strength * means, "1 ms")
    same, rivals = ({"distribution": "constant", "value": value} for value in (0.3, -3.0))
    projections = [
        Projection("retina/image", "V1/E", "bottom_up", "constant_current", same, **pixel),
        Projection("V1/E", "IT/class", "bottom_up", "delta", 2.0 * evidence.T),
        Projection("IT/class", "IT/class", "lateral", "delta", rivals, **others),
    ]
    return Circuit("top_down", "1 ms", areas, projections + [top_down] * (strength > 0))


# %%
# A hundred further digits, one in each copy.

shown = images[1000:1100] / 16
half = shown * (np.arange(64) < 32)
seen = {
    name: simulate(circuit_with(strength), "100 ms", {"retina/image": half}, copies=100)
    for name, strength in (("without", 0), ("with", 1.0))
}
counts = {name: tree["statistics/V1.E"]["spike_count"].values for name, tree in seen.items()}

figure, panels = plt.subplots(3, 6, figsize=(8, 4.2), layout="constrained")
rows = {"image": shown, "without": counts["without"], "with": counts["with"]}
for line, (name, values) in zip(panels, rows.items(), strict=True):
    line[0].set_ylabel(name)
    for axes, value in zip(line, values, strict=False):
        axes.imshow(value.reshape(8, 8), cmap="Greys", vmin=0)
        axes.set(xticks=[], yticks=[])
plt.show()
