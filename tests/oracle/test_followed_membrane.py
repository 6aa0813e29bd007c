"""Traces that follow a neuron are solved with it as in Brian2, or follow what was when a step began."""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Clock, Network, NeuronGroup, ms

from brainlearn.brian.learning.traces import trace_text, trace_variable
from brainlearn.brian.populations import PopulationGroup
from brainlearn.circuit import Area, Circuit, Population
from brainlearn.neurons.model import NeuronModel, quantities
from brainlearn.rules import Trace
from brainlearn.units import parse_quantity

SIZE, STEPS = 6, 40
TRACES = (
    Trace("slow", "dslow/dt = (v - slow)/tau_slow : 1", ""),
    Trace("slower", "dslower/dt = (slow + 0.5 - slower)/tau_slow : 1", ""),
    Trace("own_spikes", "down_spikes/dt = -own_spikes/tau_slow : 1", "own_spikes += 1"),
)
LINEAR = {
    "membrane": "dv/dt = (drive - v)/tau : 1\ndrive : 1",
    "through a subexpression": "dm/dt = (2*current - m)/tau : 1\ndcurrent/dt = (drive - current)/tau : 1\n"
    "v = 0.5*m + 0.1 : 1\ndrive : 1",
    "sum": "da/dt = (drive - a)/(10*ms) : 1\ndb/dt = (a - 2*b)/tau : 1\nv = a + b : 1\ndrive : 1",
}


def ours(equations: str, **text: str) -> PopulationGroup:
    """Return units after some steps, each with a drive of its own."""
    model = NeuronModel(
        name="own",
        kind="spiking",
        equations=equations,
        parameters=quantities(tau="10 ms"),
        description="",
        source="",
        **{"threshold": "v > 0.6", "method": "exact", **text},
    )
    population = Population("E", "A", SIZE, None, "own", "mixed", None)
    circuit = Circuit("one", "", "", parse_quantity("1 ms"), (Area("A", 0, (population,)),), (), {"own": model}, {})
    traces = trace_text(TRACES, {"tau_slow": 20 * ms}, model, 1e-3, "")
    found = PopulationGroup(circuit, population, 1, Clock(dt=1 * ms), traces=(traces,))
    found.array("drive")[:] = np.linspace(0.2, 1.4, SIZE)
    Network(found.group, found.counter).run(STEPS * ms, namespace={})
    return found


def reset(equations: str) -> str:
    return next(f"{name} = 0" for name in ("v", "m", "a") if f"d{name}/dt" in equations)


@pytest.mark.parametrize(
    "equations",
    [
        pytest.param(text, id=name, marks=() if name == "membrane" else pytest.mark.slow)
        for name, text in LINEAR.items()
    ],
)
def test_a_trace_follows_a_linear_neuron_as_brian2_solves_both(equations: str) -> None:
    own = "\n".join(trace.equation for trace in TRACES)
    expected = NeuronGroup(
        SIZE,
        f"{equations}\n{own}",
        threshold="v > 0.6",
        reset=f"{reset(equations)}; own_spikes += 1",
        method="exact",
        namespace={"tau": 10 * ms, "tau_slow": 20 * ms},
        dt=1 * ms,
    )
    expected.drive = np.linspace(0.2, 1.4, SIZE)
    Network(expected).run(STEPS * ms, namespace={})
    found = ours(equations, reset=reset(equations))
    assert np.ptp(expected.own_spikes) > 0.5
    for trace in TRACES:
        values = found.array(trace_variable(trace.name))[0]
        np.testing.assert_allclose(values, np.array(getattr(expected, trace.name)), rtol=1e-12, err_msg=trace.name)


@pytest.mark.parametrize(
    "text",
    [
        {"method": "exponential_euler"},
        {"method": "euler"},
        {"refractory": "2*ms", "equations": "dv/dt = (drive - v)/tau : 1 (unless refractory)\ndrive : 1"},
    ],
    ids=lambda text: next(iter(text)),
)
def test_else_a_trace_follows_what_was_when_a_step_began(text: dict[str, str]) -> None:
    equations = text.pop("equations", LINEAR["membrane"])
    found = ours(equations, reset="v = 0", **text)
    plain = NeuronGroup(
        SIZE,
        f"{equations}\nslow : 1",
        threshold="v > 0.6",
        reset="v = 0",
        namespace={"tau": 10 * ms},
        dt=1 * ms,
        **{"method": "exact", **text},
    )
    plain.drive = np.linspace(0.2, 1.4, SIZE)
    plain.run_regularly("slow = v + (slow - v)*exp(-dt/(20*ms))", when="groups", order=-1, dt=1 * ms)
    Network(plain).run(STEPS * ms, namespace={})
    np.testing.assert_allclose(found.array(trace_variable("slow"))[0], np.array(plain.slow), rtol=1e-12)
