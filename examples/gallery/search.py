"""
Search for settings
===================

Optuna proposes step sizes and thresholds, judged only by the validation error. The test images are
never loaded.
"""

import tempfile

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Experiment, load_circuit, run_sweep

experiment = Experiment(
    "searched",
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

# %%
# The space has a range, which may be logarithmic, or a list of choices for each key.

space = {
    "rule.updates[0].size": {"low": 3e-4, "high": 3e-2, "log": True},
    "rule.parameters.threshold": {"low": 0.02, "high": 0.1},
}
with tempfile.TemporaryDirectory() as folder:
    found = run_sweep(
        experiment, folder + "/search", workers=1, search={"trials": 8, "seed": 1, "space": space}
    )
error = found["validation_error"].squeeze()
error

# %%
# The error of every trial, and where in the space it was.

sizes = found["rule_updates_0_size"].squeeze()
thresholds = found["rule_parameters_threshold"].squeeze()
figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.4), layout="constrained")
left.plot(np.arange(1, 9), error, "ko", label="trial")
left.plot(
    np.arange(1, 9), np.minimum.accumulate(error.values), color="#d55e00", label="best so far"
)
left.set(xlabel="trial", ylabel="validation error [percent]")
left.legend(frameon=False)
shown = right.scatter(sizes, thresholds, c=error, cmap="viridis_r", edgecolors="k")
right.set(xlabel="step size [1]", ylabel="threshold of goodness [1]", xscale="log")
figure.colorbar(shown, label="validation error [percent]")
plt.show()
