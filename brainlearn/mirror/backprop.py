"""Backpropagation through the mirror: a readout, its loss, and Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from brainlearn.mirror.mirror import Mirror
from brainlearn.mirror.state import MirrorState
from brainlearn.saved_state import Arrays, ForeignState, below, find, put_back, under


@dataclass(frozen=True)
class Stretch:
    """A phase of a presentation; see `brainlearn.Phase`."""

    steps: int
    reset: bool = True
    show: bool = True
    answer: tuple[int, int] | None = None


def present_phases(
    mirror: Mirror,
    stimuli: Mapping[str, np.ndarray],
    phases: Sequence[Stretch],
    recompute_every: int | None = None,
    frame_steps: int = 1,
    record: Callable[[Stretch, MirrorState], None] | None = None,
    ended: Callable[[int, MirrorState], None] | None = None,
    onset: MirrorState | None = None,
) -> MirrorState:
    """Show stimuli for all phases and return the state at the end.

    Parameters
    ----------
    mirror : Mirror
    stimuli : mapping of str to (copy, unit) or (copy, frame, unit) array
    phases : sequence of Stretch
        At least one.
    recompute_every, frame_steps : int, optional
        See `Mirror.present`.
    record : callable, optional
        Called after every step with the phase and the state.
    ended : callable, optional
        Called after every phase with its number and the state.
    onset : MirrorState, optional
        The state at the onset, from `Mirror.initial_state`; default: one without learning.
    """
    state = onset
    for number, phase in enumerate(phases):
        state = mirror.present(
            stimuli,
            phase.steps,
            state,
            phase.reset or number == 0,
            recompute_every,
            None if record is None else partial(record, phase),
            frame_steps=frame_steps,
            show=phase.show,
        )
        if ended is not None:
            ended(number, state)
    assert state is not None
    return state


class Readout(Protocol):
    """Reads an answer from the state at the end of a presentation, and perhaps from the steps before."""

    @property
    def record(self) -> Callable[[Stretch, MirrorState], None] | None:
        """Called after every step with the phase and the state; None: it does not look at steps."""

    def parameters(self) -> Iterable[nn.Parameter]:
        """Return what learns in addition to the circuit."""

    def scores(self, state: MirrorState) -> Tensor:
        """Return a score for every class, (copy, class)."""

    def loss(self, state: MirrorState, wanted: Tensor) -> Tensor:
        """Return the mean loss for (copy,) labels, or for (copy, unit) or (copy, frame, unit) values."""


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
    delay_step : float
        Step size of Adam for delays, where the mirror learns them [time steps].
    """

    def __init__(
        self,
        mirror: Mirror,
        readout: Readout,
        phases: Sequence[Stretch],
        step: float = 1e-3,
        decay: float = 0.0,
        recompute_every: int | None = None,
        delay_step: float = 0.1,
    ) -> None:
        self.mirror, self.readout, self.phases = mirror, readout, tuple(phases)
        self.step, self.recompute_every = step, recompute_every
        groups: list[dict[str, Any]] = [
            {"params": [*mirror.weights.parameters(), *readout.parameters()], "step": step, "weight_decay": decay}
        ]
        if mirror.delays:
            groups.append({"params": list(mirror.delays.parameters()), "step": delay_step, "weight_decay": 0.0})
        self._optimiser = torch.optim.AdamW(groups)
        self.reached: MirrorState | None = None
        self.ended: Callable[[int, MirrorState], None] | None = None  # after every phase

    def learn(
        self, stimuli: Mapping[str, np.ndarray], wanted: np.ndarray, factor: float = 1.0, frame_steps: int = 1
    ) -> float:
        """Take one step down the gradient.

        Parameters
        ----------
        stimuli : mapping of str to (copy, unit) or (copy, frame, unit) array
        wanted : (copy,) array of int, or (copy, unit) or (copy, frame, unit) array
            Right classes, or values of outputs.
        factor : float
            Multiplies the step size.
        frame_steps : int
            Time steps that a frame lasts.

        Returns
        -------
        float
            Mean loss before the step.
        """
        for group in self._optimiser.param_groups:
            group["lr"] = group["step"] * factor
        loss = self.readout.loss(self._present(stimuli, frame_steps, learning=True), self._wanted(wanted))
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self.mirror.constrain()
        return float(loss.detach())

    @torch.no_grad()
    def scores(self, stimuli: Mapping[str, np.ndarray], frame_steps: int = 1) -> np.ndarray:
        """Return the score of every class, (copy, class)."""
        return self.readout.scores(self._present(stimuli, frame_steps)).cpu().numpy()

    def _wanted(self, wanted: np.ndarray) -> Tensor:
        kind = torch.int64 if np.asarray(wanted).dtype.kind in "iu" else self.mirror.dtype
        return torch.as_tensor(wanted, dtype=kind, device=self.mirror.device)

    def _present(self, stimuli: Mapping[str, np.ndarray], frame_steps: int, learning: bool = False) -> MirrorState:
        onset = self.mirror.initial_state(len(next(iter(stimuli.values()))), learning)
        watched = self.readout.record, self.ended
        self.reached = present_phases(
            self.mirror, stimuli, self.phases, self.recompute_every, frame_steps, *watched, onset
        )
        return self.reached

    def activity(self, path: str) -> np.ndarray:
        """Return the activity of a population in the last presentation, (copy, unit): spikes per step, or output."""
        assert self.reached is not None
        return self.mirror.activity(self.reached, path).detach().cpu().numpy()

    def passed_on(self, path: str) -> np.ndarray:
        """Return the activity of a population in the last presentation times its gain, (copy, unit)."""
        assert self.reached is not None
        return self.mirror.passed_on(self.reached, path).detach().cpu().numpy()

    def weights(self, name: str) -> np.ndarray:
        """Return the (pre, post) weights of projection `name`."""
        return self.mirror.weights[name].detach().cpu().numpy()

    @torch.no_grad()
    def all_weights(self) -> dict[str, np.ndarray]:
        """Return the (pre, post) or (synapse,) weights of every projection, those of tied ones too."""
        return {name: each.cpu().numpy() for name, each in self.mirror.transmitted_weights().items()}

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
        return saved | under("dropout", self.mirror.dropout.state())

    @torch.no_grad()
    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another circuit."""
        for k, parameter in enumerate(self._learns()):
            own = below(f"parameter/{k}", saved)
            value = _array(parameter)
            put_back(value, "value", own)
            parameter.copy_(torch.as_tensor(value))
            past = below("past", own)
            if any(each.shape not in ((), value.shape) for each in past.values()):
                raise ForeignState(f"the optimiser state of parameter {k} has another shape")
            if past:
                self._optimiser.state[parameter] = {name: self._past(name, each) for name, each in past.items()}
        self.mirror.dropout.restore(below("dropout", saved))
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
