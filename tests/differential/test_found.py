"""Circuits that the fuzzer found, as files: each disagreed once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.differential.case import Case, Stretch
from tests.differential.fuzz import check

HEAD = 'name = "found"\ndt = "1 ms"\n'
ONE = """
[[areas]]
name = "A"
level = 0
populations = [{ name = "C", neuron = "n", size = 2 }]
"""
ITSELF = """
[[projections]]
source = "A/C"
target = "A/C"
pathway = "lateral"
synapse = "s"
self_connections = true
weights = { distribution = "constant", value = 0.3 }
"""
FOUND = {
    "what is held over a step, at an onset": """
[neurons.n]
equations = '''
dv/dt = (2*h + 1.5 - v)/(5*ms) : 1
h = v : 1 (constant over dt)'''
threshold = "v > 50"
reset = "v = 0"
""",
    "a parameter that is called like the weight, beside a constant": """
[neurons.n]
equations = "dv/dt = (2*k - v)/w : 1"
threshold = "v > 1"
reset = "v = 0"
parameters = { w = "5 ms", k = 1.5 }
[synapses.s]
on_pre = "v_post += w*k"
""",
    "a variable that is called like an attribute of Brian2's groups": """
[neurons.n]
equations = '''
dv/dt = (source + 1.5 - v)/(5*ms) : 1
source : 1'''
threshold = "v > 1"
reset = "v = 0"
[synapses.s]
transmit = "source_post = w*v_pre"
""",
}


@pytest.mark.parametrize("name", FOUND)
def test_a_circuit_that_was_found_does_what_plain_brian_does(tmp_path: Path, name: str):
    text = HEAD + FOUND[name] + ONE
    if "synapses.s" in text:
        text += ITSELF
    if "transmit" in text:
        text += ITSELF.replace("synapse =", 'name = "again"\nsynapse =')
    check(Case(tomllib.loads(text), {}, 2, (Stretch(6, True, True, {}), Stretch(6, True, True, {}))), tmp_path)
