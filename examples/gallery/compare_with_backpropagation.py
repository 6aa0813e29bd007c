"""
Compare a rule with backpropagation
===================================

The same circuit learns by a local rule in Brian2, and by backpropagation through time in PyTorch,
from the same initial weights, images and order of presentations.
"""

import matplotlib.pyplot as plt

from brainlearn import Experiment, load_circuit, run

# %%
# A baseline is a table of the experiment.

experiment = Experiment(
    "rule_and_gradient",
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
    training={"epochs": 3, "copies": 20, "samples": 500},
    baselines={"backprop_through_time": {"copies": 20, "step_size": 1e-2}},
)
names = {"rule": "temporal differences", "backprop_through_time": "backpropagation through time"}
trees = {only: run(experiment, only=only) for only in names}

# %%
# Both results have the same form.

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout="constrained")
for (only, tree), style, colour in zip(trees.items(), ("o-", "s--"), ("k", "#d55e00"), strict=True):
    metrics = tree["metrics"].to_dataset()
    left.plot(metrics["epoch"], metrics["validation_error"], style, color=colour, label=names[only])
    weights = tree["weights/V1.E->IT.class"].to_dataset()
    change = (weights["final"] - weights["initial"]).values.ravel()
    right.hist(change, bins=40, histtype="step", color=colour)
left.set(xlabel="epoch", ylabel="validation error [percent]", ylim=(0, None), xticks=[1, 2, 3])
right.set(xlabel="change of a weight onto the output [1]", ylabel="synapses")
left.legend(frameon=False)
plt.show()
