"""Listed synapses: what it takes to draw them, to carry spikes along them, and to work with a file that has them.

``python -m benchmarks.sparse``; ``--synapses`` and ``--units`` set the size of the projection in the second table.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import tomllib
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.masks import milliseconds
from brainlearn.brian.copies_line import CopiesLine
from brainlearn.brian.delivery import add_listed
from brainlearn.brian.spread_line import SpreadLine
from brainlearn.circuit import Circuit, Rows, parse_circuit, wire
from brainlearn.circuit.wiring import AnyWiring

TEXT = """
name = "sparse"
dt = "0.1 ms"
[[areas]]
name = "V1"
level = 1
populations = [{{ name = "A", size = {units}, neuron = "lif" }}, {{ name = "B", size = {units}, neuron = "lif" }}]
[[projections]]
source = "V1/A"
target = "V1/B"
pathway = "lateral"
synapse = "current"
connectivity = {{ {connectivity} }}
weights = {{ distribution = "normal", mean = 0.15, sd = 0.015 }}
delay = {delay}
"""
WHOLE = """
name = "sparse"
dt = "1 ms"
[[areas]]
name = "drive"
level = 0
populations = [{ name = "P", size = 20, neuron = "constant_current" }]
[[areas]]
name = "V1"
level = 1
populations = [{ name = "A", size = 20000, neuron = "lif_delta" }, { name = "B", size = 20000, neuron = "lif" }]
[[projections]]
source = "drive/P"
target = "V1/A"
pathway = "bottom_up"
synapse = "constant_current"
weights = { distribution = "normal", mean = 0.02, sd = 0.05 }
[[projections]]
source = "V1/A"
target = "V1/B"
pathway = "lateral"
synapse = "current"
delay = "2 ms"
connectivity = { kind = "probability", probability = 0.002 }
weights = { distribution = "normal", mean = 0.05, sd = 0.02 }
"""
FOR_NEST = """
name = "sparse"
dt = "0.1 ms"
[neurons.cell]
equations = "dv/dt = -v/(20*ms) : volt (unless refractory)"
threshold = "v > 20*mV"
reset = "v = 10*mV"
refractory = "2*ms"
method = "exact"
[synapses.kick]
on_pre = "v_post += w*mV"
[[areas]]
name = "V1"
level = 1
populations = [{ name = "A", size = 20000, neuron = "cell" }, { name = "B", size = 20000, neuron = "cell" }]
[[projections]]
source = "V1/A"
target = "V1/B"
pathway = "lateral"
synapse = "kick"
delay = { distribution = "uniform", low = "1 ms", high = "5 ms" }
connectivity = { kind = "probability", probability = 0.002 }
weights = { distribution = "normal", mean = 0.2, sd = 0.05 }
"""
BUILD = """
import sys
from brainlearn import load_circuit
from brainlearn.brian.simulation import Phase, Simulation
Simulation(load_circuit(sys.argv[1]), 1, [Phase("show", 1)])
"""
LAUNCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3)
"""  # a small process: one begins with the peak of the process that started it
ONE_DELAY = '"1.5 ms"'
EACH_DELAY = '{ distribution = "normal", mean = "1.5 ms", sd = "0.75 ms", low = "0.1 ms" }'
STEPS = 300
SHARE = 0.0005  # of the source units that spike in a step: 5 Hz at steps of 0.1 ms


def circuit_of(units: int, connectivity: str, delay: str) -> Circuit:
    """Return two populations, one of which projects to the other."""
    text = TEXT.format(units=units, connectivity=connectivity, delay=delay)
    circuit, mistakes = parse_circuit(tomllib.loads(text), "sparse")
    assert not mistakes, mistakes
    return circuit


def drawn(units: int, connectivity: str, delay: str) -> AnyWiring:
    """Draw a projection, weights in single precision."""
    return wire(circuit_of(units, connectivity, delay), 1, "float32")["V1/A->V1/B"]


