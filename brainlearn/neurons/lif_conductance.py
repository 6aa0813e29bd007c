"""Leaky integrate-and-fire in volts with excitatory and inhibitory conductances, relative to the leak."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

LIF_CONDUCTANCE = NeuronModel(
    name="lif_conductance",
    kind="spiking",
    equations="""
        dv/dt = (leak_potential - v + resistance*current
                 + g_excitatory*(excitatory_reversal - v)
                 + g_inhibitory*(inhibitory_reversal - v))/tau_membrane : volt (unless refractory)
        dg_excitatory/dt = -g_excitatory/tau_excitatory : 1
        dg_inhibitory/dt = -g_inhibitory/tau_inhibitory : 1
        current : 1
    """,
    threshold="v > threshold_v",
    reset="v = reset_potential",
    refractory="5*ms",
    method="exponential_euler",
    parameters=quantities(
        tau_membrane="20 ms",
        tau_excitatory="5 ms",
        tau_inhibitory="10 ms",
        leak_potential="-60 mV",
        reset_potential="-60 mV",
        threshold_v="-50 mV",
        excitatory_reversal="0 mV",
        inhibitory_reversal="-80 mV",
        resistance="20 mV",  # volts for a current of 1
    ),
    initial=quantities(v="-60 mV"),
    description="leaky integrate-and-fire in volts, conductance synapses in units of the leak",
    source="Vogels & Abbott 2005, J. Neurosci. 25:10786, methods",
)
