"""A tiny circuit whose units spike exactly when they are due, or at random."""

from __future__ import annotations

from pathlib import Path

from brainlearn import load_circuit
from brainlearn.circuit import Circuit

TEXT = """
name = "clockwork"
dt = "1 ms"

# Spikes in step `due`, counted from 0 at the onset of a presentation; what it receives changes nothing.
[neurons.clockwork]
equations = '''
    dclock/dt = 1/ms : 1
    due : 1
    received : 1
'''
threshold = "abs(clock - 1 - due) < 0.5"
method = "exponential_euler"

[neurons.random]
equations = '''
    rate : Hz
    received : 1
'''
threshold = "rand() < rate*dt"
method = "exact"

[synapses.idle]
on_pre = "received_post += w"

[[areas]]
name = "A"
level = 0

  [[areas.populations]]
  name = "E"
  size = {pre}
  neuron = "{neuron}"

[[areas]]
name = "B"
level = 1

  [[areas.populations]]
  name = "E"
  size = {post}
  neuron = "{neuron}"

[[projections]]
name = "pair"
source = "A/E"
target = "B/E"
pathway = "bottom_up"
synapse = "idle"
delay = "{delay} ms"
weights = { distribution = "constant", value = 0.0 }
"""


def clockwork(folder: Path, neuron: str, pre: int, post: int, delay: int) -> Circuit:
    """Return a circuit of "clockwork" or "random" units, with a `delay` in steps."""
    text = TEXT
    for name, value in {"neuron": neuron, "pre": pre, "post": post, "delay": delay}.items():
        text = text.replace("{" + name + "}", str(value))
    path = folder / "clockwork.toml"
    path.write_text(text, encoding="utf-8")
    return load_circuit(path)
