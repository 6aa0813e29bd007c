"""Episodes per second of CartPole-v1: all copies in one network, beside one stock Brian2 network with one environment.

python -m benchmarks.environments [--repetitions N] [--copies N] [--decisions N] [--output FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import say

CIRCUIT = Path(__file__).with_name("acting_circuit.toml")
NAME, STEPS, SEED = "CartPole-v1", 20, 1  # a decision lasts as long as a step of the pole: 20 ms
RANGE = ((-2.4, 2.4), (-3.0, 3.0), (-0.21, 0.21), (-3.0, 3.0))
FIRST = 20  # decisions before the clock starts: compilation, and what a run costs before its first step

Timed = tuple[float, int]
"""Seconds of the processor, and decisions."""


def encoding() -> Any:
    """Return how the four numbers of an observation become currents."""
    from brainlearn.environments.observing import Encoding

    low, high = zip(*RANGE, strict=True)
    return Encoding("values", (0, 1, 2, 3), low, high)


class Copies:
    """The circuit in brainlearn, each copy with an environment of its own.

    Parameters
    ----------
    make : callable
        Makes an environment, or a vector environment for all copies.
    copies : int
    precision : "float32" or "float64"
    """

    def __init__(self, make: Callable[[], Any], copies: int, precision: Any = "float32") -> None:
        from brainlearn import Phase, Simulation, load_circuit
        from brainlearn.environments.acting import Decoding
        from brainlearn.environments.handed_over import live_in
        from brainlearn.environments.spaces import Discrete
        from brainlearn.tasks.environment import Loop, Shown

        self.copies, phases = copies, [Phase("push", STEPS, reset=False)]
        self.simulation = Simulation(load_circuit(CIRCUIT), copies, phases, seed=SEED, precision=precision)
        shown, read = [Shown("senses/state", encoding(), 1.0)], [("motor/push", float(STEPS))]
        self.loop = Loop(make, shown, read, Decoding("argmax", Discrete(2)), 0.02, 0, 0, None)
        self.live, self.rng = live_in(make, copies, (SEED,)), np.random.default_rng(SEED)
        self.lengths: list[int] = []

    def run(self, decisions: int) -> Timed:
        """Let every copy decide so often after the first few; return what the clock saw."""
        times: list[float] = []

        def rounds() -> Iterator[Any]:
            for _ in range(FIRST + decisions + 1):
                times.append(time.process_time())
                yield self.loop.round(self.live, learn=False)

        def act(_: Any) -> None:
            self.loop.act(self.live, self.simulation, self.rng)  # type: ignore[arg-type]

        self.simulation.present(rounds(), FIRST + decisions + 1, act)
        self.lengths += [episode.steps for episode in self.live.take_finished()]
        return times[FIRST + decisions] - times[FIRST], decisions * self.copies


class Stock:
    """The same circuit in stock Brian2, with one environment, written to be fast.

    One `Network.run` covers all episodes; Python is called once a decision; the currents of a decision, which do not
    change during it, are one matrix product.

    Parameters
    ----------
    environment : object
        One of Gymnasium's.
    target : "numpy" or "cython"
        Brian2's code-generation target.
    """

    def __init__(self, environment: Any, target: str) -> None:
        import brian2 as b2

        from brainlearn import load_circuit
        from brainlearn.circuit import wire

        self.environment, self.target, self.encoding = environment, target, encoding()
        b2.prefs.codegen.target = target
        into, out = (each.weights for each in wire(load_circuit(CIRCUIT), SEED, "float64").values())
        self.into, clock = np.asarray(into), b2.Clock(dt=1 * b2.ms)
        self.hidden, self.push = (self._units(b2, size, clock) for size in out.shape)
        synapses = b2.Synapses(self.hidden, self.push, "w : 1", on_pre="synaptic_post += w", clock=clock)
        synapses.connect()
        synapses.w = np.asarray(out).ravel()
        decide = b2.NetworkOperation(self.decide, dt=STEPS * b2.ms, when="start", order=-1)
        self.network = b2.Network(self.hidden, self.push, synapses, decide)
        self.rng, self.times, self.lengths = np.random.default_rng(SEED), list[float](), list[int]()
        self.number, self.steps = -1, 0
        self._begin()

    def _units(self, b2: Any, size: int, clock: Any) -> Any:
        equations = """
            dv/dt = (5*current + synaptic - v)/(4.5*ms) : 1
            dsynaptic/dt = -synaptic/(5*ms) : 1
            current : 1
            count : 1
        """
        reset = "v -= 1; count += 1"
        return b2.NeuronGroup(size, equations, threshold="v > 1", reset=reset, method="exponential_euler", clock=clock)

    def _begin(self) -> None:
        """Begin an episode, with the seed that the first copy of `Copies` has for it."""
        self.number, self.steps = self.number + 1, 0
        seed = np.random.SeedSequence([SEED, 0, self.number]).generate_state(1)[0]
        self._show(self.environment.reset(seed=int(seed))[0])
        for group in (self.hidden, self.push):
            for name in ("v", "synaptic"):
                group.variables[name].get_value().fill(0)

    def _show(self, observation: np.ndarray) -> None:
        shown = self.encoding.encode(np.asarray(observation, dtype=float)[None])[0]
        self.hidden.variables["current"].get_value()[:] = shown @ self.into

    def decide(self) -> None:
        """Act by the spikes of the last 20 ms, and show what comes of it."""
        from brainlearn.environments.acting import greatest

        self.times.append(time.process_time())
        counts = self.push.variables["count"].get_value()
        if len(self.times) > 1:
            action = int(greatest(counts[None], self.rng)[0])
            observation, _, terminated, truncated, _ = self.environment.step(action)
            self.steps += 1
            if terminated or truncated:
                self.lengths.append(self.steps)
                self._begin()
            else:
                self._show(observation)
        counts.fill(0)

    def run(self, decisions: int) -> Timed:
        """Decide so often after the first few; return what the clock saw."""
        import brian2 as b2

        b2.prefs.codegen.target = self.target
        before = len(self.times)
        self.network.run((FIRST + decisions + 1) * STEPS * b2.ms)
        times = self.times[before:]
        self.times = self.times[:1]
        return times[FIRST + decisions] - times[FIRST], decisions


def engines(copies: int) -> dict[str, Copies | Stock]:
    """Return what is measured, by name."""
    import gymnasium
    from brian2.codegen.runtime.cython_rt import CythonCodeObject

    def vector() -> Any:
        return gymnasium.make_vec(NAME, num_envs=copies, vectorization_mode="vector_entry_point")

    found: dict[str, Copies | Stock] = {
        "copies": Copies(vector, copies),
        "copies_one_by_one": Copies(lambda: gymnasium.make(NAME), copies),
        "stock_numpy": Stock(gymnasium.make(NAME), "numpy"),
    }
    if CythonCodeObject.is_available():
        found["stock_cython"] = Stock(gymnasium.make(NAME), "cython")
    return found


def measure(repetitions: int, copies: int, decisions: int) -> dict[str, Any]:
    """Measure all in turns; return medians of what happens in a second, and ratios.

    Times are those of the processor: all run on one thread, and other work on the machine does not count. With stock
    Brian2, episodes begin at once, and last as long as in the mean of all copies; a copy takes one more presentation,
    in which the outcome is seen.
    """
    warnings.simplefilter("ignore")  # Brian2 speaks of deprecations
    measured, found = engines(copies), dict[str, list[float]]()
    for repetition in range(repetitions):
        for name, engine in measured.items():
            seconds, taken = engine.run(decisions)
            found.setdefault(name, []).append(taken / seconds)
        say(f"  {repetition + 1}/{repetitions}")
    length = statistics.mean(measured["copies_one_by_one"].lengths)
    rates = {name: statistics.median(each) for name, each in found.items()}
    episodes = {name: rate / (length + name.startswith("copies")) for name, rate in rates.items()}
    stock = [name for name in rates if name.startswith("stock")]
    return {
        "task": {"environment": NAME, "circuit": [4, 128, 2], "copies": copies, "steps_of_a_decision": STEPS},
        "mean_episode": round(length, 2),
        "decisions_per_second": {name: round(rate, 1) for name, rate in rates.items()},
        "episodes_per_second": {name: round(rate, 2) for name, rate in episodes.items()},
        **{f"copies_over_{name}": round(episodes["copies"] / episodes[name], 1) for name in stock},
        "all_decisions_per_second": {name: [round(each, 1) for each in several] for name, several in found.items()},
    }


def report(found: dict[str, Any]) -> str:
    """Return what was measured as a table for people."""
    task, lines = found["task"], [f"{'':<20} {'decisions/s':>12} {'episodes/s':>12}"]
    for name, rate in found["decisions_per_second"].items():
        lines.append(f"{name:<20} {rate:12.0f} {found['episodes_per_second'][name]:12.1f}")
    lines += [f"{key}: {value}" for key, value in found.items() if key.startswith("copies_over")]
    head = (
        f"{task['environment']}, 4-128-2, {task['copies']} copies; an episode lasts {found['mean_episode']} decisions"
    )
    return "\n".join([head, *lines])


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.environments", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--copies", type=int, default=400)
    parser.add_argument("--decisions", type=int, default=100, help="of each environment in a repetition")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("environments.json"))
    options = parser.parse_args()
    found = measure(options.repetitions, options.copies, options.decisions)
    options.output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(report(found))


if __name__ == "__main__":
    main()
