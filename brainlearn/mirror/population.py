"""One population of the mirror: its state update, threshold and reset, as Brian2 wrote them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from brainlearn.brian.one_copy import UNIT
from brainlearn.brian.text.abstract_code import PopulationCode
from brainlearn.mirror.rendered import DRAWS
from brainlearn.mirror.rendering import Assignment, Renderer
from brainlearn.mirror.surrogates import Choose, Only, Surrogate
from brainlearn.mirror.threshold import Threshold, fitted
from brainlearn.mirror.unit_values import UnitTensors

State = dict[str, Any]


class MirrorPopulation:
    """One population in a step.

    Parameters
    ----------
    code : PopulationCode
    size : int
    units : UnitTensors
        What differs between units.
    surrogate : Surrogate, optional
        Default: nobody asks for a gradient, and random numbers are drawn.
    slope : float
        Steepness of the surrogate; 1 means as wide as the way from rest to threshold.
    reset_gradient : bool
        Whether gradients pass through the choice of resetting or not.
    """

    def __init__(
        self,
        code: PopulationCode,
        size: int,
        units: UnitTensors,
        surrogate: Surrogate | None = None,
        slope: float = 1.0,
        reset_gradient: bool = False,
    ) -> None:
        code = replace(code, initial={**code.initial, **units.means()})
        self.code, self.size, self.units = code, size, units
        self._reset_gradient = reset_gradient
        renderer = Renderer(code.where, code.constants, ["t", *code.initial], code.subexpressions, surrogate is None)
        for name in code.held:
            raise renderer.not_rendered(f'"{name}"', "it is (constant over dt)")
        self._update = renderer.assignments(code.update, code.initial)
        self._reset = renderer.assignments(code.reset)
        self._shifts = shifts_of(self._reset)
        self._sheltered = [name for name in code.initial if any(a.steep and name in a.value.names for a in self._reset)]
        self.spiking = bool(code.threshold)
        self._threshold = Threshold(code, size, renderer, surrogate, slope) if self.spiking else None

    # ---- one step ------------------------------------------------------------------------------------------------

    def initial_state(self, copies: int, dtype: torch.dtype, device: torch.device) -> State:
        """Return all state variables at the onset of a presentation, (copy, unit) each."""
        units = self.units.of(copies, dtype, device)
        units = {**units, UNIT: torch.arange(self.size, dtype=dtype, device=device).expand(copies, self.size)}
        return {
            name: units[name]
            if name in units
            else torch.full(
                (copies, self.size),
                value,
                dtype=torch.bool if name in self.code.boolean else torch.float64 if name == "lastspike" else dtype,
                device=device,
            )
            for name, value in self.code.initial.items()
        }

    def update(self, state: State, t: float) -> None:
        """Integrate the equations over one step that begins at `t` [s]."""
        state["t"] = t
        before = self.code.initial
        local = state if not self._update else dict(state)
        for assignment in self._update:
            value = assignment.value.evaluate(local)
            if assignment.target in before:
                value = self._fitted(assignment.target, value, state[assignment.target])
                if assignment.target in self.code.unless_refractory:
                    value = torch.where(local["not_refractory"], value, local[assignment.target])
                state[assignment.target] = value
            local[assignment.target] = value

    def _fitted(self, name: str, value: Any, old: Tensor) -> Tensor:
        """Return a new value of a variable in its shape and type."""
        value = fitted(value, old)
        return torch.trunc(value) if name in self.code.integer else value

    def spikes(self, state: State) -> Tensor:
        """Return 1 for every unit that spikes now, else 0, (copy, unit); and begin its refractoriness."""
        assert self._threshold is not None
        spike = self._threshold.spikes(state)
        if self.code.refractory:
            spiked = spike.detach() > 0
            state["not_refractory"] = state["not_refractory"] & ~spiked
            state["lastspike"] = torch.where(spiked, state["t"], state["lastspike"])
        return spike

    def reset(self, state: State, spike: Tensor) -> None:
        """Run the reset for the units that spiked."""
        if self._shifts is not None:
            by = spike if self._reset_gradient else spike.detach()
            for name, shift in self._shifts.items():
                state[name] = torch.add(state[name], by, alpha=shift)
            return
        after = dict(state)
        spiked = spike.detach() > 0
        if DRAWS in after:
            after[DRAWS] = after[DRAWS].among(spiked)
        after.update({name: Only.within(after[name], spiked) for name in self._sheltered})
        for assignment in self._reset:
            name = assignment.target
            if name not in self.code.initial:
                after[name] = assignment.value.evaluate(after)
                continue
            value = self._fitted(name, assignment.value.evaluate(after), state[name])
            after[name] = value
            state[name] = (
                Choose.apply(spike, value, state[name])
                if self._reset_gradient and value.is_floating_point()
                else torch.where(spiked, value, state[name])
            )


def shifts_of(reset: list[Assignment]) -> dict[str, float] | None:
    """Return what each variable is shifted by, if the reset does nothing but that, as in ``v -= 1``; else None."""
    shifts: dict[str, float] = {}
    for assignment in reset:
        name, total = assignment.target, assignment.value.linear
        if name in shifts or set(total.terms) != {name} or total.terms[name].factor != 1.0:
            return None
        shifts[name] = total.offset
    return shifts
