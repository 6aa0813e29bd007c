"""Neuron models as a user writes them into a circuit file, each with the synapses that make it spike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from tests.mirror.biophysics import (
    ADEX,
    CONDUCTANCE_LIF,
    HODGKIN_HUXLEY,
    IZHIKEVICH,
    QUADRATIC,
    TWO_COMPARTMENT,
)
from tests.mirror.circuit_text import Model

METHODS = ("exact", "exponential_euler", "euler", "rk2", "rk4", "heun", "milstein")
SLOW = {
    "euler",
    "rk2",
    "rk4",
    "two_reasons",
    "subexpression",
    "counting",
    "spike_triggered_threshold",
    "heun",
    "milstein",
    "quadratic",
    "hodgkin_huxley",
    "adaptive_lif",
    "two_compartment",
}


def cases(names: Iterable[str]) -> list[Any]:
    """Return models or methods to run over, the slow ones marked."""
    slow = pytest.mark.slow
    return [pytest.param(name, marks=slow) if name.removeprefix("lif_") in SLOW else name for name in names]


LIF = Model(
    """
equations = '''
dv/dt = (rest - v + current + synaptic)/tau : volt (unless refractory)
dsynaptic/dt = -synaptic/tau_synapse : volt
current : volt
'''
threshold = "v > -50*mV"
reset = "v = rest"
refractory = "3*ms"
method = "METHOD"
parameters = { tau = "10 ms", tau_synapse = "5 ms", rest = "-65 mV" }
initial = { v = "-65 mV" }
""",
    excite="synaptic_post += w*mV",
    inhibit="v_post += w*mV",
    inject="current_post = w*activity_pre*mV",
    current=(5, 12),
    drive=12.0,
    feedback=4.0,
    inhibition=6.0,
)


def with_method(model: Model, method: str) -> Model:
    """Return the model, integrated otherwise."""
    return replace(model, neuron=model.neuron.replace("METHOD", method))


ADAPTIVE_LIF = Model(
    """
equations = '''
dv/dt = (current + synaptic - v - adaptation)/tau : 1
dsynaptic/dt = -synaptic/(5*ms) : 1
dadaptation/dt = -adaptation/tau_adaptation : 1
current : 1
'''
threshold = "v > 1"
reset = '''
v -= 1
adaptation += step
'''
method = "exponential_euler"
parameters = { tau = "10 ms", tau_adaptation = "80 ms", step = 0.1 }
""",
    excite="synaptic_post += w",
    current=(0.3, 0.8),
    drive=0.9,
)

SPIKE_TRIGGERED_THRESHOLD = Model(
    """
equations = '''
dv/dt = (leak - v + current)/tau : volt
dtheta/dt = (theta_rest - theta)/(30*ms) : volt
current : volt
'''
threshold = "v > theta and not (theta > -30*mV)"
reset = '''
v = leak
theta = clip(theta + 4*mV, -60*mV, -32*mV)
'''
method = "exact"
parameters = { tau = "10 ms", leak = "-65 mV", theta_rest = "-50 mV" }
initial = { v = "-65 mV", theta = "-50 mV" }
""",
    excite="v_post += w*mV",
    inhibit="v_post += w*mV",
    inject="current_post = w*activity_pre*mV",
    current=(5, 12),
    drive=8.0,
    feedback=2.0,
    inhibition=3.0,
)

SUBEXPRESSION = Model(
    """
equations = '''
dv/dt = (total - v)/tau : 1
dslow/dt = (v - slow)/(40*ms) : 1
total = current + 0.2*clip(slow, 0, 1) : 1  # a subexpression of a subexpression stands below
distance = v - slow : 1
excess = distance - total : 1
current : 1
'''
threshold = "distance > 0.7"
reset = '''
v -= 0.5*distance
slow *= 0.9
v /= 1 + abs(excess)
slow += 0.1*excess
'''
method = "euler"
parameters = { tau = "8 ms" }
""",
    current=(0.3, 0.7),
    drive=0.8,
)

TWO_REASONS = Model(
    """
equations = '''
dv/dt = (current - v)/tau : 1
du/dt = (v - u)/(30*ms) : 1
current : 1
'''
threshold = "v > 1 or (u > 0.6 and v > 0.65)"
reset = "v = 0; u -= 0.2"
method = "exact"
parameters = { tau = "10 ms" }
""",
    current=(0.3, 0.8),
    drive=0.8,
)

DRIVEN_BY_TIME = Model(
    """
equations = '''
dv/dt = (current*(1 + 0.5*sin(2*pi*frequency*t)) - v)/tau : 1
envelope = int(t > 5*ms)*0.1 : 1
current : 1
'''
threshold = "v + envelope > 1 and t > 3*ms"
reset = "v = -envelope"
method = "euler"
parameters = { tau = "10 ms", frequency = "20 Hz" }
""",
    current=(0.4, 1.0),
    drive=0.9,
)

COUNTING = Model(
    """
equations = '''
dv/dt = (current - v/(1 + 0.1*(n % 4)))/tau : 1
n : integer
tired : boolean
share : 1 (constant)
common : 1 (shared)
current : 1
'''
threshold = "v > 1 + share + common"
reset = '''
v -= 1 + int(tired)*0.1
n += 1  # every spike
tired = n % 3 == 0 or n // 2 > 4
'''
method = "euler"
parameters = { tau = "10 ms" }
""",
    current=(0.3, 0.8),
    drive=0.9,
)

MODELS: dict[str, Model] = {
    **{f"lif_{m}": with_method(LIF, m) for m in METHODS},
    "adex": ADEX,
    "izhikevich": IZHIKEVICH,
    "hodgkin_huxley": HODGKIN_HUXLEY,
    "adaptive_lif": ADAPTIVE_LIF,
    "conductance_lif": CONDUCTANCE_LIF,
    "two_compartment": TWO_COMPARTMENT,
    "quadratic": QUADRATIC,
    "spike_triggered_threshold": SPIKE_TRIGGERED_THRESHOLD,
    "subexpression": SUBEXPRESSION,
    "two_reasons": TWO_REASONS,
    "driven_by_time": DRIVEN_BY_TIME,
    "counting": COUNTING,
}
