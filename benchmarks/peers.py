"""The forward pass in snnTorch, SpikingJelly and Norse, each written to be fast.

All of them send the input of all steps through a linear layer in one matrix product, and loop over the steps
for the neurons only (faster than all layers step by step); without gradients, in float32, on one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.task import DECAY, Task

Forward = Callable[[], list[Any]]
"""Present one round; return the spikes of each hidden area, (step, copy, unit)."""


def _inputs(task: Task) -> tuple[Any, list[Any]]:
    """Return the input spikes (step, copy, unit) and a linear layer for each weight matrix."""
    import torch

    torch.set_num_threads(1)
    layers = []
    for weights in task.weights:
        pre, post = weights.shape
        layer = torch.nn.Linear(pre, post, bias=False)
        layer.weight.data = torch.from_numpy(np.ascontiguousarray(weights.T)) * DECAY  # input does not decay at once
        layers.append(layer)
    return torch.from_numpy(task.spikes.astype(np.float32)), layers


def _forward(spikes: Any, layers: list[Any], neurons: list[Callable[[Any], Any]]) -> Forward:
    """Return a function that carries all steps through a layer, then through its neurons, area by area."""
    import torch

    @torch.no_grad()
    def forward() -> list[Any]:
        activities = [spikes]
        for layer, fire in zip(layers, neurons, strict=True):
            activities.append(fire(layer(activities[-1])))
        return activities[1:]

    return forward


def snntorch(task: Task) -> Forward:
    """snnTorch: `Leaky`, reset by subtraction."""
    import snntorch as snn
    import torch

    spikes, layers = _inputs(task)

    def neurons() -> Callable[[Any], Any]:
        leaky = snn.Leaky(beta=DECAY, threshold=1.0, reset_mechanism="subtract").eval()

        def fire(arriving: Any) -> Any:
            potential = leaky.reset_mem()
            out = []
            for step in range(len(arriving)):
                spike, potential = leaky(arriving[step], potential)
                out.append(spike)
            return torch.stack(out)

        return fire

    return _forward(spikes, layers, [neurons() for _ in layers])


def spikingjelly(task: Task) -> Forward:
    """SpikingJelly: `LIFNode` in multi-step mode, reset by subtraction."""
    from spikingjelly.activation_based import functional, neuron

    spikes, layers = _inputs(task)

    def neurons() -> Callable[[Any], Any]:
        node = neuron.LIFNode(
            tau=1 / (1 - DECAY), decay_input=False, v_threshold=1.0, v_reset=None, step_mode="m"
        ).eval()

        def fire(arriving: Any) -> Any:
            functional.reset_net(node)
            return node(arriving)

        return fire

    return _forward(spikes, layers, [neurons() for _ in layers])


def norse(task: Task) -> Forward:
    """Norse: `LIFBoxCell` (a LIF without synaptic current) over time by `Lift`, reset by subtraction."""
    import torch
    from norse.torch import LIFBoxCell, LIFBoxParameters, Lift
    from norse.torch.functional.reset import reset_subtract

    spikes, layers = _inputs(task)
    parameters = LIFBoxParameters(tau_mem_inv=torch.tensor(1000 * (1 - DECAY)), reset_method=reset_subtract)
    for layer in layers:
        layer.weight.data /= 1 - DECAY  # Norse multiplies the input by dt/tau

    def neurons() -> Callable[[Any], Any]:
        cells = Lift(LIFBoxCell(parameters, dt=1e-3))
        return lambda arriving: cells(arriving)[0]

    return _forward(spikes, layers, [neurons() for _ in layers])


PEERS: Mapping[str, Callable[[Task], Forward]] = {
    "snntorch": snntorch,
    "spikingjelly": spikingjelly,
    "norse": norse,
}
