"""
Analyse results with xarray
===========================

Results are labelled arrays with units, and the same for every rule and engine, so comparing runs
means concatenating them.
"""

import matplotlib.pyplot as plt
import xarray as xr

from brainlearn import Experiment, load_circuit, run

# %%
# Two seeds of a small experiment.


def experiment(seed):
    return Experiment(
        "small",
        load_circuit("two_areas", sizes={"V1/E": 50, "V2/E": 50}),
        seed=seed,
        dataset={"name": "digits", "validation": 100},
        stimulus={"label_strength": 3.0},
        phases=[{"name": "show", "duration": "12 ms"}],
        rule={
            "name": "forward_forward",
            "parameters": {"threshold": 0.06, "width": 0.001, "peer": 0.05},
            "updates": [{"name": "adam", "size": 5e-3}],
        },
        training={"epochs": 4, "copies": 60, "samples": 300},
        readout={"test": False},
    )


seeds = xr.Variable("seed", [1, 2])
trees = [run(experiment(seed)) for seed in seeds.values]
metrics = xr.concat([tree["metrics"].to_dataset() for tree in trees], dim=seeds)
metrics

# %%
# Select by name, average over a dimension, and draw.

contrast = metrics["goodness_positive"] - metrics["goodness_negative"]  # (seed, epoch, population)
mean = contrast.mean("seed")
weights = trees[0]["weights/V1.E->V2.E"].to_dataset()
change = (weights["final"] - weights["initial"]).std("pre")

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout="constrained")
for population, style in (("V1/E", "ko-"), ("V2/E", "ks--")):
    left.plot(mean["epoch"], mean.sel(population=population), style, label=population)
left.set(xlabel="epoch", ylabel="positive minus negative goodness [1]", xticks=mean["epoch"])
left.legend(frameon=False)
right.hist(change, bins=20, color="0.6")
right.set(xlabel="spread of changes onto a unit of V2/E [1]", ylabel="units")
plt.show()
