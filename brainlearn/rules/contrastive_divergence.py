"""Contrastive divergence: awake, what is on together strengthens; asleep, it weakens."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule, Trace, parameters

CONTRASTIVE_DIVERGENCE = Rule(
    name="contrastive_divergence",
    description="what a source sent a step ago times the probability of its target in waking phases, minus it in sleep",
    source=(
        "Hinton 2002, Neural Computation 14, 1771 (contrastive divergence); Ackley, Hinton & Sejnowski 1985, "
        "Cognitive Science 9, 147 (the two phases); probabilities for states as in Hinton 2012, A Practical Guide to "
        "Training Restricted Boltzmann Machines, section 3"
    ),
    parameters=parameters(tau_sent="0.01 ms"),
    traces=(Trace("sent", "dsent/dt = -sent/tau_sent : 1", "sent = 1", graded="sent = activity : 1"),),
    # A target drawn in this step answers what its sources sent in the one before: all that a trace so short remembers.
    changes=(Change(pre="sent", post="polarity*probability", when="transmission"),),
)

# Each spike means that the unit is on for `window`; a trace that falls from 1 to 1/e within it says so.
_ON = "int(recent > 0.3678)"
_PAPER = "Neftci, Das, Pedroni, Kreutz-Delgado & Cauwenberghs 2014, Front. Neurosci. 7:272"

SPIKING_CONTRASTIVE_DIVERGENCE = Rule(
    name="spiking_contrastive_divergence",
    description="time for which both units are on together in waking phases, minus that time in sleep",
    source=(
        "Hinton 2002, Neural Computation 14, 1771 (contrastive divergence); Buesing, Bill, Nessler & Maass 2011, "
        "PLoS Comput. Biol. 7:e1002211 (a unit is on for a while after a spike)"
    ),
    parameters=parameters(window="4 ms"),
    traces=(Trace("recent", "drecent/dt = -recent/window : 1", "recent = 1", graded="recent = activity : 1"),),
    changes=(Change(pre=_ON, post=f"polarity*{_ON}", when="step"),),
)

EVENT_DRIVEN_CONTRASTIVE_DIVERGENCE = Rule(
    name="event_driven_contrastive_divergence",
    description="pairs of spikes, in either order, strengthen awake and weaken asleep, by an exponential window",
    source=f"{_PAPER} (symmetric STDP whose sign is that of the phase; window of table 1)",
    parameters=parameters(window="4 ms"),
    traces=(Trace("recent", "drecent/dt = -recent/window : 1", "recent += 1"),),
    changes=(
        Change(pre="recent", post="polarity", when="post_spike"),
        Change(pre="1", post="polarity*recent", when="pre_spike"),
    ),
)
