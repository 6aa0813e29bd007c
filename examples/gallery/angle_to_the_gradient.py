"""
The angle between a rule and the gradient
=========================================

How far are the changes that a local rule makes from the gradient of the error? A run measures the
angle for each projection: 0 degrees is gradient descent, 90 degrees is unrelated.
"""

import matplotlib.pyplot as plt

from brainlearn import Experiment, load_circuit, run

# %%
# ``alignment`` says after which epochs to measure.

experiment = Experiment(
    "angle",
    load_circuit("temporal_difference", sizes={"V1/E": 60}),
    seed=1,
    dataset={"name": "digits", "validation": 100},
    target={"population": "IT/class", "strength": 0.9},
    phases=[
        {"name": "settle", "duration": "10 ms", "learn": False},
        {"name": "free", "duration": "10 ms", "reset": False, "learn": False}
        | {"remember": True, "answer": True},
        {"name": "nudged", "duration": "10 ms", "reset": False, "nudge": 1.0},
    ],
    rule={"name": "temporal_difference", "updates": [{"name": "adam", "size": 1e-2}]},
    training={"epochs": 2, "copies": 20, "samples": 400},
    alignment={"epochs": [0, 1, 2], "losses": ["squared"], "presentations": 200},
)
angles = run(experiment)["alignment"].to_dataset().isel(loss=0)

# %%
# The mean over more presentations is closer: single presentations are noisy. Of random directions,
# 97.5 % have a greater angle than the dotted line.

figure, panels = plt.subplots(1, 2, figsize=(8.4, 3.4), sharey=True, layout="constrained")
for axes, projection in zip(panels, angles["projection"].values, strict=True):
    one = angles.sel(projection=projection)
    for epoch, style in zip(one["epoch"].values, ("o-", "s--", "^:"), strict=True):
        axes.plot(
            one["averaging"],
            one["angle"].sel(epoch=epoch),
            f"k{style}",
            label=f"after {epoch} epochs",
        )
    axes.axhline(float(one["null_angle"].mean()), color="#d55e00", linestyle=":")
    axes.set_title(str(projection), loc="left")
    axes.set(xlabel="presentations averaged", xscale="log", ylim=(0, 95))
    axes.set_xticks(one["averaging"].values, one["averaging"].values)
    axes.minorticks_off()
panels[0].set_ylabel("angle to the gradient [degrees]")
figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False)
plt.show()
