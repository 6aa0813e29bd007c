"""One projection of the mirror: what its synapses add to the target population."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from brainlearn.brian.populations import GAIN
from brainlearn.brian.text.abstract_code import PopulationCode, ProjectionCode
from brainlearn.mirror.beliefs import weighted_sum
from brainlearn.mirror.population import State
from brainlearn.mirror.rendered import Rendered
from brainlearn.mirror.rendering import Renderer
from brainlearn.mirror.threshold import fitted


class MirrorProjection:
    """What one projection does in a step.

    Parameters
    ----------
    code : ProjectionCode
    where : str
        For messages.
    source, target : PopulationCode
        The populations that it joins.

    Raises
    ------
    UserError
        If the text has no rendering.
    """

    def __init__(self, code: ProjectionCode, where: str, source: PopulationCode, target: PopulationCode) -> None:
        self.code = code
        self.believed: Tensor | None = None  # weights by which errors travel back, if not by the true ones
        self._guarded = target.unless_refractory
        self._effects = []
        readable = [f"{name}_pre" for name in source.initial]
        renderer = Renderer(where, code.constants, readable)
        for statement in code.statements:
            if statement.target in target.boolean | target.integer:
                why = "a weighted sum is no whole number, and neither true nor false"
                raise renderer.not_rendered(f'"{statement.target}_post"', why, "variables with floating-point numbers")
            factor = renderer.expression(statement.factor.text)
            names = {name: name.removesuffix("_pre") for name in factor.names}
            self._effects.append((statement.target, factor, names))

    def under_way(self) -> deque[list[Tensor] | None]:
        """Return an empty line of delays: what left the source in each of the last steps."""
        return deque([None] * self.code.delay)

    def transmit(self, source: State, target: State, weights: Tensor, seen: dict[str, Any], arrived: set[str]) -> None:
        """Set the target's variable to the weighted sum of the source's activity, or add that to what has arrived.

        Parameters
        ----------
        source, target : dict of str to Tensor
            State variables at both ends.
        weights : (pre, post) Tensor
        seen : dict
            What this projection transmitted last: it is computed again only if the source's variables changed.
        arrived : set of str
            Variables of the target that another projection has set in this step.
        """
        for variable, factor, names in self._effects:
            values = {name: source[plain] for name, plain in names.items()}
            known = seen.get(variable)
            if known is None or any(known[0][name] is not value for name, value in values.items()):
                everywhere = source[GAIN].expand(-1, len(weights))  # (copy, pre)
                known = values, weighted_sum(fitted(factor.evaluate(values), everywhere), weights, self.believed)
                seen[variable] = known
            target[variable] = target[variable] + known[1] if variable in arrived else known[1]
            arrived.add(variable)

    def deliver(
        self, source: State, target: State, spikes: Tensor, weights: Tensor, line: deque[list[Tensor] | None]
    ) -> None:
        """Add the effect of the spikes that arrive in this step; they carry what was true when they were sent."""
        sent: list[Tensor] | None = [self._carried(source, spikes, factor, names) for _, factor, names in self._effects]
        if self.code.delay:
            line.append(sent)
            sent = line.popleft()
        if sent is None:
            return
        for (variable, _, _), arriving in zip(self._effects, sent, strict=True):
            if self.believed is None:
                value = torch.addmm(target[variable], arriving, weights)
            else:
                value = target[variable] + weighted_sum(arriving, weights, self.believed)
            if variable in self._guarded:
                value = torch.where(target["not_refractory"], value, target[variable])
            target[variable] = value

    def _carried(self, source: State, spikes: Tensor, factor: Rendered, names: Mapping[str, str]) -> Tensor:
        """Return spikes times what multiplies the weight."""
        if factor.constant == 1:
            return spikes
        return fitted(spikes * factor.evaluate({name: source[plain] for name, plain in names.items()}), spikes)
