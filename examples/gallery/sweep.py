"""
Sweep a parameter
=================

The same experiment for three step sizes and two seeds, in parallel processes. All results come back
as one labelled array.
"""

import tempfile

import matplotlib.pyplot as plt

from brainlearn import Experiment, load_circuit, run_sweep

# %%
# Keys are those of the experiment; every combination of values runs with every seed.

experiment = Experiment(
    "step_size",
    load_circuit("one_area", sizes={"V1/E": 50}),
    dataset={"name": "digits", "validation": 100},
    stimulus={"label_strength": 3.0},
    phases=[{"name": "show", "duration": "12 ms"}],
    rule={
        "name": "forward_forward",
        "parameters": {"threshold": 0.06, "width": 0.001, "peer": 0.05},
        "updates": [{"name": "adam", "size": 1e-3}],
    },
    training={"epochs": 2, "copies": 60, "samples": 240},
    readout={"test": False},
)
with tempfile.TemporaryDirectory() as folder:
    found = run_sweep(
        experiment,
        folder + "/sweep",
        workers=1,
        grid={"rule.updates[0].size": [1e-3, 4e-3, 1.6e-2]},
        seeds=[1, 2],
    )
found["validation_error"]

# %%
# Means over seeds are one call of xarray.

error = found["validation_error"]
mean = error.mean("seed")
figure, axes = plt.subplots(figsize=(5, 3.4), layout="constrained")
axes.plot(error["rule_updates_0_size"], error, "o", color="0.6")
axes.plot(mean["rule_updates_0_size"], mean, "k-", label="mean over seeds")
axes.set(xscale="log", xlabel="step size [1]", ylabel="validation error [percent]", ylim=(0, 95))
axes.legend(frameon=False)
plt.show()
