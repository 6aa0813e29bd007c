"""The same circuit and rules in brainlearn: all copies in one network, learning from all of them at once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.task import Task

CIRCUIT = Path(__file__).with_name("circuit.toml")
INPUT, PATHS = "retina/image", ("V1/E", "V2/E")


class Copies:
    """The task's circuit in brainlearn.

    Parameters
    ----------
    task : Task
    rule : str
        Name of a rule, or "none".
    constants : mapping of str to float
        Parameters of the rule in SI units, and `size`, the factor on every change; others are ignored.
    engine : "brian" or "mirror"
    """

    def __init__(self, task: Task, rule: str, constants: Mapping[str, float], engine: str = "brian") -> None:
        import brian2 as b2

        from brainlearn import load_circuit
        from brainlearn.brian.building import BuiltCircuit
        from brainlearn.brian.presenter import Phase
        from brainlearn.brian.simulation import Plasticity, Simulation
        from brainlearn.circuit import Wiring
        from brainlearn.mirror.learning.circuit import MirrorCircuit
        from brainlearn.rules import RULES
        from brainlearn.units import parse_quantity

        sizes = {INPUT: task.spikes.shape[2]}
        sizes |= {path: weights.shape[1] for path, weights in zip(PATHS, task.weights, strict=True)}
        circuit = load_circuit(CIRCUIT, sizes=sizes)
        self.names = [projection.name for projection in circuit.projections]
        plasticity = None
        if rule != "none":
            own = {
                name: parse_quantity(_text(name, constants[name]))
                for name in RULES[rule].parameters
                if name in constants
            }
            plasticity = Plasticity(
                RULES[rule],
                tuple(self.names),
                parameters=own,
                updates=(("step", {"size": constants["size"]}),),
            )
        wiring = {
            name: Wiring(weights.astype(np.float64), None)
            for name, weights in zip(self.names, task.weights, strict=True)
        }
        self.task = task
        phases = [Phase("show", task.steps)]
        build = MirrorCircuit if engine == "mirror" else BuiltCircuit
        self.simulation = Simulation(circuit, task.copies, phases, plasticity, wiring=wiring, build=build)
        self.step = 0
        clock = self.simulation.clock
        self.simulation.network.add(b2.NetworkOperation(self._replay, clock=clock, when="start", order=0))

    def _replay(self) -> None:
        """Give all copies the input spikes of this step."""
        self.simulation.populations[INPUT].set("spiking", self.task.spikes[self.step % self.task.steps])
        self.step += 1

    def weights(self, projection: int) -> np.ndarray:
        """Return the weights of a projection, (pre, post)."""
        return self.simulation.weights(self.names[projection])

    def rates(self) -> tuple[float, ...]:
        """Return the spikes per unit and step of every hidden area in the last presentation."""
        return tuple(float(self.simulation.activity(path).mean()) for path in PATHS)

    def run(self, rounds: int) -> list[float]:
        """Show rounds of presentations in one run; return the seconds for one presentation in each round."""
        from brainlearn.brian.presenter import Round

        sign = np.where(np.arange(self.task.copies) % 2 == 0, 1.0, -1.0)
        again = itertools.repeat(Round({}, sign))
        seconds = [time.perf_counter()]
        self.simulation.present(again, rounds, lambda _: seconds.append(time.perf_counter()))
        return list(np.diff(seconds)[1:] / self.task.copies)


def _text(name: str, value: float) -> str | float:
    """Return a rule's parameter as an experiment file would have it."""
    return f"{value} s" if name.startswith("tau_") else value
