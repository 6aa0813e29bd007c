"""Stock Brian2, one stimulus at a time: the same circuit and the same rules in `brian2.Synapses`.

Written to be fast: one `Network.run` for all presentations, traces in the neurons and not in the synapses.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.task import Task

TRACES = """
dtrace_plus/dt = -trace_plus/tau_plus : 1
dtrace_minus/dt = -trace_minus/tau_minus : 1
"""
ON_SPIKE = {
    "none": "",
    "forward_forward": "count += 1",
    "pair_stdp": "trace_minus += 1",
}
VARIABLES = {"none": "", "forward_forward": "count : 1\nmodulator : 1 (shared)", "pair_stdp": TRACES}


class Replay:
    """Gives the input units their spikes and starts every presentation afresh, within one run.

    Parameters
    ----------
    spikes : (step, presentation, unit) array
        Shown one presentation after the other, again from the first after the last.
    spiking : (unit,) array
        The input group's variable.
    fresh : list of arrays
        State variables that start at zero in each presentation.
    """

    def __init__(self, spikes: np.ndarray, spiking: np.ndarray, fresh: list[np.ndarray]) -> None:
        self.spikes, self.spiking, self.fresh = spikes, spiking, fresh
        self.step = 0
        self.seconds: list[float] = []

    def __call__(self) -> None:
        """Act at the start of a step; keep the time at the start of a presentation."""
        steps, presentations, _ = self.spikes.shape
        shown, step = divmod(self.step, steps)
        if step == 0:
            self.seconds.append(time.perf_counter())
            for array in self.fresh:
                array.fill(0)
        self.spiking[:] = self.spikes[step, shown % presentations]
        self.step += 1


class Goodness:
    """Sets the modulator of a group at the end of a presentation: mean square of its spikes per step."""

    def __init__(self, groups: list[Any], steps: int, constants: Mapping[str, float]) -> None:
        self.counts = [group.variables["count"].get_value() for group in groups]
        self.modulators = [group.variables["modulator"].get_value() for group in groups]
        self.steps, self.constants = steps, constants
        self.step, self.sign = 0, 1

    def __call__(self) -> None:
        """Act at the end of the last step; positive and negative presentations take turns."""
        self.step += 1
        if self.step % self.steps:
            return
        threshold, width = self.constants["threshold"], self.constants["width"]
        for count, modulator in zip(self.counts, self.modulators, strict=True):
            goodness = np.mean((count / self.steps) ** 2)
            modulator[:] = self.sign / (1 + np.exp(np.clip(self.sign * (goodness - threshold) / width, -60, 60)))
        self.sign = -self.sign


class Stock:
    """The task's circuit in stock Brian2.

    Parameters
    ----------
    task : Task
    rule : "forward_forward", "pair_stdp" or "none"
    constants : mapping of str to float
        The rule's parameters in SI units, and `size`, the factor on every change.
    target : "numpy" or "cython"
        Brian2's code-generation target.
    """

    def __init__(self, task: Task, rule: str, constants: Mapping[str, float], target: str) -> None:
        import brian2 as b2

        self.task, self.rule, self.target = task, rule, target
        self._choose_target()
        self.clock = b2.Clock(dt=1 * b2.ms)
        seconds = {name: value * b2.second for name, value in constants.items() if name.startswith("tau_")}
        self.namespace = {**constants, **seconds, "tau": 4.5 * b2.ms, "steps": task.steps}
        groups = [self._input(), *(self._hidden(weights.shape[1]) for weights in task.weights)]
        for group in groups if rule == "pair_stdp" else ():  # before the synapses: a pair in one step counts
            group.run_regularly(f"trace_plus += int({group.events['spike']})", when="after_thresholds")
        self.synapses = [
            self._synapses(pre, post, weights)
            for pre, post, weights in zip(groups[:-1], groups[1:], task.weights, strict=True)
        ]
        spiking = groups[0].variables["spiking"].get_value()
        self.replay = Replay(task.spikes, spiking, self._fresh(groups))
        operations = [b2.NetworkOperation(self.replay, clock=self.clock, when="start")]
        if rule == "forward_forward":
            goodness = Goodness(groups[1:], task.steps, constants)
            operations.append(b2.NetworkOperation(goodness, clock=self.clock, when="end", order=0))
        self.network = b2.Network(*groups, *self.synapses, *operations)

    def _choose_target(self) -> None:
        import brian2 as b2

        b2.prefs.codegen.target = self.target
        b2.prefs.core.default_float_dtype = np.float32

    def _input(self) -> Any:
        import brian2 as b2

        variables = "spiking : 1\n" + VARIABLES[self.rule].replace("modulator : 1 (shared)", "")
        return b2.NeuronGroup(
            self.task.spikes.shape[2],
            variables,
            threshold="spiking > 0.5",
            reset=ON_SPIKE[self.rule],
            method="exact",
            namespace=self.namespace,
            clock=self.clock,
        )

    def _hidden(self, size: int) -> Any:
        import brian2 as b2

        return b2.NeuronGroup(
            size,
            "dv/dt = -v/tau : 1\n" + VARIABLES[self.rule],
            threshold="v > 1",
            reset="v -= 1\n" + ON_SPIKE[self.rule],
            method="exact",
            namespace=self.namespace,
            clock=self.clock,
        )

    def _synapses(self, pre: Any, post: Any, weights: np.ndarray) -> Any:
        import brian2 as b2

        texts = {"on_pre": "v_post += w"}
        if self.rule == "pair_stdp":
            texts["on_pre"] += "\nw -= size*a_minus*trace_minus_post"
            texts["on_post"] = "w += size*a_plus*trace_plus_pre"
        synapses = b2.Synapses(pre, post, "w : 1", namespace=self.namespace, clock=self.clock, **texts)
        i, j = np.divmod(np.arange(weights.size), weights.shape[1])
        synapses.connect(i=i, j=j)
        synapses.w = weights.ravel()
        if self.rule == "forward_forward":
            synapses.run_regularly(
                "w += size*modulator_post*(count_post/steps)*(count_pre/steps)",
                dt=self.task.steps * b2.ms,
                when="start",  # the first step of the next presentation, before it starts afresh
                order=-1,
            )
        return synapses

    def _fresh(self, groups: list[Any]) -> list[np.ndarray]:
        names = ("v", "count", "trace_plus", "trace_minus")
        return [g.variables[name].get_value() for g in groups for name in names if name in g.variables]

    def weights(self, projection: int) -> np.ndarray:
        """Return the weights of a projection, (pre, post)."""
        return np.asarray(self.synapses[projection].w).reshape(self.task.weights[projection].shape)

    def run(self, presentations: int) -> list[float]:
        """Show presentations in one run; return the seconds that each but the last took."""
        import brian2 as b2

        self._choose_target()
        self.replay.seconds = []
        self.network.run(presentations * self.task.steps * b2.ms, namespace={})
        return list(np.diff(self.replay.seconds))
