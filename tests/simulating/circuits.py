"""Small circuits for tests of simulations."""

from __future__ import annotations

from pathlib import Path

from brainlearn import load_circuit
from brainlearn.circuit import Circuit

DRIVEN = """
name = "driven"
dt = "0.5 ms"

[neurons.membrane]
equations = '''
    dv/dt = (-v + bias)/(10*ms) : volt
    bias : volt
    shifted = v + 1*mV : volt
'''
threshold = "v > 10*mV"
reset = "v = 0*mV"
method = "exact"

[synapses.jump]
on_pre = "v_post += w*mV"

[[areas]]
name = "LGN"
level = 0
populations = [{ name = "P", size = 4, neuron = "poisson" }, { name = "X", size = 2, neuron = "constant_current" }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 5, neuron = "membrane" }]

[[projections]]
source = "LGN/P"
target = "V1/E"
pathway = "bottom_up"
synapse = "jump"
weights = { distribution = "constant", value = 2.0 }
"""

# Nothing from outside: one population is driven by a constant, the other by noise.
ALONE = """
name = "alone"
dt = "0.5 ms"

[neurons.constant]
equations = "dv/dt = (1.5 - v)/(10*ms) : 1"
threshold = "v > 1"
reset = "v = 0"
method = "exact"

[neurons.noisy]
equations = "dv/dt = -v/(10*ms) + 0.8*xi*(10*ms)**-0.5 : 1"
threshold = "v > 1"
reset = "v = 0"
method = "euler"

[[areas]]
name = "V1"
level = 0
populations = [{ name = "C", size = 3, neuron = "constant" }, { name = "N", size = 20, neuron = "noisy" }]
"""


def circuit_of(folder: Path, text: str = DRIVEN) -> Circuit:
    """Read a circuit from its text."""
    return load_circuit(file_of(folder, text))


def file_of(folder: Path, text: str = DRIVEN) -> Path:
    """Write a circuit file."""
    path = folder / "circuit.toml"
    path.write_text(text, encoding="utf-8")
    return path
