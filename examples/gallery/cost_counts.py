"""
Count operations
================

A run counts what showing and learning cost: an accumulate for each spike and synapse, and a
multiply-accumulate where numbers are transmitted, by NeuroBench's definitions.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Experiment, load_circuit, run

# %%
# One epoch is enough to count.

experiment = Experiment(
    "counted",
    load_circuit("temporal_difference", sizes={"V1/E": 100}),
    dataset={"name": "digits", "validation": 0},
    target={"population": "IT/class", "strength": 0.9},
    phases=[
        {"name": "free", "duration": "10 ms", "learn": False, "remember": True, "answer": True},
        {"name": "nudged", "duration": "10 ms", "reset": False, "nudge": 1.0},
    ],
    rule={"name": "temporal_difference"},
    training={"epochs": 1, "copies": 20, "samples": 200},
)
cost = run(experiment)["cost"].to_dataset()
cost[["macs", "acs", "dense"]]

# %%
# Per presentation of the test: what would be computed if nothing were skipped, and what is.

test = cost.sel(stage="test")
each = test[["macs", "acs", "dense"]] / test["presentations"]
names = [str(name) for name in each["projection"].values]
places = np.arange(len(names))

figure, axes = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
axes.barh(places - 0.2, each["dense"], 0.35, color="0.75", label="dense")
effective = each["macs"] + each["acs"]
axes.barh(places + 0.2, effective, 0.35, color="k", label="effective")
axes.set_yticks(places, names)
axes.invert_yaxis()
axes.set(xlabel="operations per presentation", xscale="log")
axes.legend(frameon=False)
plt.show()
