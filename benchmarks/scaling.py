"""How time and memory grow with a circuit at a fixed in-degree: ``python -m benchmarks.scaling``.

One population of leaky integrate-and-fire units with 100 synapses onto each, driven by Poisson spikes from outside,
with constant synapses, with a Hebbian rule that takes a plain step at the end of a phase, and with pair STDP, in a
process of its own for every size. Processor time and resident memory; the first steps, in which loops are compiled, do
not count. `--figure FILE` draws what came out.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.memory import peak
from benchmarks.timing import say

TEXT = """
name = "scaling"
dt = "0.1 ms"

[neurons.cell]
equations = '''
dv/dt = (current - v)/(10*ms) : volt (unless refractory)
dcurrent/dt = -current/(2*ms) : volt
'''
threshold = "v > 15*mV"
reset = "v = 0*mV"
refractory = "2*ms"
method = "exact"

[synapses.push]
on_pre = "current_post += w*mV"

[[areas]]
name = "cortex"
level = 1

  [[areas.populations]]
  name = "E"
  size = {units}
  neuron = "cell"
  poisson_input = [{{ variable = "current", number = 1000, rate = "9 Hz", weight = "0.8 mV" }}]

[[projections]]
source = "cortex/E"
target = "cortex/E"
pathway = "lateral"
synapse = "push"
connectivity = {{ kind = "fixed_in_degree", in_degree = 100, multapses = true }}
weights = {{ distribution = "uniform", low = 0.0, high = 0.1 }}
delay = "1.5 ms"
"""
PROJECTION = "cortex/E->cortex/E"
SIZES = (1_000, 10_000, 100_000)
SETTLE, STEPS = 26_000, 4_000  # so many steps are worth compiling as one loop
RULES = ("none", "phase_end", "pair_stdp")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all sizes, print the table, and draw it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rules", choices=RULES, nargs="+", default=RULES)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--only", nargs=2, metavar=("UNITS", "RULE"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.only:
        print(json.dumps(measure(int(asked.only[0]), asked.only[1])))
        return
    found = [_in_process(units, rule) for rule in asked.rules for units in asked.sizes]
    head = f"{'rule':<10} {'units':>8} {'synapses':>11} {'rate Hz':>8} {'µs a step':>10} {'ns an event':>12}"
    print(f"{head} {'bytes a synapse':>16}")
    for each in found:
        print(
            f"{each['rule']:<10} {each['units']:>8,} {each['synapses']:>11,} {each['rate']:>8.1f} "
            f"{each['us_per_step']:>10.0f} {each['ns_per_event']:>12.1f} {each['bytes_per_synapse']:>16.1f}"
        )
    if asked.figure:
        draw(found, asked.figure)


def _in_process(units: int, rule: str) -> dict[str, Any]:
    say(f"  {units:,} units, {rule}")
    command = [sys.executable, "-m", "benchmarks.scaling", "--only", str(units), rule]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def measure(units: int, rule: str) -> dict[str, Any]:
    """Simulate one size, and return what it took.

    An event is a spike that reaches a synapse. All that a step takes is in its time: neurons, drive, and the loop over
    steps, which takes as long for few units. Memory is what the process needs at most beyond that of a circuit of 100
    units, which has loaded and compiled nearly all that this one needs.
    """
    _simulate(100, rule, SETTLE, 2)
    before = _resident()
    spikes, seconds, synapses = _simulate(units, rule, SETTLE, STEPS)
    events = spikes * synapses / units
    return {
        "rule": rule,
        "units": units,
        "synapses": synapses,
        "rate": spikes / units / (STEPS * 1e-4),
        "us_per_step": 1e6 * seconds / STEPS,
        "ns_per_event": 1e9 * seconds / events,
        "bytes_per_synapse": 1e6 * (peak() - before) / synapses,
    }


def _resident() -> float:
    """Return the resident memory of now, in MB (10^6 bytes)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _simulate(units: int, rule: str, settle: int, steps: int) -> tuple[float, float, int]:
    """Return the spikes of the last steps, the processor time for them, and the number of synapses."""
    from brainlearn.brian.presenter import Phase, Round
    from brainlearn.brian.simulation import Plasticity, Simulation
    from brainlearn.circuit import parse_circuit, wire

    circuit, mistakes = parse_circuit(tomllib.loads(TEXT.format(units=units)), "scaling")
    assert not mistakes, mistakes
    wiring = wire(circuit, 1, "float32")
    phases = [Phase("settle", settle), Phase("measured", steps, reset=False)]
    updates = (("step", {"size": 1e-3}), ("clip", {"low": 0.0, "high": 0.2}))
    plasticity = None if rule == "none" else Plasticity(rule_called(rule), (PROJECTION,), updates=updates)
    clock: list[float] = []
    with Simulation(circuit, 1, phases, plasticity, wiring=wiring) as simulation:
        again = iter([Round({}, np.ones(1))])
        simulation.present(again, 1, after_phase=lambda _: clock.append(time.process_time()))
        spikes = float(simulation.activity("cortex/E").sum()) * steps
        return spikes, clock[1] - clock[0], simulation.weights(PROJECTION).size


def rule_called(name: str) -> Any:
    """Return a built-in rule, or the product of activities at the end of a phase."""
    from brainlearn.rules import RULES as BUILT_IN
    from brainlearn.rules.rule import Change, Rule

    hebb = Rule("phase_end", "the product of activities", "", changes=(Change("activity", "activity"),))
    return hebb if name == "phase_end" else BUILT_IN[name]


def draw(found: Sequence[dict[str, Any]], file: Path) -> None:
    """Draw time and memory over the number of synapses."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    names = {"none": "constant synapses", "phase_end": "a step at the end", "pair_stdp": "pair STDP"}
    for (rule, name), color in zip(names.items(), ("#0072b2", "#009e73", "#d55e00"), strict=True):
        runs = [each for each in found if each["rule"] == rule]
        synapses = [each["synapses"] for each in runs]
        left.plot(synapses, [each["ns_per_event"] for each in runs], "o-", color=color, label=name)
        memory = [each["bytes_per_synapse"] * each["synapses"] / 1e6 for each in runs]
        right.plot(synapses, memory, "o-", color=color, label=name)
    left.set(xscale="log", ylim=(0, None), xlabel="synapses", ylabel="time of an event [ns]")
    right.set(xscale="log", yscale="log", xlabel="synapses", ylabel="memory [MB]")
    left.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=150)


if __name__ == "__main__":
    main()
