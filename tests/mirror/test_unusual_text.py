"""Text that few write and Brian2 takes: the mirror does the same with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.brian.text.text_check import find_mistakes
from brainlearn.verification.outcome import Verification
from brainlearn.verification.verify import verify
from tests.mirror.circuit_text import Model, read

LEAK = "dv/dt = (current - v)/tau : 1\ncurrent : 1\n"


def neuron(
    equations: str = LEAK,
    threshold: str = "v > 1",
    reset: str = "v = 0",
    more: str = 'method = "euler"',
    parameters: str = 'tau = "10 ms"',
) -> str:
    return (
        f"equations = '''\n{equations}\n'''\nthreshold = \"{threshold}\"\nreset = '''{reset}'''\n{more}\n"
        f"parameters = {{ {parameters} }}\n"
    )


def model(*neurons: str, **settings) -> Model:
    return Model(neurons[0], inhibitory=neurons[-1], **{"current": (0.4, 0.9), "drive": 0.9, "areas": 1, **settings})


def verified(folder: Path, text: str, strength: float = 1.0) -> Verification:
    circuit = read(folder, text)
    assert not find_mistakes(circuit)
    verification = verify(circuit, 120, 2, strength=strength, machines=("mirror",))
    assert not verification.inactive
    return verification


UNUSUAL = {
    "conditions by name, and not": model(
        neuron(LEAK + "crossed = v > 1 : boolean", "crossed"),
        neuron(threshold="not (v < 1) and True"),
    ),
    "refractory while a condition holds": model(
        neuron(LEAK + "dx/dt = -x/(3*ms) : 1", reset="v = 0; x = 1", more='method = "euler"\nrefractory = "x > 0.2"'),
        neuron(
            LEAK + "dx/dt = -x/(3*ms) : 1\nbusy = x > 0.2 : boolean",
            reset="v = 0\nx = 1;",
            more='method = "rk2"\nrefractory = "busy"',
        ),
    ),
    "refractory for a time that changes": model(
        neuron(
            LEAK.replace(": 1", ": 1 (unless refractory)", 1) + "dx/dt = -x/(30*ms) : 1",
            reset="v = 0; x += 1",
            more='method = "exponential_euler"\nrefractory = "(1 + x)*ms"',
        ),
        neuron(
            LEAK.replace(": 1", ": 1 (unless refractory)", 1),
            reset="v = -clip(5*ms/(t - lastspike + 1*ms), 0, 1)",
            more='method = "exact"\nrefractory = "rest"',
            parameters='tau = "10 ms", rest = "1.5 ms"',
        ),
    ),
    "expressions over several lines": model(
        neuron(
            "dv/dt = (total\n   - v)/tau : 1\ntotal = current\n  + 0.1 : 1\ntwice = total\n  + v : 1\ncurrent : 1",
            "twice > 1.5",
        ),
        neuron(reset="v -= 1 + dt/tau  # a little below 0"),
    ),
    "whole numbers of whole numbers": model(
        neuron(LEAK.replace("current -", "current + int(v*10)/30 -"), "v - int(v > 0.3)*0.1 > 1"),
        neuron(threshold="int(v > 0.5) + int(v > 0.9) > 1", reset="v *= 0.1*int(v)"),
    ),
    "bounds that are variables or infinite": model(
        neuron("dv/dt = (clip(current, -inf, 0.8) - clip(v, -1, inf))/tau : 1\ncurrent : 1", "v > 0.7"),
        neuron(
            LEAK + "dx/dt = -x/(30*ms) : 1",
            reset="v = 0; x = clip(x + 1, 0, 1 + v); x = clip(0.3, x, 2*x); x = clip(x, 0.1*x, 0.35)",
        ),
    ),
    "many functions": model(
        neuron(
            "dv/dt = (abs(current) - tanh(v)*v/(1 + log(1 + v**2)) + 0.1*sqrt(1 + v**2) - 0.1*cos(v) - 0.1*v % 0.3\n"
            "  - 0.01*sign(v) + 0.01*floor(v*7) - 0.01*ceil(v*5) + 0.01*exprel(v) + 0.1*log10(2 + abs(v)))/tau : 1\n"
            "current : 1"
        ),
        neuron(LEAK.replace("current -", "current + 0.1*((-v)**3 - -v**2 + 2**-v + (v*10)//3 + e - pi) -")),
    ),
    "subexpressions that are read again after a change": model(
        neuron(
            LEAK + "du/dt = -u/tau : 1\ndistance = v - u : 1",
            "distance > 0.7",
            reset="u += 0.5*distance\nv -= 0.8*distance\nu -= 0.1*distance",
        ),
        neuron(LEAK + "du/dt = -u/tau : 1\ndistance = v - u : 1", reset="v -= 0.5*distance\nu += 0.5*distance"),
    ),
    "a synapse with factors, onto two variables": model(
        neuron(LEAK + "dx/dt = -x/(30*ms) : 1", reset="v = 0; x += 0.2"),
        excite="v_post += w*(1 - x_pre)*2*pi/3; x_post += 0.1*w/(1 + x_pre)",
    ),
    "units that have no differential equation": model(
        neuron("current : 1\nx : 1", "current + x > 0.9", "x = 0"), excite="x_post += w", inhibit="x_post += w"
    ),
    "a current that does not depend on the image": model(neuron(), inject="current_post = w", current=(0.2, 0.3)),
}


@pytest.mark.parametrize("text", UNUSUAL.values(), ids=UNUSUAL)
def test_the_mirror_does_what_stock_brian_does(text: Model, tmp_path: Path):
    assert verified(tmp_path, text.text()).agrees


def test_a_stimulus_may_spike_by_itself(tmp_path: Path):
    regular = "\n".join([
        "[neurons.regular]", 'kind = "stimulus"', 'threshold = "phase > 1"', 'reset = "phase -= 1"', 'input = "rate"',
        "equations = '''\ndphase/dt = rate : 1\nrate : Hz\n'''",
    ])  # fmt: skip
    text = model(neuron(), inject="v_post += w").text().replace('neuron = "constant_current"', 'neuron = "regular"')
    assert verified(tmp_path, text.replace("[neurons.cell]", f"{regular}\n[neurons.cell]")).agrees


def test_a_circuit_may_have_no_stimulus(tmp_path: Path):
    text = model(neuron(LEAK.replace("current -", "1.5 + current -"))).text()
    for table, after in (
        ("[[areas]]", '[[areas]]\nname = "V1"'),
        ("[[projections]]", '[[projections]]\nsource = "V1/E"'),
    ):
        start = text.index(table)
        text = text[:start] + text[text.index(after) :]
    assert verified(tmp_path, text).agrees
