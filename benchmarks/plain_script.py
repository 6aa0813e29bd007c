"""The forward pass in a plain Brian2 script with `SharedSynapses`, without the rest of brainlearn."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.task import Task


class Rewind:
    """Puts membranes back to zero at the start of every presentation, within one run."""

    def __init__(self, groups: list[Any], steps: int) -> None:
        self.potentials = [group.variables["v"].get_value() for group in groups]
        self.steps, self.step = steps, 0

    def __call__(self) -> None:
        """Act in the first step of a presentation."""
        if self.step % self.steps == 0:
            for potential in self.potentials:
                potential.fill(0)
        self.step += 1


class PlainScript:
    """All copies of the task's circuit in one network of Brian2's own groups."""

    def __init__(self, task: Task) -> None:
        import brian2 as b2

        from brainlearn.brian.shared_synapses import SharedSynapses

        b2.prefs.codegen.target = "numpy"
        b2.prefs.core.default_float_dtype = np.float32
        self.clock = b2.Clock(dt=1 * b2.ms)
        self.duration = task.steps * b2.ms
        source = generator = self._generator(task)
        hidden, synapses = [], []
        for weights in task.weights:
            target = self._hidden(task.copies * weights.shape[1])
            synapses.append(SharedSynapses(source, target, weights, task.copies, on_pre="v_post += w"))
            hidden.append(target)
            source = target
        rewind = b2.NetworkOperation(Rewind(hidden, task.steps), clock=self.clock, when="start")
        self.network = b2.Network(generator, *hidden, *synapses, rewind)

    def _generator(self, task: Task) -> Any:
        import brian2 as b2

        step, copy, unit = np.nonzero(task.spikes)
        units = task.spikes.shape[2]
        return b2.SpikeGeneratorGroup(
            task.copies * units, copy * units + unit, step * b2.ms, period=self.duration, clock=self.clock
        )

    def _hidden(self, size: int) -> Any:
        import brian2 as b2

        return b2.NeuronGroup(
            size,
            "dv/dt = -v/tau : 1",
            threshold="v > 1",
            reset="v -= 1",
            method="exact",
            namespace={"tau": 4.5 * b2.ms},
            clock=self.clock,
        )

    def run(self, rounds: int) -> None:
        """Present the task `rounds` times in one `Network.run`."""
        import brian2 as b2

        b2.prefs.codegen.target = "numpy"
        b2.prefs.core.default_float_dtype = np.float32
        self.network.run(rounds * self.duration, namespace={})
