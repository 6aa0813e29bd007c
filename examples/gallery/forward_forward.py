"""
Forward-Forward in twenty lines
===============================

An area of spiking units learns handwritten digits without errors that travel backwards (Hinton
2022, arXiv 2212.13345): it raises its activity for true labels, and lowers it for false ones.
"""

import matplotlib.pyplot as plt

from brainlearn import Experiment, load_circuit, run

# %%
# Retina and one area, the digits of scikit-learn, twelve milliseconds for each.

experiment = Experiment(
    "forward_forward",
    load_circuit("one_area", sizes={"V1/E": 100}),
    seed=1,
    dataset={"name": "digits", "validation": 100},
    stimulus={"label_strength": 3.0},
    phases=[{"name": "show", "duration": "12 ms"}],
    rule={
        "name": "forward_forward",
        "parameters": {"threshold": 0.06, "width": 0.001, "peer": 0.05},
        "updates": [{"name": "adam", "size": 4e-3}],
    },
    training={"epochs": 6, "copies": 60, "samples": 600},
)
tree = run(experiment)

# %%
# Goodness, the mean square activity, separates true from false labels; the answer is the label with
# the greatest goodness.

metrics, test = tree["metrics"].to_dataset(), tree["test"].to_dataset()
error = 100 * float((test["prediction"] != test["true_label"]).mean())

figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4), layout="constrained")
for name, style in (("positive", "k-o"), ("negative", "k--s")):
    goodness = metrics[f"goodness_{name}"].sel(population="V1/E")
    left.plot(metrics["epoch"], goodness, style, markersize=4, label=f"{name} presentations")
left.set(xlabel="epoch", ylabel="mean goodness [1]")
left.legend(frameon=False)
right.plot(metrics["epoch"], metrics["validation_error"], "ko-", markersize=4, label="validation")
right.axhline(error, color="#d55e00", linestyle=":", label=f"test: {error:.1f} %")
right.axhline(90, color="0.7", label="guessing")
right.set(xlabel="epoch", ylabel="error [percent]", ylim=(0, 95))
right.legend(frameon=False)
plt.show()
