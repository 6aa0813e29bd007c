"""One projection of the mirror: what its synapses add to the target population."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from brainlearn.brian.populations import GAIN
from brainlearn.brian.text.abstract_code import CircuitCode, PopulationCode, ProjectionCode
from brainlearn.brian.text.both_units import only_differences, products_of
from brainlearn.circuit import Circuit, Projection
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.wiring import AnyWiring
from brainlearn.mirror.active_units import ActiveUnits
from brainlearn.mirror.beliefs import weighted_sum
from brainlearn.mirror.effect import MirrorEffect
from brainlearn.mirror.fast_weights import MirrorFast, mirror_fast
from brainlearn.mirror.kernel_sum import KernelSum
from brainlearn.mirror.learned_delays import DelayedSynapses
from brainlearn.mirror.listed_sum import ListedSynapses
from brainlearn.mirror.population import State
from brainlearn.mirror.rendering import Renderer
from brainlearn.mirror.short_term import MirrorRelease, mirror_release
from brainlearn.mirror.threshold import fitted


class MirrorProjection:
    """One projection in a step.

    Parameters
    ----------
    code : ProjectionCode
    where : str
        For messages.
    source, target : PopulationCode
        The populations that it joins.
    listed : ListedSynapses, DelayedSynapses or KernelSum, optional
        Its synapses, if they are listed, learn their delays or share kernels; default: there is a matrix of weights.
    release : MirrorRelease, optional
        What its spikes release, if synapses tire and facilitate.
    fast : MirrorFast, optional
        Its fast weights.
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
        listed: ListedSynapses | DelayedSynapses | KernelSum | None = None,
        release: MirrorRelease | None = None,
        fast: MirrorFast | None = None,
        name: str = "",
    ) -> None:
        self.code, self._listed, self._release, self._fast, self._name = code, listed, release, fast, name
        self._longest = code.delay if listed is None else listed.longest
        self.believed: Tensor | None = None  # weights by which errors travel back, if not by the true ones
        self._guarded = target.unless_refractory
        self._effects: list[MirrorEffect] = []
        readable = [*(f"{name}_pre" for name in source.initial), *(f"{name}_post" for name in target.initial)]
        renderer = Renderer(where, code.constants, readable)
        for statement in code.statements:
            if statement.target in target.boolean | target.integer:
                why = "a weighted sum can be neither an integer nor a boolean"
                raise renderer.not_rendered(f'"{statement.target}_post"', why, "variables with floating-point numbers")
            posts = {name for name in statement.factor.names - code.constants.keys() if name.endswith("_post")}
            differing = only_differences(statement.factor, posts) if code.continuous and not self._longest else ()
            for product in products_of(statement.factor, posts):
                pre = renderer.expression(product.pre.text)
                post = None if product.post is None else renderer.expression(product.post.text)
                self._effects.append(MirrorEffect(statement.target, pre, post, differing))

    def spread(self, weights: Tensor, delays: Tensor, width: float) -> Tensor:
        """Return what its weights are at each delay while delays learn; see `DelayedSynapses`."""
        assert isinstance(self._listed, DelayedSynapses)
        return self._listed.spread(weights, delays, width)

    @property
    def keeps(self) -> bool:
        """Whether anything is in transit from one step to the next."""
        return self._longest > 0 or not self.code.continuous

    def under_way(self) -> deque[list[Tensor] | None]:
        """Return an empty line of delays: what left the source in each of the last steps."""
        return deque([None] * self._longest)

    def begin_again(self, source: State, line: deque[list[Tensor] | None], copies: Tensor) -> None:
        """Reset what is in transit in some copies, (copy, 1) bool: to nothing, or to what is transmitted now."""
        for step, sent in enumerate(line):
            if sent is not None:
                nothing = [torch.zeros_like(each) for each in sent]
                now = self._transmitted(source, sent[0].shape[1]) if self.code.continuous else nothing
                line[step] = [torch.where(copies, new, old) for new, old in zip(now, sent, strict=True)]

    def _transmitted(self, source: State, units: int) -> list[Tensor]:
        everywhere = source[GAIN].expand(-1, units)
        return [fitted(effect.pre.evaluate(effect.of_source(source)), everywhere) for effect in self._effects]

    def transmit(
        self,
        source: State,
        target: State,
        before: State,
        weights: Tensor,
        seen: dict[int, Any],
        arrived: set[str],
        line: deque[list[Tensor] | None] | None,
        fast: dict[str, Tensor],
    ) -> None:
        """Set the target's variable to the weighted sum of the source's activity, or add that to what has arrived.

        Parameters
        ----------
        source, target : dict of str to Tensor
            State variables at both ends.
        before : dict of str to Tensor
            State variables of the target when the step began.
        weights : (pre, post) or (synapse,) Tensor, or that of kernels
        seen : dict
            What this projection transmitted last: it is computed again only if the source's variables changed.
        arrived : set of str
            Variables of the target that another projection has set in this step.
        line : deque or None
            What is in transit, if synapses have delays.
        fast : dict of str to Tensor
            Fast weights by projection, which are changed.
        """
        units = len(weights) if self._listed is None else self._listed.shape[0]
        everywhere = source[GAIN].expand(-1, units)  # (copy, pre)
        late = self._late(source, units, line) if line is not None else None
        for k, effect in enumerate(self._effects):
            if late is not None and not effect.fixed:
                sent = late[0][k]
                total = self._late_sum([each[k] for each in late], weights)
            else:
                values, origins = effect.of_source(source), effect.origins(before)
                read = [*values.values(), *origins.values()]
                known = seen.get(k)
                if known is None or any(old is not new for old, new in zip(known[0], read, strict=True)):
                    values |= {name: values[name] - origin[:, :1] for name, origin in origins.items()}
                    sent = fitted(effect.pre.evaluate(values), everywhere)
                    known = read, sent, self._sum(sent, weights)
                    seen[k] = known
                sent, total = known[1:]
            if self._fast is not None:
                fast[self._name], more = self._fast.step(fast.get(self._name), sent, before)
                total = total + more
            total = effect.scaled(total, before)
            target[effect.target] = target[effect.target] + total if effect.target in arrived else total
            arrived.add(effect.target)

    def _late(self, source: State, units: int, line: deque[list[Tensor] | None]) -> list[list[Tensor]]:
        """Return what was transmitted in this step and in those before, the oldest first; before the first as in it."""
        now = self._transmitted(source, units)
        line.append(now)
        sent = [now if each is None else each for each in line]
        line.clear()
        line.extend(sent[1:])
        return sent

    def _late_sum(self, sent: Sequence[Tensor], weights: Tensor) -> Tensor:
        """Return the weighted sum of what arrives of that which was transmitted in the last steps, (copy, post)."""
        if self._listed is None:
            return weighted_sum(sent[0], weights, self.believed)
        total = sent[0].new_zeros(len(sent[0]), self._listed.shape[1])
        for arriving in self._listed.sums(sent, weights, self.believed):
            total = total + arriving
        return total

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
        sent = [self._carried(source, spikes, effect) for effect in self._effects]
        if self._release is not None:
            releases[self._name], released = self._release.step(releases.get(self._name), spikes)
            pres = self._release.pres
            sent = [(each if pres is None else each[:, pres]) * released for each in sent]
        line.append(sent)
        for k, effect in enumerate(self._effects):
            variable, arriving = effect.target, [None if sent is None else sent[k] for sent in line]
            plain = effect.pre.constant == 1
            if effect.post is None:
                value = self._added(target[variable], arriving, weights, active, plain)
            else:
                total = self._added(torch.zeros_like(target[variable]), arriving, weights, active, plain)
                value = target[variable] + effect.scaled(total, target)
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
            sums = self._listed.sums
            if self._release is not None and self._release.pres is not None:
                assert isinstance(self._listed, ListedSynapses)
                sums = self._listed.sums_by_synapse
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

    def _carried(self, source: State, spikes: Tensor, effect: MirrorEffect) -> Tensor:
        """Return spikes times what multiplies the weight."""
        if effect.pre.constant == 1:
            return spikes
        return fitted(spikes * effect.pre.evaluate(effect.of_source(source)), spikes)


def mirror_projection(
    circuit: Circuit,
    projection: Projection,
    code: CircuitCode,
    wiring: AnyWiring,
    seed: int,
    device: torch.device,
    longest: int | None = None,
) -> MirrorProjection:
    """Return a projection of a circuit, between populations of the same code; delays up to `longest` may learn."""
    own = code.projections[projection.name]
    return MirrorProjection(
        own,
        f"{circuit.path}: synapses.{projection.synapse}",
        code.populations[projection.source],
        code.populations[projection.target],
        _listed(wiring, own.delay, device, longest),
        mirror_release(circuit, projection, wiring, seed, device),
        mirror_fast(circuit, projection, wiring, device),
        projection.name,
    )


def _listed(
    wiring: AnyWiring, delay: int, device: torch.device, longest: int | None
) -> ListedSynapses | DelayedSynapses | KernelSum | None:
    """Return what adds up over synapses that are no matrix of all pairs."""
    if isinstance(wiring, Kernels):
        return KernelSum(wiring, delay)
    if longest is not None and isinstance(wiring, Rows):
        return DelayedSynapses(wiring, longest, device)
    return ListedSynapses(wiring, delay, device) if isinstance(wiring, Rows) else None