def drawing(units: int, number: int) -> Iterator[str]:
    """Yield how long every kind of connectivity takes, and how much memory while it is drawn and afterwards."""
    degree = number // units
    kinds = {
        "probability": f'kind = "probability", probability = {number / units**2}',
        "fixed in-degree": f'kind = "fixed_in_degree", in_degree = {degree}, multapses = false',
        "fixed out-degree": f'kind = "fixed_out_degree", out_degree = {degree}, multapses = false',
        "fixed total number, multapses": f'kind = "fixed_total_number", number = {number}, multapses = true',
    }
    for name, connectivity in kinds.items():
        for delay in (ONE_DELAY, EACH_DELAY):
            drawn(units, connectivity, delay)  # compiles
            began = time.thread_time()
            drawn(units, connectivity, delay)
            seconds = time.thread_time() - began
            tracemalloc.start()
            rows = drawn(units, connectivity, delay)
            held, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert isinstance(rows, Rows)
            each = "each" if delay is EACH_DELAY else "one"
            per_synapse = held / len(rows.posts)
            yield (
                f"{name:<30} {each:>6} {len(rows.posts):>12,} {seconds:>8.2f} {held / 1e6:>9.1f} {most / 1e6:>9.1f} "
                f"{per_synapse:>8.1f}"
            )


def delivering(units: int, number: int, copies: int) -> Iterator[str]:
    """Yield how long a synapse takes that a spike reaches, for one delay of all and a delay of each."""
    rng = np.random.default_rng(0)
    kinds = {"one": ONE_DELAY, "each": EACH_DELAY}
    volleys = [
        np.sort(rng.choice(copies * units, rng.poisson(SHARE * copies * units), replace=False)) for _ in range(STEPS)
    ]
    for name, delay in kinds.items():
        rows = drawn(units, f'kind = "fixed_total_number", number = {number}, multapses = true', delay)
        assert isinstance(rows, Rows)
        target = np.zeros((copies, units), dtype=np.float32)
        events = sum(int(np.diff(rows.starts)[spikes % units].sum()) for spikes in volleys)
        took = milliseconds(_work(rows, volleys, target))
        yield (
            f"{name:>6} {copies:>7} {len(rows.posts):>12,} {events:>12,} {1e6 * took / events:>9.2f} "
            f"{1e3 * events / took / 1e6:>9.0f}"
        )


def _work(rows: Rows, volleys: list[np.ndarray], target: np.ndarray) -> Callable[[], None]:
    def at_once() -> None:
        for spikes in volleys:
            scales = np.ones(len(spikes), dtype=np.float32)
            add_listed(spikes, rows.starts, rows.posts, rows.weights, scales, target)

    def spread() -> None:
        line = SpreadLine(rows, rows.weights, [target])
        for spikes in [*volleys, *[np.zeros(0, dtype=np.int64)] * 256]:
            line.step(spikes, [1.0])

    return at_once if rows.delays is None else spread


def together(units: int, in_degree: int, copies: int) -> Iterator[str]:
    """Yield how long a step of many copies takes whose spikes arrive together, and spike by spike; delays of 1-5 ms."""
    rng = np.random.default_rng(0)
    delay = '{ distribution = "uniform", low = "0.1 ms", high = "0.5 ms" }'
    rows = drawn(units, f'kind = "fixed_in_degree", in_degree = {in_degree}, multapses = true', delay)
    assert isinstance(rows, Rows)
    for share in (0.2, 0.05, 0.01, 0.001):
        volleys = [np.flatnonzero(rng.random(copies * units) < share) for _ in range(20)]
        target = np.zeros((copies, units), dtype=np.float32)
        lines = CopiesLine(rows, rows.weights, [target], 1.0), SpreadLine(rows, rows.weights, [target])

        def steps(line: CopiesLine | SpreadLine, volleys: list[np.ndarray] = volleys) -> None:
            for spikes in volleys:
                line.step(spikes, [1.0])

        one, other = (milliseconds(partial(steps, line)) / len(volleys) for line in lines)
        yield f"{share:>8.1%} {one:>12.2f} {other:>17.2f} {other / one:>8.1f}"


