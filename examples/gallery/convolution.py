"""
Convolution
===========

Units of a sheet see a window of an image through the same kernels: two of them, for horizontal and
for vertical edges. Spikes count how much of each edge there is.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_sample_image

from brainlearn import Area, Circuit, Population, Projection, simulate

# %%
# Kernels are (pre_channel, post_channel, row, column): here one channel in and two out.

edge = np.outer([1, 2, 1], [-1, 0, 1]) / 2
kernels = np.stack([edge.T, edge])[None]
areas = [
    Area("retina", 0, [Population("image", "constant_current", sheet=(60, 90))]),
    Area("V1", 1, [Population("E", "lif_delta", sheet=(58, 88), channels=2)]),
]
window = {"kind": "convolution", "kernel": 3}
projection = Projection(
    "retina/image", "V1/E", "bottom_up", "constant_current", kernels, connectivity=window
)
circuit = Circuit("edges", "1 ms", areas, [projection])

# %%
# A photograph that comes with scikit-learn, in grey, seven pixels in one.

photograph = load_sample_image("china.jpg")[:420, :630].mean(axis=2) / 255
image = photograph.reshape(60, 7, 90, 7).mean(axis=(1, 3))
tree = simulate(circuit, "100 ms", {"retina/image": image.ravel()})
counts = tree["statistics/V1.E"]["spike_count"].values.reshape(2, 58, 88)  # (channel, row, column)

# %%
# Edges from dark to light make units spike; units are numbered channel by channel.

figure, panels = plt.subplots(1, 3, figsize=(9, 2.6), layout="constrained")
panels[0].imshow(image, cmap="gray")
for axes, channel, name in zip(panels[1:], counts, ("horizontal", "vertical"), strict=True):
    shown = axes.imshow(channel, cmap="magma", vmax=counts.max())
    axes.set_title(f"{name} edges")
panels[0].set_title("image")
figure.colorbar(shown, ax=panels, label="spikes in 100 ms")
for axes in panels:
    axes.set(xlabel="column", xticks=[], yticks=[])
panels[0].set_ylabel("row")
plt.show()
