"""Circuits that NEST simulates too: 100 units with drawn constants, weights and delays, and no noise."""

from __future__ import annotations

HEAD = """
name = "for_nest"
dt = "0.1 ms"

[neurons.cell]
EQUATIONS
threshold = "v > v_threshold"
reset = "v = v_reset"
REFRACTORY
method = "METHOD"

[neurons.cell.parameters]
tau_membrane = { distribution = "normal", mean = "20 ms", sd = "4 ms", low = "5 ms" }
v_threshold = "-50 mV"
v_reset = "-58 mV"
rest = "-65 mV"
drive = { distribution = "uniform", low = "10 mV", high = "22 mV" }
rests = { distribution = "uniform", low = "1 ms", high = "4 ms" }
CONSTANTS

[neurons.cell.initial]
v = { distribution = "uniform", low = "-65 mV", high = "-50 mV" }

[synapses.up]
on_pre = "UP"

[synapses.down]
on_pre = "DOWN"

[[areas]]
name = "V1"
level = 1
populations = [
  { name = "E", size = 80, neuron = "cell", sign = "excitatory" },
  { name = "I", size = 20, neuron = "cell", sign = "inhibitory" },
]

[[projection_tables]]
sources = ["V1/E", "V1/I"]
targets = ["V1/E", "V1/I"]
in_degrees = [[20, 5], [20, 5]]
multapses = true
synapse = "up"
weights = { distribution = "normal", mean = MEAN, sd = 0.1, low = 0.0 }
delay = { distribution = "uniform", low = "0.1 ms", high = "5 ms" }
PLASTICITY

  [[projection_tables.exceptions]]
  sources = ["V1/I"]
  synapse = "down"
  weights = { distribution = "normal", mean = -4.0, sd = 1.0, high = 0.0 }
"""

KICKED = """equations = "dv/dt = (rest + drive - v)/tau_membrane : volt (unless refractory)\""""
ONE_CURRENT = '''equations = """
dv/dt = (rest + drive - v)/tau_membrane + current/capacitance : volt (unless refractory)
dcurrent/dt = -current/tau_synapse : amp
"""'''
TWO_CURRENTS = '''equations = """
dv/dt = -(v - rest - drive - up - down)/tau_membrane : volt (unless refractory)
dup/dt = -up/(5*ms) : volt
ddown/dt = -down/(10*ms) : volt
"""'''
CONSTANTS = 'capacitance = "250 pF"\ntau_synapse = "0.5 ms"'


def circuit_text(
    equations: str,
    up: str,
    down: str,
    mean: float = 0.4,
    refractory: str = "2*ms",
    method: str = "exact",
    plasticity: str = "",
) -> str:
    """Return a circuit file; no `refractory` leaves units without a refractory period."""
    if not refractory:
        equations = equations.replace(" (unless refractory)", "")
    replaced = {
        "EQUATIONS": equations,
        "REFRACTORY": f'refractory = "{refractory}"' if refractory else "",
        "METHOD": method,
        "CONSTANTS": CONSTANTS if "capacitance" in equations else "",
        "UP": up,
        "DOWN": down,
        "MEAN": str(mean),
        "PLASTICITY": plasticity,
    }
    text = HEAD
    for word, value in replaced.items():
        text = text.replace(word, value)
    return text


def kicked(refractory: str = "2*ms", method: str = "exact", plasticity: str = "") -> str:
    """Return a circuit whose spikes move membranes at once."""
    return circuit_text(KICKED, "v_post += w*mV", "v_post += w*mV", 0.4, refractory, method, plasticity)


def driven_by_one_current(refractory: str = "2*ms", plasticity: str = "") -> str:
    """Return a circuit with one exponential current in ampere."""
    pulse = "current_post += 100*w*pA"
    return circuit_text(ONE_CURRENT, pulse, pulse, 0.8, refractory, plasticity=plasticity)


def driven_by_two_currents() -> str:
    """Return a circuit with two exponential currents in volts, which decay at different rates."""
    return circuit_text(TWO_CURRENTS, "up_post += w*mV", "down_post += w*mV", 1.0)
