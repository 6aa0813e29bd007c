"""
Temporal differences in twenty lines
====================================

A nudge pulls the outputs towards the right answer, and top-down synapses carry the resulting change
of activity down, where it serves as the error (Lillicrap et al. 2020, Nat. Rev. Neurosci. 21, 335).
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Experiment, load_circuit, run

# %%
# Activity settles, is remembered in a free phase, and changes in a nudged one.

experiment = Experiment(
    "temporal_difference",
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
    training={"epochs": 4, "copies": 20, "samples": 600},
)
tree = run(experiment)

# %%
# How often each digit was taken for each other one.

test = tree["test"].to_dataset()
pairs = test["true_label"].values, test["prediction"].values
confusion = np.histogram2d(*pairs, bins=np.arange(11) - 0.5)[0]
error = 100 - 100 * confusion.trace() / confusion.sum()

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.6), layout="constrained")
metrics = tree["metrics"].to_dataset()
left.plot(metrics["epoch"], metrics["validation_error"], "ko-", label="validation")
left.axhline(error, color="#d55e00", linestyle=":", label=f"test: {error:.1f} %")
left.set(xlabel="epoch", ylabel="error [percent]", ylim=(0, None), xticks=metrics["epoch"])
left.legend(frameon=False)
shown = right.imshow(confusion, cmap="Greys")
right.set(xlabel="answer", ylabel="digit", xticks=range(10), yticks=range(10))
figure.colorbar(shown, label="test images")
plt.show()
