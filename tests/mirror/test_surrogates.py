"""Surrogate gradients: their formulas, and whole networks that are written by hand in plain PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch import Tensor

from brainlearn.mirror import SURROGATES, Mirror
from tests.mirror.circuit_text import IMAGE, POPULATION, PROJECTION, read

X = torch.linspace(-3, 3, 25, dtype=torch.float64)
FORMULAS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "super_spike": lambda x, slope: 1 / (1 + slope * x.abs()) ** 2,
    "arctan": lambda x, slope: slope / 2 / (1 + (math.pi / 2 * slope * x) ** 2),
    "triangular": lambda x, slope: torch.relu(1 - slope * x.abs()),
}
PRIMITIVES: dict[str, Callable[[Tensor, float], Tensor]] = {
    "super_spike": lambda x, slope: x / (1 + slope * x.abs()),
    "arctan": lambda x, slope: torch.arctan(math.pi / 2 * slope * x) / math.pi,
    "triangular": lambda x, slope: x.sign() * (lambda a: a - slope * a**2 / 2)(x.abs().clamp(max=1 / slope)),
}
"""Functions whose derivatives these are."""


def test_every_surrogate_is_tested():
    assert set(FORMULAS) == set(PRIMITIVES) == set(SURROGATES)


@pytest.mark.parametrize("slope", [0.5, 1.0, 10.0])
@pytest.mark.parametrize("name", FORMULAS)
def test_the_derivative_is_that_of_the_formula(name: str, slope: float):
    before = X.clone()
    torch.testing.assert_close(SURROGATES[name].derivative(X, slope), FORMULAS[name](X, slope), rtol=1e-14, atol=0)
    assert torch.equal(before, X)


# ---- a recurrent network by hand -----------------------------------------------------------------------------------

TAU, DT, STEPS, COPIES = 8.0, 1.0, 40, 3


@dataclass(frozen=True)
class Network:
    """What differs between the networks.

    Parameters
    ----------
    delay : int
        Of recurrent spikes [steps].
    subtract : bool
        Whether a spike subtracts the threshold, or puts the membrane back to 0.
    threshold : float
    """

    delay: int
    subtract: bool
    threshold: float

    def text(self) -> str:
        return "\n".join(
            [
                f'name = "by_hand"\ndt = "{DT!r} ms"',
                "[neurons.cell]\nequations = '''\ndv/dt = (current - v)/tau : 1\ncurrent : 1\n'''",
                f'threshold = "v > {self.threshold!r}"\nmethod = "exact"\nparameters = {{ tau = "{TAU!r} ms" }}',
                f'reset = "v {"-= 0.5" if self.subtract else "= 0"}"',
                '[synapses.inject]\ntransmit = "current_post = w*activity_pre"',
                '[synapses.kick]\non_pre = "v_post += w"',
                IMAGE,
                '[[areas]]\nname = "V1"\nlevel = 1',
                POPULATION.format(name="E", sheet=[3, 3], neuron="cell", sign="mixed"),
                self._projection("retina/image", "bottom_up", "inject", 0.0, -0.2, 0.5),
                self._projection("V1/E", "lateral", "kick", self.delay * DT, -0.1, 0.2),
            ]
        )

    def _projection(self, source: str, pathway: str, synapse: str, delay: float, low: float, high: float) -> str:
        return PROJECTION.format(
            source=source, target="V1/E", pathway=pathway, synapse=synapse, delay=delay,
            connectivity='{ kind = "all_to_all" }', low=low, high=high,
        )  # fmt: skip

    def by_hand(self, image: Tensor, inward: Tensor, recurrent: Tensor, soft: Callable, reset_gradient: bool) -> Tensor:
        """Return the number that is differentiated."""
        keep = math.exp(-DT / TAU)
        v = count = torch.zeros(COPIES, 9, dtype=torch.float64)
        line = [torch.zeros_like(v)] * self.delay
        for _ in range(STEPS):
            v = v * keep + (1 - keep) * (image @ inward)
            smooth = soft((v - self.threshold) / self.threshold)
            spike = (v > self.threshold).double() + smooth - smooth.detach()
            count = count + spike
            line.append(spike)
            v = v + line.pop(0) @ recurrent
            gone = spike if reset_gradient else spike.detach()
            v = v - 0.5 * gone if self.subtract else v * (1 - gone)
        return outcome(count, v)


def outcome(count: Tensor, v: Tensor) -> Tensor:
    factors = torch.linspace(-1, 2, count.numel(), dtype=torch.float64).reshape(count.shape)
    return (factors * count).square().sum() + (factors * v).sum()


@pytest.fixture
def image() -> Tensor:
    return torch.rand(COPIES, 16, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


@pytest.mark.parametrize("reset_gradient", [False, True])
@pytest.mark.parametrize("network", [Network(2, True, 0.5), Network(0, False, 0.4), Network(1, False, 1.0)], ids=repr)
@pytest.mark.parametrize("name", FORMULAS)
def test_the_gradient_is_that_of_a_network_by_hand(
    name: str, network: Network, reset_gradient: bool, image: Tensor, tmp_path: Path
):
    slope = {"super_spike": 10.0, "arctan": 2.0, "triangular": 0.7}[name]
    mirror = Mirror(
        read(tmp_path, network.text()), 4, "float64", surrogate=name, slope=slope, reset_gradient=reset_gradient
    )
    inward, recurrent = (mirror.weights[key] for key in ("retina/image->V1/E", "V1/E->V1/E"))
    state = mirror.present({"retina/image": image}, STEPS)
    assert state.counts["V1/E"].sum() > 30
    found = outcome(state.counts["V1/E"], state.populations["V1/E"]["v"])
    expected = network.by_hand(image, inward, recurrent, lambda x: PRIMITIVES[name](x, slope), reset_gradient)
    assert found.item() == pytest.approx(expected.item(), rel=1e-12)
    for weights in (inward, recurrent):
        a, b = (torch.autograd.grad(number, weights, retain_graph=True)[0] for number in (found, expected))
        off_diagonal = ~torch.eye(9, dtype=torch.bool) if weights is recurrent else torch.ones(16, 9, dtype=torch.bool)
        assert (a - b)[off_diagonal].abs().max() <= 1e-10 * b.abs().max()
        assert b.abs().max() > 1


def test_the_slope_left_out_is_that_of_the_surrogate(image: Tensor, tmp_path: Path):
    circuit = read(tmp_path, Network(0, True, 0.5).text())
    gradients = []
    for slope in (None, SURROGATES["arctan"].slope, 5.0):
        mirror = Mirror(circuit, 4, "float64", surrogate="arctan", slope=slope)
        mirror.present({"retina/image": image}, STEPS).counts["V1/E"].sum().backward()
        gradients.append(mirror.weights["retina/image->V1/E"].grad)
    assert torch.equal(gradients[0], gradients[1])
    assert not torch.equal(gradients[0], gradients[2])
