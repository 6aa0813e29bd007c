"""
Graupner 2012: calcium decides whether synapses grow
====================================================

Each spike brings calcium into a synapse; above one threshold it weakens, above a higher one it
grows (Graupner & Brunel, PNAS 109, 3991). Between random spike trains, the rate decides.
"""

import matplotlib.pyplot as plt

from brainlearn import simulate

# %%
# 900 synapses between 30 and 30 units that spike at random, at three rates.

rates = (5, 20, 40)  # Hz
learned = {}
for rate in rates:
    inputs = {f"{place}/P:rate": f"{rate} Hz" for place in ("input", "output")}
    tree = simulate("Graupner_2012", "2 s", inputs, "none", rule="calcium", learn="all")
    learned[rate] = tree["learning/input.P->output.P"].to_dataset()

# %%
# All efficacies begin at 0.5. Their mean, and the standard deviation over synapses, over time.

figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
for rate, colour in zip(rates, ("#0072b2", "#000000", "#d55e00"), strict=True):
    time, mean, sd = (learned[rate][name].values for name in ("time", "mean", "sd"))
    axes.plot(time / 1e3, mean, color=colour, label=f"{rate} Hz")
    axes.fill_between(time / 1e3, mean - sd, mean + sd, color=colour, alpha=0.2, linewidth=0)
axes.set(xlabel="time [s]", ylabel="efficacy [1]", xlim=(0, 2))
axes.legend(title="pre and post", frameon=False, loc="upper left")
plt.show()