def holding(units: int, number: int) -> Iterator[str]:
    """Yield how many bytes a synapse takes while it is simulated, and while it learns."""
    from brainlearn.brian.simulation import Phase, Plasticity, Round, Simulation
    from brainlearn.rules import Rule
    from brainlearn.rules.rule import Change

    hebb = Rule("hebb", "", "", changes=(Change("activity", "activity"),))
    rule = Plasticity(hebb, ("V1/A->V1/B",), {}, (("step", {"size": 1e-3}),))
    for name, plasticity in (("imports", None), ("simulated", None), ("learning", rule)):
        synapses = 1_000 if name == "imports" else number
        connectivity = f'kind = "fixed_total_number", number = {synapses}, multapses = true'
        circuit = circuit_of(units, connectivity, EACH_DELAY)
        tracemalloc.start()
        with Simulation(circuit, 1, [Phase("show", 10, learn=plasticity is not None)], plasticity) as simulation:
            simulation.present(iter([Round({}, np.ones(1), learn=plasticity is not None)]), 1)
            held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        if name != "imports":
            yield f"{name:<24} {number:>12,} {held / number:>9.1f}"


def using(folder: Path) -> Iterator[str]:
    """Yield how long commands take, each in a process of its own with all that it imports, and its peak of memory."""
    file, command = folder / "sparse.toml", [sys.executable, "-m", "brainlearn"]
    file.write_text(WHOLE, encoding="utf-8")
    for_nest = folder / "for_nest.toml"
    for_nest.write_text(FOR_NEST, encoding="utf-8")
    record = ["--record", "V1/A->V1/B:weights", "--output", str(folder / "run")]
    tasks = {
        "import Brian2": [sys.executable, "-c", "import brainlearn.brian.simulation"],
        "build a simulation": [sys.executable, "-c", BUILD, str(file)],
        "describe": [*command, "describe", str(file)],
        "simulate 100 ms": [*command, "simulate", str(file), "--duration", "100 ms", *record],
        "verify 60 ms, 2 copies": [*command, "verify", str(file), "--duration", "60 ms", "--copies", "2"],
        "export to SONATA": [
            *command,
            "export",
            str(for_nest),
            "--format",
            "sonata",
            "--output",
            str(folder / "sonata"),
        ],
    }
    for name, arguments in tasks.items():
        done = subprocess.run([sys.executable, "-c", LAUNCH, *arguments], check=True, capture_output=True, text=True)
        seconds, peak = map(float, done.stdout.split())
        yield f"{name:<24} {seconds:>11.1f} {peak:>9.0f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--units", type=int, default=20_000, help="source units, and target units")
    parser.add_argument("--synapses", type=int, default=3_000_000, help="of the projection that delivers")
    asked = parser.parse_args()
    print("drawn: 20,000 × 20,000 units")
    print(f"{'connectivity':<30} {'delays':>6} {'synapses':>12} {'seconds':>8} {'MB':>9} {'peak MB':>9} {'bytes':>8}")
    for line in drawing(20_000, 800_000):
        print(line)
    print(f"\ndelivered: {asked.units:,} × {asked.units:,} units, {SHARE:.2%} of them spike in a step")
    print(f"{'delays':>6} {'copies':>7} {'synapses':>12} {'events':>12} {'ns each':>9} {'10⁶ per s':>9}")
    for copies in (1, 20):
        for line in delivering(asked.units, asked.synapses, copies):
            print(line)
    print("\nmany copies: 100 of 1,600 × 1,600 units, in-degree 10, delays of 1 to 5 steps; ms a step")
    print(f"{'spike':>8} {'all together':>12} {'spike by spike':>17} {'ratio':>8}")
    for line in together(1600, 10, 100):
        print(line)
    print(f"\n{'held':<24} {'synapses':>12} {'bytes':>9}")
    for line in holding(asked.units, asked.synapses):
        print(line)
    print("\nwith a file of two populations of 20,000 units, 800,000 synapses between them")
    print(f"{'command':<24} {'processor s':>11} {'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for line in using(Path(folder)):
            print(line)


if __name__ == "__main__":
    main()
