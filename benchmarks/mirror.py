"""A training step of the spiking mirror against snnTorch and Norse: the same net, batch, steps and surrogate.

The task is the one of the MNIST experiment: a constant current for every pixel, areas of leaky integrate-and-fire
units with reset by subtraction, a linear readout of the last area's spike counts, cross-entropy, Adam. All of them
send the constant image through the first matrix once; the gradient of a spike is that of an arctangent.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.task import DECAY
from benchmarks.timing import in_turns, say, stopwatch

SIZES = (784, 500, 500)
CLASSES = 10
STEPS_OF_TRAINING = 5  # in one measurement

Step = Callable[[], Any]

CIRCUIT = """
name = "benchmark"
dt = "1 ms"
[neurons.integrator]
model = "lif_delta"
parameters = {{ tau_membrane = "4.5 ms", resistance = {resistance} }}
[[areas]]
name = "retina"
level = 0
populations = [{{ name = "image", size = {sizes[0]}, neuron = "constant_current" }}]
[[areas]]
name = "V1"
level = 1
populations = [{{ name = "E", size = {sizes[1]}, neuron = "integrator" }}]
[[areas]]
name = "V2"
level = 2
populations = [{{ name = "E", size = {sizes[2]}, neuron = "integrator" }}]
[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "constant_current"
weights = {{ distribution = "normal", sd = 1.0, per_input = true }}
[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "delta"
weights = {{ distribution = "normal", sd = 3.0, per_input = true }}
"""


def measure_mirror(repetitions: int, copies: int, steps: int) -> dict[str, Any]:
    """Time a training step of each engine, in turns; milliseconds for one presentation."""
    import torch

    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    images = torch.as_tensor(rng.random((copies, SIZES[0]), dtype=np.float32))
    labels = torch.as_tensor(rng.integers(CLASSES, size=copies))
    engines: dict[str, Callable[[], Step]] = {
        "mirror": lambda: mirror(images, labels, steps),
        "snntorch": lambda: snntorch(images, labels, steps),
        "norse": lambda: norse(images, labels, steps),
    }
    ready: dict[str, Step] = {}
    missing: dict[str, dict[str, Any]] = {}
    for name, build in engines.items():
        try:
            ready[name] = build()
        except ImportError as error:
            missing[name] = {"missing": f"not installed: {error.name}"}
    say("training steps of the mirror and its peers")
    times = in_turns({name: _measure(step, copies) for name, step in ready.items()}, repetitions)
    rates = {name: step() for name, step in ready.items()}
    return {name: {**found, "hidden_rates": rates[name]} for name, found in times.items()} | missing


def _measure(step: Step, copies: int) -> Callable[[], float]:
    def work() -> None:
        for _ in range(STEPS_OF_TRAINING):
            step()

    return lambda: stopwatch(work, STEPS_OF_TRAINING * copies)


def initial_weights() -> list[np.ndarray]:
    """Return the (pre, post) weights that every engine starts from."""
    circuit = circuit_of_task()
    from brainlearn.circuit.wiring import wire

    return [wiring.weights for wiring in wire(circuit, 1).values()]


def circuit_of_task() -> Any:
    """Return the net as a circuit."""
    from brainlearn import load_circuit

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "circuit.toml"
        path.write_text(CIRCUIT.format(sizes=SIZES, resistance=1 / (1 - DECAY)), encoding="utf-8")
        return load_circuit(path)


def _training_step(forward: Callable[[], list[Any]], modules: list[Any], labels: Any, steps: int) -> Step:
    """Return a function that takes one step of Adam and returns the rate of every area."""
    import torch

    readout = torch.nn.Linear(SIZES[-1], CLASSES)
    parameters = [parameter for module in [*modules, readout] for parameter in module.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=1e-3)

    def step() -> list[float]:
        counts = forward()  # spikes of every area, (copy, unit)
        loss = torch.nn.functional.cross_entropy(readout(counts[-1] / steps), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return [float(count.detach().mean()) / steps for count in counts]

    return step


def mirror(images: Any, labels: Any, steps: int) -> Step:
    """Train the mirror of the circuit."""
    from brainlearn.mirror import Mirror

    module = Mirror(circuit_of_task(), seed=1, surrogate="arctan")

    def forward() -> list[Any]:
        state = module.present({"retina/image": images}, steps)
        return [state.counts["V1/E"], state.counts["V2/E"]]

    return _training_step(forward, [module], labels, steps)


def _layers() -> list[Any]:
    import torch

    layers = []
    for weights in initial_weights():
        pre, post = weights.shape
        layer = torch.nn.Linear(pre, post, bias=False)
        layer.weight.data = torch.from_numpy(np.ascontiguousarray(weights.T, dtype=np.float32))
        layers.append(layer)
    return layers


def snntorch(images: Any, labels: Any, steps: int) -> Step:
    """Train snnTorch: `Leaky`, reset by subtraction, arctangent surrogate."""
    import snntorch as snn

    layers = _layers()
    leaky = [
        snn.Leaky(beta=DECAY, threshold=1.0, reset_mechanism="subtract", spike_grad=snn.surrogate.atan(alpha=2.0))
        for _ in layers
    ]

    def forward() -> list[Any]:
        potentials = [cell.reset_mem() for cell in leaky]
        current, counts = layers[0](images), [0.0 for _ in layers]
        for _ in range(steps):
            spikes, potentials[0] = leaky[0](current, potentials[0])
            counts[0] = counts[0] + spikes
            spikes, potentials[1] = leaky[1](layers[1](spikes), potentials[1])
            counts[1] = counts[1] + spikes
        return counts

    return _training_step(forward, [*layers, *leaky], labels, steps)


def norse(images: Any, labels: Any, steps: int) -> Step:
    """Train Norse: `LIFBoxCell` (a LIF without synaptic current), its own surrogate of the same cost or less."""
    import torch
    from norse.torch import LIFBoxCell, LIFBoxParameters
    from norse.torch.functional.reset import reset_subtract

    layers = _layers()
    parameters = LIFBoxParameters(
        tau_mem_inv=torch.tensor(1000 * (1 - DECAY)), reset_method=reset_subtract, method="super"
    )
    for layer in layers:
        layer.weight.data /= 1 - DECAY  # Norse multiplies the input by dt/tau
    cells = [LIFBoxCell(parameters, dt=1e-3) for _ in layers]

    def forward() -> list[Any]:
        states: list[Any] = [None for _ in layers]
        current, counts = layers[0](images), [0.0 for _ in layers]
        for _ in range(steps):
            spikes, states[0] = cells[0](current, states[0])
            counts[0] = counts[0] + spikes
            spikes, states[1] = cells[1](layers[1](spikes), states[1])
            counts[1] = counts[1] + spikes
        return counts

    return _training_step(forward, [*layers, *cells], labels, steps)


def mirror_over_fastest_peer(times: Mapping[str, Any]) -> float | None:
    """Return the mirror's time over that of the fastest peer; None without peers."""
    peers = [found["median_ms"] for name, found in times.items() if name != "mirror" and "median_ms" in found]
    return round(times["mirror"]["median_ms"] / min(peers), 2) if peers else None


assert math.isclose(DECAY, math.exp(-1 / 4.5))  # the circuit above is written for it
