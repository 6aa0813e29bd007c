"""
From a Brian2 script to a circuit file
======================================

The same network twice: as a script for Brian2, and as a circuit. Equations, threshold, reset and
``on_pre`` are copied unchanged, and all spikes are identical.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import NeuronGroup, SpikeMonitor, Synapses, defaultclock, ms, prefs, run

from brainlearn import Area, Circuit, Neuron, Population, Projection, Synapse, simulate

equations, tau = "dv/dt = (1.2 - v)/tau : 1 (unless refractory)", 10 * ms
text = {"threshold": "v > 1", "reset": "v = 0", "method": "exact"}

# %%
# Brian2: units start at different potentials, and random pairs inhibit each other after 2 ms.

prefs.codegen.target, defaultclock.dt = "numpy", 0.1 * ms
group = NeuronGroup(60, equations, refractory=3 * ms, **text)
group.v = "i/60."
synapses = Synapses(group, group, "w : 1", on_pre="v_post += w", delay=2 * ms)
drawn = np.random.default_rng(1).random((60, 60)) < 0.1
synapses.connect(i=np.nonzero(drawn)[0], j=np.nonzero(drawn)[1])
synapses.w = -0.15
monitor = SpikeMonitor(group)
run(300 * ms)

# %%
# brainlearn: the text moves into ``Neuron`` and ``Synapse``, constants into ``parameters``. Weights
# and initial values can be arrays.

neurons = {"cell": Neuron(equations=equations, refractory="3*ms", parameters={"tau": tau}, **text)}
population = Population("E", "cell", size=60, initial={"v": np.arange(60) / 60})
lateral = Projection(
    "cortex/E", "cortex/E", "lateral", "inhibit", -0.15 * drawn, 2 * ms, self_connections=True
)
inhibit = {"inhibit": Synapse("v_post += w")}
cortex = Area("cortex", 1, [population])
circuit = Circuit("competing", 0.1 * ms, [cortex], [lateral], neurons, inhibit)
spikes = simulate(circuit, 300 * ms)["spikes/cortex.E"]

# %%
# ``circuit.save("circuit.toml")`` writes the file, and arrays beside it.

print(circuit.to_toml())

# %%
# Every dot of one is inside a circle of the other.

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
circle = {"marker": "o", "fillstyle": "none", "color": "#d55e00", "linestyle": ""}
axes.plot(monitor.t / ms, monitor.i, **circle, markersize=5, label="Brian2")
axes.plot(spikes["spike_time"], spikes["spike_unit"], "k.", markersize=2, label="brainlearn")
axes.set(xlabel="time [ms]", ylabel="unit", xlim=(0, 150))
figure.legend(loc="outside upper right", ncols=2, frameon=False)
plt.show()
