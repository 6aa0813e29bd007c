"""Backpropagation through the mirror: a readout, its loss, and Adam."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from brainlearn.mirror.mirror import Mirror
from brainlearn.mirror.state import MirrorState
from brainlearn.saved_state import Arrays, ForeignState, below, find, put_back, under


@dataclass(frozen=True)
class Stretch:
    """A phase of a presentation: how many steps, whether states are reset at its start, and stimuli shown or 0."""

    steps: int
    reset: bool = True
    show: bool = True


def present_phases(
    mirror: Mirror, stimuli: Mapping[str, np.ndarray], phases: Sequence[Stretch], recompute_every: int | None = None
) -> MirrorState:
    """Show stimuli for all phases and return the state at the end.

    Parameters
    ----------
    mirror : Mirror
    stimuli : mapping of str to (copy, unit) array
    phases : sequence of Stretch
        At least one.
    recompute_every : int, optional
        See `Mirror.present`.
    """
    state: MirrorState | None = None
    blank = {path: np.zeros_like(values) for path, values in stimuli.items()}
    for phase in phases:
        shown = stimuli if phase.show else blank
        state = mirror.present(shown, phase.steps, state, phase.reset, recompute_every)
    assert state is not None
    return state


class Readout(Protocol):
    """Reads an answer from the state at the end of a presentation."""

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return what learns besides the circuit."""

    def scores(self, state: MirrorState) -> Tensor:
        """Return a score for every class, (copy, class)."""

    def loss(self, state: MirrorState, labels: Tensor) -> Tensor:
        """Return the mean loss for (copy,) labels."""


class Backprop:
    """A mirror that learns to name classes by the gradient of the loss of a readout, with Adam.

    Parameters
    ----------
    mirror : Mirror
    readout : Readout
        A `LinearReadout`, or the `OutputActivity` of a population of the circuit.
    phases : sequence of Stretch
        What a presentation consists of; it is read at the end.
    step : float
        Step size of Adam (Kingma & Ba 2015, arXiv 1412.6980).
    decay : float
        Decoupled weight decay per unit of step (Loshchilov & Hutter 2019, arXiv 1711.05101).
    recompute_every : int, optional
        See `Mirror.present`.
    """

    def __init__(
        self,
        mirror: Mirror,
        readout: Readout,
        phases: Sequence[Stretch],
        step: float = 1e-3,
        decay: float = 0.0,
        recompute_every: int | None = None,
    ) -> None:
        self.mirror, self.readout, self.phases = mirror, readout, tuple(phases)
        self.step, self.recompute_every = step, recompute_every
        self._optimiser = torch.optim.AdamW([*mirror.parameters(), *readout.parameters()], lr=step, weight_decay=decay)
        self.reached: MirrorState | None = None

    def learn(self, stimuli: Mapping[str, np.ndarray], labels: np.ndarray, factor: float = 1.0) -> float:
        """Take one step down the gradient.

        Parameters
        ----------
        stimuli : mapping of str to (copy, unit) array
        labels : (copy,) array of int
        factor : float
            Multiplies the step size.

        Returns
        -------
        float
            Mean loss before the step.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = self.step * factor
        loss = self.readout.loss(self._present(stimuli), self._labels(labels))
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self.mirror.constrain()
        return float(loss.detach())

    @torch.no_grad()
    def scores(self, stimuli: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the score of every class, (copy, class)."""
        return self.readout.scores(self._present(stimuli)).cpu().numpy()

    def _labels(self, labels: np.ndarray) -> Tensor:
        return torch.as_tensor(np.asarray(labels, dtype=np.int64), device=self.mirror.device)

    def _present(self, stimuli: Mapping[str, np.ndarray]) -> MirrorState:
        self.reached = present_phases(self.mirror, stimuli, self.phases, self.recompute_every)
        return self.reached

    def activity(self, path: str) -> np.ndarray:
        """Return what a population did in the last presentation, (copy, unit): spikes per step, or its output."""
        assert self.reached is not None
        return self.mirror.activity(self.reached, path).detach().cpu().numpy()

    def passed_on(self, path: str) -> np.ndarray:
        """Return the activity of a population in the last presentation times its gain, (copy, unit)."""
        assert self.reached is not None
        return self.mirror.passed_on(self.reached, path).detach().cpu().numpy()

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of projection `name`."""
        return self.mirror.weights[name].detach().cpu().numpy()

    def mask(self, name: str) -> np.ndarray | None:
        """Return which pairs projection `name` connects, (pre, post) bool; None if all."""
        mask = self.mirror.mask(name)
        return None if mask is None else mask.cpu().numpy()

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return all that learns, what the optimiser remembers of it, and PyTorch's random numbers."""
        saved: Arrays = {"random": torch.get_rng_state().numpy()}
        for k, parameter in enumerate(self._learns()):
            past = {name: _array(value) for name, value in self._optimiser.state.get(parameter, {}).items()}
            saved |= under(f"parameter/{k}", {"value": _array(parameter), **under("past", past)})
        return saved

    @torch.no_grad()
    def restore(self, saved: Arrays) -> None:
        """Go on from a saved state; ForeignState if it is that of another circuit."""
        for k, parameter in enumerate(self._learns()):
            own = below(f"parameter/{k}", saved)
            value = _array(parameter)
            put_back(value, "value", own)
            parameter.copy_(torch.as_tensor(value))
            past = below("past", own)
            if any(each.shape not in ((), value.shape) for each in past.values()):
                raise ForeignState(f"the optimiser's past of parameter {k} is of another shape")
            if past:
                self._optimiser.state[parameter] = {name: self._past(name, each) for name, each in past.items()}
        torch.set_rng_state(torch.as_tensor(np.array(find("random", saved))))

    def _learns(self) -> list[nn.Parameter]:
        """Return the parameters in the optimiser's order."""
        return [parameter for group in self._optimiser.param_groups for parameter in group["params"]]

    def _past(self, name: str, value: np.ndarray) -> Tensor:
        """Return what the optimiser remembers as it wants it: counts of steps stay on the CPU."""
        return torch.tensor(value, device="cpu" if name == "step" else self.mirror.device)


def _array(tensor: Tensor) -> np.ndarray:
    """Return a copy of a tensor as an array."""
    return np.array(tensor.detach().cpu().numpy())
