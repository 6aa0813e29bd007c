"""
Stop and resume a run
=====================

A run that is interrupted keeps its last checkpoint. Resumed, it ends with the weights of a run that
was never interrupted, bit for bit.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Experiment, load_circuit, resume, run
from brainlearn.lab import Silent

experiment = Experiment(
    "interrupted",
    load_circuit("one_area", sizes={"V1/E": 50}),
    dataset={"name": "digits", "validation": 100},
    stimulus={"label_strength": 3.0},
    phases=[{"name": "show", "duration": "12 ms"}],
    rule={
        "name": "forward_forward",
        "parameters": {"threshold": 0.06, "width": 0.001, "peer": 0.05},
    },
    training={"epochs": 4, "copies": 60, "samples": 240},
)

# %%
# A watcher is told how far a run has come. This one presses Ctrl-C after the second epoch.


class Impatient(Silent):
    def epoch_done(self, record, epochs):
        if record.epoch == 2:
            raise KeyboardInterrupt


with tempfile.TemporaryDirectory() as folder:
    where = Path(folder) / "run"
    try:
        run(experiment, folder=where, watcher=Impatient())
    except KeyboardInterrupt:
        print("interrupted; the folder holds", sorted(path.name for path in where.iterdir()))
    resumed = resume(where)

# %%
# The same run, undisturbed.

whole = run(experiment)
weights = [tree["weights/retina.image->V1.E"]["final"].values for tree in (whole, resumed)]
assert np.array_equal(*weights)

figure, axes = plt.subplots(figsize=(4, 3.8), layout="constrained")
axes.plot(*(each.ravel() for each in weights), "k.", markersize=1)
axes.set(xlabel="weight, undisturbed [1]", ylabel="weight, resumed [1]", aspect="equal")
plt.show()
