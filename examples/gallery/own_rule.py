"""
Write your own learning rule
============================

Oja's rule (1982, J. Math. Biol. 15, 267) as text. It is Hebbian with a decay that bounds the
weights, and finds the first principal component of its inputs.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Neuron, Population, Projection, Rule, Sampled, simulate
from brainlearn.rules import Change, parameters

# %%
# A change is a product of a presynaptic and a postsynaptic expression, and perhaps the weight. What
# a synapse cannot know, it cannot read.

oja = Rule(
    name="oja_in_time",
    description="Hebb's rule with decay",
    source="Oja 1982, equation 3",
    parameters=parameters(tau="100 ms"),
    changes=(
        Change(pre="activity/tau", post="activity", when="continuous"),
        Change(pre="1/tau", post="-activity**2", weight="w", when="continuous"),
    ),
)

# %%
# A linear unit of two inputs, which are correlated.

linear = Neuron(
    kind="graded",
    equations="dactivity/dt = (drive - activity)/ms : 1\ndrive : 1",
    output="activity",
)
areas = [
    Area("input", 0, [Population("x", "graded_stimulus", size=2)]),
    Area("cortex", 1, [Population("y", "linear", size=1)]),
]
start = np.array([[-0.6], [0.5]])
projection = Projection("input/x", "cortex/y", "bottom_up", "graded", start)
circuit = Circuit("principal_component", "1 ms", areas, [projection], {"linear": linear})
x = np.random.default_rng(1).multivariate_normal([0, 0], [[1, 0.6], [0.6, 0.8]], 1000)

# %%
# A new input every 5 ms.

inputs = {"input/x": Sampled(x, interval="5 ms")}
tree = simulate(circuit, "5 s", inputs, rule=oja, learn="all")
path = tree["learning/input.x->cortex.y"]["weights"].values  # (time, synapse)

figure, axes = plt.subplots(figsize=(4.6, 4.4), layout="constrained")
axes.plot(*x.T, ".", color="0.75", markersize=2)
axes.plot(*path.T, color="#d55e00", label="weights over time")
axes.plot(*path[-1], "o", color="#d55e00")
axes.set(xlabel="first input, weight [1]", ylabel="second [1]", xlim=(-3, 3), ylim=(-3, 3))
axes.legend(frameon=False)
plt.show()
