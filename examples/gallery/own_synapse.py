"""
Write your own synapse model
============================

An NMDA synapse: the conductance is an alpha function, and magnesium blocks it at rest (Jahr &
Stevens 1990, J. Neurosci. 10, 3178). The same spike has a larger effect on a depolarised unit.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Area, Circuit, Neuron, Population, Projection, SpikeTrains, Synapse, simulate

# %%
# A spike acts on a variable of the target unit; what happens to it there is the unit's equation.

neurons = {
    "pyramidal": Neuron(
        equations="""
        dv/dt = (rest + drive - v - unblocked*g*v)/(20*ms) : volt
        dg/dt = (rise - g)/tau : 1
        drise/dt = -rise/tau : 1
        unblocked = 1/(1 + exp(-0.062*v/mV)/3.57) : 1
        drive : volt
        """,
        threshold="v > 100*mV",
        method="rk4",
        parameters={"rest": "-70 mV", "tau": "25 ms"},
        initial={"v": "-70 mV"},
    )
}
synapses = {"nmda": Synapse(on_pre="rise_post += w")}
areas = [
    Area("input", 0, [Population("P", "spike_train", size=1)]),
    Area("cortex", 1, [Population("E", "pyramidal", size=1)]),
]
weights = {"distribution": "constant", "value": 0.5}
projection = Projection("input/P", "cortex/E", "bottom_up", "nmda", weights)
circuit = Circuit("nmda", "0.1 ms", areas, [projection], neurons, synapses)

# %%
# Three copies hold the unit at different potentials. One spike arrives at 200 ms.

drives = np.array([[0.0], [15e-3], [30e-3]])  # (copy, unit) in volts
inputs = {"input/P": SpikeTrains([0.2], [0]), "cortex/E:drive": drives}
tree = simulate(circuit, "400 ms", inputs, "cortex/E:v,g", copies=3)
states = tree["states/cortex.E"].isel(unit=0)

# %%
# The response grows with depolarisation, although the conductance is the same.

figure, (top, bottom) = plt.subplots(2, 1, figsize=(6, 4.4), sharex=True, layout="constrained")
top.plot(states["time"], states["g"].isel(copy=0), "k")
top.set(ylabel="conductance [leak]")
for copy, colour in enumerate(("#000000", "#d55e00", "#0072b2")):
    change = 1e3 * (states["v"].isel(copy=copy) - states["v"].isel(copy=copy).sel(time=200))
    bottom.plot(states["time"], change, color=colour, label=f"{drives[copy, 0] * 1e3 - 70:.0f} mV")
bottom.set(xlabel="time [ms]", ylabel="response [mV]", xlim=(180, 400), ylim=(-0.1, 1.6))
bottom.legend(title="held at", frameon=False)
plt.show()
