"""Learn to tell classes by spike times, with delays that learn or stay, by one of two gradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from brainlearn import EventMirror, Mirror, Phase, Round, Simulation, load_circuit, load_dataset

CIRCUIT = load_circuit(Path(__file__).with_name("circuit.toml"))
SPIKES, HIDDEN, OUTPUTS = "periphery/spikes", "V1/E", "IT/class"
DELAYED, LONGEST, STEPS = "periphery/spikes->V1/E", 40, 140  # delays and a presentation, in steps of 1 ms
ITEMS, VALIDATION, AT_ONCE = 2000, 500, 50  # of the 9,000 to learn from; those in a step
EPOCHS, CLIP = 4, 1.0  # the largest norm of a gradient


@dataclass(frozen=True)
class Settings:
    """Of one way to learn.

    Parameters
    ----------
    step : float
        Step size of Adam for weights, which falls linearly to 0.
    delay_step : float
        The same for delays [ms].
    """

    step: float
    delay_step: float


@dataclass(frozen=True)
class Data:
    """Spike trains, (item, step, unit), and classes, (item,)."""

    trains: np.ndarray
    labels: np.ndarray

    def some(self, items: Any) -> Data:
        """Return some of the items."""
        return Data(self.trains[items], self.labels[items])


def load(seed: int) -> dict[str, Data]:
    """Draw the manifolds of a seed: items to learn from, to validate, and to test."""
    drawn = load_dataset("randman", seed=seed)
    learned, tested = Data(drawn.images, drawn.labels), Data(drawn.test_images, drawn.test_labels)
    return {
        "learn": learned.some(slice(ITEMS)),
        "validate": learned.some(slice(-VALIDATION, None)),
        "test": tested,
    }


class Stepped:
    """The mirror, with backpropagation through time."""

    def __init__(self, seed: int) -> None:
        self.module = Mirror(CIRCUIT, seed, learned_delays={DELAYED: LONGEST})

    def outputs(self, trains: np.ndarray) -> Tensor:
        """Return the readouts at the end, (copy, class)."""
        state = self.module.present({SPIKES: trains}, STEPS)
        return self.module.activity(state, OUTPUTS)


class Exact:
    """The circuit in continuous time, with EventProp."""

    def __init__(self, seed: int) -> None:
        self.module = EventMirror(CIRCUIT, STEPS * CIRCUIT.dt.value, seed, learned_delays={DELAYED: LONGEST})

    def outputs(self, trains: np.ndarray) -> Tensor:
        """Return the readouts at the end, (copy, class)."""
        return self.module.present({SPIKES: trains}).outputs[OUTPUTS]


SETTINGS = {"backprop_through_time": Settings(0.03, 0.5), "event_prop": Settings(0.03, 0.02)}
WAYS: Mapping[str, type[Stepped] | type[Exact]] = {"backprop_through_time": Stepped, "event_prop": Exact}


@dataclass(frozen=True)
class Learned:
    """What came of learning.

    Parameters
    ----------
    validation_error : (epoch,) array
        After every epoch [percent].
    exact_error, test_error : float
        On test items: of the model that learned, and with delays in whole steps in Brian2 [percent].
    moved : float
        How far delays are from where they began, in the mean [ms].
    """

    validation_error: np.ndarray
    exact_error: float
    test_error: float
    moved: float


def learn(way: str, learns_delays: bool, seed: int, data: Mapping[str, Data], epochs: int) -> Learned:
    """Learn with one gradient, and test."""
    settings = SETTINGS[way]
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 33])
    model = WAYS[way](seed)
    began = model.module.delays[DELAYED].detach().clone()
    model.module.delays.requires_grad_(learns_delays)  # where they do not learn, they stay as they were drawn
    groups = [{"params": list(model.module.weights.parameters()), "step": settings.step}]
    groups += [{"params": list(model.module.delays.parameters()), "step": settings.delay_step}]
    optimiser, errors = torch.optim.Adam(groups), []
    for epoch in range(epochs):
        for k, items in enumerate(_shuffled(len(data["learn"].labels), rng)):
            for group in optimiser.param_groups:
                group["lr"] = group["step"] * (1 - (epoch + k * AT_ONCE / len(data["learn"].labels)) / epochs)
            shown = data["learn"].some(items)
            optimiser.zero_grad()
            cross_entropy(model.outputs(shown.trains), torch.as_tensor(shown.labels)).backward()
            torch.nn.utils.clip_grad_norm_(model.module.parameters(), CLIP)
            optimiser.step()
            model.module.constrain()
        errors.append(error_of(model, data["validate"]))
    moved = float((model.module.delays[DELAYED].detach() - began).abs().mean())
    brian = error_in_brian(model.module.learned_wiring(), data["test"])
    return Learned(np.array(errors), error_of(model, data["test"]), brian, moved)


def _shuffled(count: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    order = rng.permutation(count)
    return (order[k : k + AT_ONCE] for k in range(0, count, AT_ONCE))


@torch.no_grad()
def error_of(model: Stepped | Exact, data: Data) -> float:
    """Return the error of a model [percent]."""
    return float(100 * (model.outputs(data.trains).numpy().argmax(axis=1) != data.labels).mean())


def error_in_brian(wiring: Mapping[str, Any], data: Data) -> float:
    """Return the error of what was learned, simulated by Brian2 as an ordinary circuit [percent]."""
    copies = len(data.labels)
    with Simulation(CIRCUIT, copies, [Phase("show", STEPS)], precision="float64", wiring=dict(wiring)) as simulation:
        simulation.present(iter([Round({SPIKES: data.trains.astype(float)}, np.ones(copies), learn=False)]), 1)
        outputs = simulation.state(OUTPUTS, "activity")
    return float(100 * (outputs.argmax(axis=1) != data.labels).mean())
