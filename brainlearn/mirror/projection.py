"""One projection of the mirror: what its synapses add to the target population."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from brainlearn.brian.populations import GAIN
from brainlearn.brian.text.abstract_code import CircuitCode, PopulationCode, ProjectionCode
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.mirror.active_units import ActiveUnits
from brainlearn.mirror.beliefs import weighted_sum
from brainlearn.mirror.listed_sum import ListedSynapses, listed_synapses
from brainlearn.mirror.population import State
from brainlearn.mirror.rendered import Rendered
from brainlearn.mirror.rendering import Renderer
from brainlearn.mirror.short_term import MirrorRelease, mirror_release
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
    listed : ListedSynapses, optional
        Its synapses, if they are listed; default: there is a matrix of weights.
    release : MirrorRelease, optional
        What its spikes release, if synapses tire and facilitate.
    name : str
        Of the projection.

    Raises
    ------
    UserError
        If the text has no rendering.
    """

    def __init__(
        self,
        code: ProjectionCode,
        where: str,
        source: PopulationCode,
        target: PopulationCode,
        listed: ListedSynapses | None = None,
        release: MirrorRelease | None = None,
        name: str = "",
    ) -> None:
        self.code, self._listed, self._release, self._name = code, listed, release, name
        self._longest = code.delay if listed is None else listed.longest
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
        return deque([None] * self._longest)

    def transmit(self, source: State, target: State, weights: Tensor, seen: dict[str, Any], arrived: set[str]) -> None:
        """Set the target's variable to the weighted sum of the source's activity, or add that to what has arrived.

        Parameters
        ----------
        source, target : dict of str to Tensor
            State variables at both ends.
        weights : (pre, post) or (synapse,) Tensor
        seen : dict
            What this projection transmitted last: it is computed again only if the source's variables changed.
        arrived : set of str
            Variables of the target that another projection has set in this step.
        """
        for variable, factor, names in self._effects:
            values = {name: source[plain] for name, plain in names.items()}
            known = seen.get(variable)
            if known is None or any(known[0][name] is not value for name, value in values.items()):
                units = len(weights) if self._listed is None else self._listed.shape[0]
                everywhere = source[GAIN].expand(-1, units)  # (copy, pre)
                known = values, self._sum(fitted(factor.evaluate(values), everywhere), weights)
                seen[variable] = known
            target[variable] = target[variable] + known[1] if variable in arrived else known[1]
            arrived.add(variable)

    def deliver(
        self,
        source: State,
        target: State,
        spikes: Tensor,
        weights: Tensor,
        line: deque[list[Tensor] | None],
        releases: dict[str, Any],
        active: ActiveUnits,
    ) -> None:
        """Add the effect of the spikes that arrive in this step; they carry what was true when they were sent."""
        sent = [self._carried(source, spikes, factor, names) for _, factor, names in self._effects]
        if self._release is not None:
            releases[self._name], released = self._release.step(releases.get(self._name), spikes)
            pres = self._release.pres
            sent = [(each if pres is None else each[:, pres]) * released for each in sent]
        line.append(sent)
        for k, (variable, _, _) in enumerate(self._effects):
            arriving = [None if sent is None else sent[k] for sent in line]
            value = self._added(target[variable], arriving, weights, active, self._effects[k][1].constant == 1)
            if variable in self._guarded:
                value = torch.where(target["not_refractory"], value, target[variable])
            target[variable] = value
        line.popleft()

    def _sum(self, sent: Tensor, weights: Tensor) -> Tensor:
        """Return the weighted sum over the source, (copy, post)."""
        if self._listed is None:
            return weighted_sum(sent, weights, self.believed)
        return next(self._listed.sums([sent], weights, self.believed))

    def _added(
        self, value: Tensor, sent: Sequence[Tensor | None], weights: Tensor, active: ActiveUnits, plain: bool
    ) -> Tensor:
        """Add to a value what arrives of that which was sent in the last steps; `plain` spikes are 0 or 1."""
        if self._listed is not None:
            by_synapse = self._release is not None and self._release.pres is not None
            sums = self._listed.sums_by_synapse if by_synapse else self._listed.sums
            for arriving in sums(sent, weights, self.believed):
                value = value + arriving
        elif sent[0] is not None and self.believed is None:
            few = None
            if not (torch.is_grad_enabled() and any(each.requires_grad for each in (value, sent[0], weights))):
                few = active.weighted_sum(sent[0], weights, plain and self._release is None)
            value = torch.addmm(value, sent[0], weights) if few is None else few.add_(value)
        elif sent[0] is not None:
            value = value + weighted_sum(sent[0], weights, self.believed)
        return value

    def _carried(self, source: State, spikes: Tensor, factor: Rendered, names: Mapping[str, str]) -> Tensor:
        """Return spikes times what multiplies the weight."""
        if factor.constant == 1:
            return spikes
        return fitted(spikes * factor.evaluate({name: source[plain] for name, plain in names.items()}), spikes)


def mirror_projection(
    circuit: Circuit, projection: Projection, code: CircuitCode, wiring: AnyWiring, seed: int, device: torch.device
) -> MirrorProjection:
    """Return a projection of a circuit, between populations of the same code."""
    own = code.projections[projection.name]
    return MirrorProjection(
        own,
        f"{circuit.path}: synapses.{projection.synapse}",
        code.populations[projection.source],
        code.populations[projection.target],
        listed_synapses(wiring, own.delay, device),
        mirror_release(circuit, projection, wiring, seed, device),
        projection.name,
    )
