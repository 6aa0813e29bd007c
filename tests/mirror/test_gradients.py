"""Gradients of the weights are those of finite differences, as long as no unit changes its mind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror, MirrorState
from tests.mirror.circuit_text import Model
from tests.mirror.models import LIF, METHODS, MODELS, cases, with_method

NO_SURROGATE = 1e30  # so steep that spikes pass nothing on: what is left is the derivative with all spikes held
COPIES, STEPS = 2, 45

TALKING = Model(
    """
equations = '''
dv/dt = (SHAPE - v)/tau : 1 (unless refractory)
du/dt = (0.5*drive - u)/tau : 1
drive : 1
current : 1
'''
threshold = "v > 1000"
refractory = "2*ms"
method = "METHOD"
parameters = { tau = "10 ms" }
""",
    excite="drive_post = w*v_pre",
    inhibit="drive_post = 0.5*w*(v_pre + u_pre)",
    current=(0.3, 0.9),
    drive=0.6,
    feedback=0.4,
    inhibition=0.3,
)
"""Units below threshold that transmit their membrane all the time."""

GRADED = Model(
    """
equations = '''
dactivity/dt = (SHAPE - activity)/tau : 1
drive : 1
current : 1
'''
output = "activity"
method = "METHOD"
parameters = { tau = "5 ms" }
""",
    excite="drive_post = w*activity_pre",
    inhibit="drive_post = w*activity_pre",
    current=(0.3, 0.9),
    drive=0.6,
    feedback=0.4,
    inhibition=0.3,
)

SHAPES = {"exact": "current + drive"}
CURVED = {True: "clip(current + drive, 0, inf)", False: "tanh(current + drive)*(1 + 0.1*(current + drive))"}


def shaped(model: Model, method: str, rectified: bool = False) -> Model:
    shape = SHAPES.get(method, CURVED[rectified])
    return with_method(replace(model, neuron=model.neuron.replace("SHAPE", shape)), method)


class Outcome:
    """A smooth number that depends on all final states.

    Parameters
    ----------
    circuit : Circuit
    steps : int
    """

    def __init__(self, circuit: Circuit, steps: int = STEPS) -> None:
        self.mirror = Mirror(circuit, seed=1, dtype="float64", slope=NO_SURROGATE)
        self.steps, self.spikes = steps, 0.0
        random = torch.Generator().manual_seed(2)
        self._stimuli = {"retina/image": 0.5 + torch.rand(COPIES, 16, generator=random, dtype=torch.float64)}
        self._random = random
        with torch.no_grad():
            final = self.mirror.present(self._stimuli, steps)
        self._factors = {key: self._draw(x) / x.abs().max().clamp_min(1e-12) for key, x in self._smooth(final).items()}

    def _smooth(self, state: MirrorState) -> dict[tuple[str, str], Tensor]:
        populations = self.mirror.populations
        return {(p, name): state.populations[p][name] for p in populations for name in populations[p].code.differential}

    def _draw(self, like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=self._random, dtype=like.dtype)

    def __call__(self) -> Tensor:
        state = self.mirror.present(self._stimuli, self.steps)
        self.spikes = sum(float(spikes.detach().sum()) for spikes in state.counts.values())
        return sum((self._factors[key] * x).sum() for key, x in self._smooth(state).items())

    @torch.no_grad()
    def difference(self, weights: Tensor, direction: Tensor, step: float = 1e-5) -> float:
        """Return the derivative along a direction, by a central difference."""
        before, values = self.spikes, []
        for sign in (1, -1):
            weights.add_(sign * step * direction)
            values.append(float(self()))
            assert self.spikes == before
            weights.sub_(sign * step * direction)
        return (values[0] - values[1]) / (2 * step)

    def check(self, *names: str) -> None:
        """Compare the gradients of some projections along a random direction each."""
        weights = [self.mirror.weights[name] for name in names]
        gradients = torch.autograd.grad(self(), weights)
        for name, matrix, gradient in zip(names, weights, gradients, strict=True):
            direction = self._draw(matrix) * matrix.detach()
            slope = float((gradient * direction).sum())
            assert slope != 0, name
            assert slope == pytest.approx(self.difference(matrix, direction), rel=1e-5, abs=1e-9), name


BOTTOM_UP, TOP_DOWN, LATERAL = "V1/E->V2/E", "V2/E->V1/E", ("V1/E->V1/E", "V1/E->V1/I", "V1/I->V1/E")


@pytest.mark.parametrize("method", cases(METHODS))
def test_units_below_threshold_learn_by_the_true_gradient(method: str, tmp_path: Path):
    outcome = Outcome(shaped(TALKING, method).circuit(tmp_path))
    outcome.check(BOTTOM_UP, TOP_DOWN, *LATERAL)
    assert outcome.spikes == 0


@pytest.mark.parametrize("rectified", [True, False])
@pytest.mark.parametrize("method", ["exponential_euler", "euler", "rk2"])
def test_graded_units_learn_by_the_true_gradient(method: str, rectified: bool, tmp_path: Path):
    outcome = Outcome(shaped(GRADED, method, rectified).circuit(tmp_path))
    outcome.check(BOTTOM_UP, TOP_DOWN, *LATERAL)


@pytest.mark.parametrize("method", cases(METHODS))
def test_weights_of_spikes_that_are_held_have_the_true_gradient(method: str, tmp_path: Path):
    outcome = Outcome(with_method(LIF, method).circuit(tmp_path))
    outcome.check(BOTTOM_UP, TOP_DOWN, *LATERAL)
    assert outcome.spikes > 50


OTHERS = [name for name in MODELS if not name.startswith("lif_") and name != "hodgkin_huxley"]


@pytest.mark.parametrize("name", cases(OTHERS))
def test_every_model_has_the_true_gradient_with_spikes_held(name: str, tmp_path: Path):
    outcome = Outcome(MODELS[name].circuit(tmp_path))
    outcome.check("retina/image->V1/E", "V2/I->V2/E")
    assert outcome.spikes > 50
