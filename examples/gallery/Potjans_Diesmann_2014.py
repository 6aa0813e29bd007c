"""
Potjans & Diesmann 2014: a cortical microcircuit
================================================

Four layers of excitatory and inhibitory units with the connection probabilities of early sensory
cortex (Cerebral Cortex 24, 785). The circuit file has 77,169 units; this is a hundredth of them.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Circuit, Projection, load_circuit, simulate

# %%
# The file tells how many synapses each projection has. With fewer units, every unit keeps its
# number of synapses, and so its mean input (van Albada, Helias & Diesmann 2015).

whole = load_circuit("Potjans_Diesmann_2014")
sizes = {p.path: p.size for p in whole.populations}
small = load_circuit("Potjans_Diesmann_2014", {path: size // 100 for path, size in sizes.items()})
projections = []
for p in whole.projections:
    degree = max(1, round(p.connectivity.number / sizes[p.target]))
    table = {"kind": "fixed_in_degree", "in_degree": degree, "multapses": True}
    parts = (p.source, p.target, p.pathway, p.synapse, p.weights, p.delay)
    projections.append(Projection(*parts, connectivity=table, self_connections=True))
neurons, synapses = small.neurons, small.synapses
circuit = Circuit("microcircuit", small.dt, small.areas, projections, neurons, synapses)
tree = simulate(circuit, "350 ms", seed=1, precision="float32")

# %%
# Rates after the first 100 ms, beside those of the whole circuit in NEST. Units that share most of
# their sources are more synchronous and faster; the order of populations is nearly the same.

published = (0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829)  # Hz
rates, base, labels = {}, 0, {}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
for population in circuit.populations:
    spikes = tree["spikes/" + population.path.replace("/", ".")].to_dataset()
    late = spikes["spike_time"].values > 100
    rates[population.path] = late.sum() / (population.size * 0.25)
    colour = "k" if population.name == "E" else "#d55e00"
    left.scatter(
        spikes["spike_time"], base + spikes["spike_unit"], s=1.5, color=colour, linewidths=0
    )
    labels[base + population.size / 2] = population.path
    base += population.size
left.set(xlabel="time [ms]", xlim=(100, 350))
left.set_yticks(list(labels), list(labels.values()))
left.invert_yaxis()
places = np.arange(8)
right.barh(places - 0.2, list(rates.values()), 0.4, color="k", label="a hundredth")
right.barh(places + 0.2, published, 0.4, color="0.7", label="whole, in NEST")
right.set_yticks(places, list(rates))
right.set(xlabel="mean rate [Hz]")
right.invert_yaxis()
right.legend(frameon=False)
plt.show()
