"""
Learn your own data
===================

Four measurements of 150 irises, from arrays: a spiking circuit learns which of three species each
is, by temporal differences of its activity.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_iris

from brainlearn import Dataset, Experiment, load_circuit, run

# %%
# A dataset takes arrays of NumPy, xarray or PyTorch. Each number drives two units: one by how large
# it is, the other by how small.

iris = load_iris()
scaled = (iris.data - iris.data.min(axis=0)) / np.ptp(iris.data, axis=0)
images = np.concatenate([scaled, 1 - scaled], axis=1)
dataset = Dataset.from_arrays(images, iris.target_names[iris.target], name="iris", test=0.4)
dataset

# %%
# The circuit has as many stimulus units as there are numbers, and an output for each name.

sizes = {"retina/image": (2, 4), "V1/E": 40, "IT/class": 3}
experiment = Experiment(
    "iris",
    load_circuit("temporal_difference", sizes=sizes),
    seed=1,
    dataset=dataset,
    target={"population": "IT/class", "strength": 0.9},
    phases=[
        {"name": "settle", "duration": "10 ms", "learn": False},
        {"name": "free", "duration": "10 ms", "reset": False, "learn": False}
        | {"remember": True, "answer": True},
        {"name": "nudged", "duration": "10 ms", "reset": False, "nudge": 1.0},
    ],
    rule={"name": "temporal_difference", "updates": [{"name": "adam", "size": 2e-2}]},
    training={"epochs": 20, "copies": 10},
)
test = run(experiment)["test"].to_dataset()
right = (test["prediction"] == test["true_label"]).values
print(f"{right.sum()} of {right.size} test flowers are named correctly")

# %%
# Answers are numbers of labels, and ``label_name`` has their names.

figure, axes = plt.subplots(figsize=(5, 3.8), layout="constrained")
shown = dataset.test_images.reshape(len(right), -1)
for number, (name, mark) in enumerate(zip(test["label_name"].values, "os^", strict=True)):
    of = test["prediction"].values == number
    axes.plot(*shown[of][:, 2:4].T, f"k{mark}", fillstyle="none", label=str(name))
axes.plot(*shown[~right][:, 2:4].T, "x", color="#d55e00", label="wrong")
axes.set(xlabel="petal length [range]", ylabel="petal width [range]")
axes.legend(title="answer", frameon=False)
plt.show()
