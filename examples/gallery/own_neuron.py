"""
Write your own neuron model
===========================

The adaptive exponential integrate-and-fire model (Brette & Gerstner 2005, J. Neurophysiol. 94,
3637) as text in Brian2's syntax. Its adaptation current grows with every spike, so intervals
lengthen.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Neuron, Population, simulate

# %%
# Units are checked when the circuit is built, and all mistakes are reported at once.

adaptive = Neuron(
    equations="""
    dv/dt = (leak*(rest - v) + leak*slope*exp((v - onset)/slope) + drive - w)/capacitance : volt
    dw/dt = (coupling*(v - rest) - w)/tau_w : amp
    drive : amp
    """,
    threshold="v > 20*mV",
    reset="v = rest; w += 0.0805*nA",
    method="euler",
    parameters={
        "capacitance": "281 pF", "leak": "30 nS", "rest": "-70.6 mV", "onset": "-50.4 mV",
        "slope": "2 mV", "coupling": "4 nS", "tau_w": "144 ms",
    },
    initial={"v": "-70.6 mV"},
)  # fmt: skip
area = Area("cortex", 1, [Population("E", "adaptive", size=1)])
circuit = Circuit("adaptive_unit", "0.05 ms", [area], neurons={"adaptive": adaptive})

# %%
# Record both variables in every time step.

tree = simulate(circuit, "400 ms", {"cortex/E:drive": "1 nA from 20 ms"}, "cortex/E:v,w,spikes")
states = tree["states/cortex.E"].isel(unit=0, copy=0)
spikes = tree["spikes/cortex.E"]["spike_time"].values
intervals = np.diff(spikes)

# %%
# Intervals grow towards a constant as the adaptation current saturates.

figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(6, 5), layout="constrained")
top.plot(states["time"], states["v"] * 1e3, "k", linewidth=0.8)
top.set(ylabel="membrane [mV]", xlabel="time [ms]")
middle.plot(states["time"], states["w"] * 1e9, color="#d55e00")
middle.set(ylabel="adaptation [nA]", xlabel="time [ms]")
bottom.plot(np.arange(1, len(intervals) + 1), intervals, "o-", color="#0072b2")
bottom.set(xlabel="interval number", ylabel="interval [ms]", ylim=(0, 42))
plt.show()
