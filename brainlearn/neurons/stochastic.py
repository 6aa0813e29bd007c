"""Units that sample: each is 0 or 1, or spikes or not, at random with a probability that its input decides.

What a unit is told as evidence, the log odds of being on, takes the place of all other input; 0 tells it nothing.
"""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel, quantities

# With dt = tau a step draws each unit anew from what the others were a step ago. Two populations that reach only each
# other then run two chains of Gibbs sampling side by side, and both are exact.
STOCHASTIC_BINARY = NeuronModel(
    name="stochastic_binary",
    kind="graded",
    equations="""
        dactivity/dt = (int(rand() < probability) - activity)/tau : 1
        told = abs(sign(evidence)) : 1
        probability = 1/(1 + exp(-(evidence + (1 - told)*drive))) : 1
        drive : 1
        evidence : 1
    """,
    method="euler",
    parameters=quantities(tau="1 ms"),
    output="activity",
    description="stochastic binary unit: its drive is the log odds of being 1; drawn anew in every step when dt = tau",
    source="Ackley, Hinton & Sejnowski 1985, Cognitive Science 9, 147, equation 5, at temperature 1",
)

STOCHASTIC_SPIKING = NeuronModel(
    name="stochastic_spiking",
    kind="spiking",
    equations="""
        dv/dt = (evidence + (1 - told)*(current + synaptic) - v)/tau_membrane : 1
        dsynaptic/dt = -synaptic/tau_synapse : 1
        told = abs(sign(evidence)) : 1
        probability = 1/(1 + exp(-v)) : 1
        current : 1
        evidence : 1
    """,
    threshold="rand() < probability",
    method="euler",  # with dt = tau one step is exactly v = current + synaptic, of the spikes of the step before
    parameters=quantities(tau_membrane="1 ms", tau_synapse="1 ms"),
    description="spikes at random: its membrane is the log odds of a spike in a step; it has no memory when dt = tau",
    source="Buesing, Bill, Nessler & Maass 2011, PLoS Comput. Biol. 7:e1002211, equation 1, on for one step",
)

# Awake, a unit is drawn by recognition from below; asleep, by generation from above. `earlier` is what it was two steps
# ago: when its message has gone to the next area and that of the next area has come back.
HELMHOLTZ = NeuronModel(
    name="helmholtz",
    kind="graded",
    equations="""
        dactivity/dt = (int(rand() < probability) - activity)/tau : 1
        dbefore/dt = (activity - before)/tau : 1
        dearlier/dt = (before - earlier)/tau : 1
        probability = 1/(1 + exp(-(evidence + (1 - told)*own))) : 1
        own = (1 - asleep)*recognition + asleep*generation : 1
        told = abs(sign(evidence)) : 1
        recognition : 1
        generation : 1
        evidence : 1
        asleep : 1
    """,
    method="euler",  # as STOCHASTIC_BINARY, with dt = tau
    parameters=quantities(tau="1 ms"),
    output="activity",
    description="binary unit drawn by its bottom-up input awake, and by its top-down input asleep",
    source="Hinton, Dayan, Frey & Neal 1995, Science 268, 1158 (wake-sleep)",
)

# A spike means that the unit is on while it is refractory. In units of log odds, and for steps of 1 ms: on for 4 of
# them, it spikes in a free step with odds of exp(drive)/4, hence a threshold of log(4). White noise makes that a normal
# distribution's integral, which is within 0.01 of the logistic one if its standard deviation is 1.702: sqrt(2) times
# `noise` after a step of tau_membrane.
LIF_SAMPLING = NeuronModel(
    name="lif_sampling",
    kind="spiking",
    equations="""
        dv/dt = (evidence + (1 - told)*(current + synaptic) - v)/tau_membrane
                + noise*sqrt(2/tau_membrane)*xi : 1 (unless refractory)
        dsynaptic/dt = -synaptic/tau_synapse : 1
        told = abs(sign(evidence)) : 1
        current : 1
        evidence : 1
    """,
    threshold="v > threshold_v",
    reset="v = 0",
    refractory="duration",
    method="euler",
    parameters=quantities(tau_membrane="1 ms", tau_synapse="4 ms", duration="4 ms", noise=1.2035, threshold_v=1.3863),
    description="leaky integrate-and-fire with white noise: on while refractory, with about logistic probability",
    source=(
        "Neftci, Das, Pedroni, Kreutz-Delgado & Cauwenberghs 2014, Front. Neurosci. 7:272, table 1 (time constants); "
        "noise and threshold in units of log odds"
    ),
)
