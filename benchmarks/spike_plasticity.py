"""Speed of plasticity on spikes against stock Brian2 with the same code generation target.

python -m benchmarks.spike_plasticity [--repetitions N] [--only CASE …]

Each case runs the same model in brainlearn and in a Brian2 script, in turns within one process: building and compiling
are not counted, and the median of the repetitions is printed with the ratio. Times are those of the processor.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Network, NeuronGroup, Synapses, ms, mV, second

CIRCUIT = Path(__file__).parents[1] / "circuits" / "published" / "Vogels_2011.toml"
TRACES = "dx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(20*ms) : 1 (event-driven)\nw : 1"
CELL = """
dv/dt = (-10*nS*(v + 60*mV) - (g_ampa*v + g_gaba*(v + 80*mV)) + 200*pA)/(200*pF) : volt (unless refractory)
dg_ampa/dt = -g_ampa/(5*ms) : siemens
dg_gaba/dt = -g_gaba/(10*ms) : siemens
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spike_plasticity", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    options = parser.parse_args()
    for name in options.only:
        ours, stock, presentations = CASES[name]()
        times: dict[str, list[float]] = {"brainlearn": [], "stock Brian2": []}
        for k in range(options.repetitions + 1):
            for key, run in (("brainlearn", ours), ("stock Brian2", stock)):
                begin = time.process_time()
                run()
                if k:  # the first compiles
                    times[key].append(time.process_time() - begin)
        first, other = (statistics.median(times[key]) for key in ("brainlearn", "stock Brian2"))
        ours_ms, stock_ms = 1e3 * first / presentations, 1e3 * other
        ratio = stock_ms / ours_ms
        print(f"{name}: {ours_ms:.2f} ms a presentation, stock Brian2 {stock_ms:.2f} ms: ratio {ratio:.2f}", flush=True)


def vogels() -> tuple[Callable[[], None], Callable[[], None], int]:
    """Vogels et al. 2011 with 2,000 neurons, one copy, 2 s: long enough for what a run costs before its first step."""
    from brainlearn import load_circuit
    from brainlearn.brian.presenter import Phase, Round
    from brainlearn.brian.simulation import Plasticity, Simulation
    from brainlearn.rules import RULES

    circuit = load_circuit(CIRCUIT)
    chain = (("step", {"size": 0.01}), ("clip", {"low": 0.0, "high": 100.0}))
    plasticity = Plasticity(RULES["inhibitory_stdp"], ("cortex/I->cortex/E",), updates=chain)
    simulation = Simulation(circuit, 1, [Phase("show", 20_000, reset=False)], plasticity, seed=1)
    network, _ = plain_vogels({name: each.mask for name, each in simulation.wiring.items()}, 0.01)
    return (
        lambda: simulation.present(iter([Round({}, np.ones(1))]), 1),
        lambda: network.run(2 * second, namespace={}),
        1,
    )


def plain_vogels(masks: Mapping[str, np.ndarray | None], size: float) -> tuple[Network, dict[str, NeuronGroup]]:
    """Return the same network in plain Brian2, and its populations by name.

    Parameters
    ----------
    masks : mapping of str to (pre, post) bool array
        By projection, as ``"cortex/E->cortex/I"``.
    size : float
        Of the step of plastic weights.
    """
    groups = {
        name: NeuronGroup(n, CELL, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method="euler")
        for name, n in {"E": 1600, "I": 400}.items()
    }
    parts = list(groups.values())
    for name, mask in masks.items():
        source, target = name[7], name[-1]
        model: dict[str, Any] = {"on_pre": "g_ampa_post += 0.3*nS" if source == "E" else "g_gaba_post += 3*nS"}
        if (source, target) == ("I", "E"):
            model = {
                "model": TRACES,
                "on_pre": f"g_gaba_post += w*nS\nx += 1\nw = clip(w + {size}*(y - 0.12), 0, 100)",
                "on_post": f"y += 1\nw = clip(w + {size}*x, 0, 100)",
            }
        synapses = Synapses(groups[source], groups[target], **model)
        assert mask is not None
        i, j = np.nonzero(mask)
        synapses.connect(i=i, j=j)
        parts.append(synapses)
    for group in groups.values():
        group.v = -60 * mV
    return Network(*parts), groups


def pairs(copies: int) -> tuple[Callable[[], None], Callable[[], None], int]:
    """Pair STDP between 1,600 Poisson units and 400 Poisson units at 20 Hz, 500 ms."""
    from brainlearn import load_circuit
    from brainlearn.brian.presenter import Phase, Round
    from brainlearn.brian.simulation import Plasticity, Simulation
    from brainlearn.rules import RULES

    folder = Path(__file__).parent
    circuit = load_circuit(folder / "pair_stdp.toml")
    chain = (("step", {"size": 1.0}), ("clip", {"low": 0.0, "high": 1.0}))
    plasticity = Plasticity(RULES["pair_stdp"], ("A/E->B/E",), updates=chain)
    simulation = Simulation(circuit, copies, [Phase("show", 500)], plasticity, seed=1)
    source = NeuronGroup(1600, "v : 1", threshold="rand() < 0.02", reset="", dt=1 * ms)
    target = NeuronGroup(400, "v : 1\ng : 1", threshold="rand() < 0.02", reset="", dt=1 * ms)
    synapses = Synapses(
        source,
        target,
        TRACES,
        on_pre="g_post += w\nx += 1\nw = clip(w - 0.0105*y, 0, 1)",
        on_post="y += 1\nw = clip(w + 0.01*x, 0, 1)",
    )
    synapses.connect()
    synapses.w = 0.5
    network = Network(source, target, synapses)
    return (
        lambda: simulation.present(iter([Round({}, np.ones(copies))]), 1),
        lambda: network.run(500 * ms, namespace={}),
        copies,
    )


CASES = {"vogels": vogels, "pair_stdp": lambda: pairs(1), "pair_stdp_100_copies": lambda: pairs(100)}

if __name__ == "__main__":
    from brian2 import prefs

    prefs.codegen.target = "numpy"
    main()
