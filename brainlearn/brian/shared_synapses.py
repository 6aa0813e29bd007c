"""`SharedSynapses`: many copies of a projection in one Brian2 network, all reading one weight matrix."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
from brian2 import BrianObject, NeuronGroup, Quantity, second
from brian2.core.namespace import DEFAULT_UNITS

from brainlearn.brian.copies_line import CopiesLine, line_of
from brainlearn.brian.copies_of_groups import check_ends, check_sizes, state_array
from brainlearn.brian.delay_line import DelayLine, Volley, checked_delay, delay_steps
from brainlearn.brian.fast_matrices import FastMatrices
from brainlearn.brian.row_line import RowLine
from brainlearn.brian.shared_weights import shared_weights
from brainlearn.brian.short_term import ReleaseLine, UnitRelease, of_synapses
from brainlearn.brian.spike_targets import SpikeTargets
from brainlearn.brian.spikes_of_copies import forget_copies
from brainlearn.brian.spread_line import SpreadLine
from brainlearn.brian.stretch.part import Part
from brainlearn.brian.text.statement import parse_on_pre, parse_transmit
from brainlearn.brian.text.synapse_factor import effects_of
from brainlearn.brian.transmission import Transmission
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.short_term import ReleaseValues
from brainlearn.saved_state import Arrays, below, under


class SharedSynapses(BrianObject):
    """Synapses between two groups that hold `copies` of a circuit each, with one weight matrix for all copies.

    A group holds its copies one after the other: neuron ``copy * units + unit``. Every copy may see another
    stimulus; spikes are delivered event by event, only along the rows of the neurons that spiked, and give the same
    spike trains as `brian2.Synapses` with the same weights in every copy.

    Parameters
    ----------
    source, target : NeuronGroup
        Groups of ``copies * pre`` and ``copies * post`` neurons.
    weights : (pre, post) array, Rows or Kernels
        Weights [1]. Converted to the groups' floating-point type. `Rows` lists the synapses that there are, perhaps
        each with a delay; in `Kernels` all places of a sheet share them.
    copies : int
        How many copies the groups hold.
    on_pre : str
        What a spike does, for instance ``"v_post += w"`` or ``"g_post += w*nS*release_pre"``: a sum into a
        postsynaptic variable, linear in ``w``, with constants, presynaptic variables, and variables of the target
        that are ``(constant)`` as factors.
    transmit : str
        Instead of `on_pre`, continuous transmission, for instance ``"drive_post = w*activity_pre"``: in every step,
        before states are updated, the variable becomes the weighted sum over the presynaptic population. Several
        projections onto one variable are added up. The text may read variables of the target too, if it is a sum of
        products of a presynaptic and a postsynaptic part, as ``"gap_post = w*nS*(v_pre - v_post)"``.
    mask : (pre, post) bool array, optional
        Which pairs of a matrix are connected. Weights of other pairs are set to zero and never transmitted.
    delay : Quantity
        One delay for all synapses that have none of their own, rounded to a multiple of the time step. ``0*ms``
        delivers in the step of the spike, as in `brian2.Synapses`. Presynaptic variables in the text are those of the
        moment when the spike was sent (in `brian2.Synapses` those of its arrival), and in `transmit` as old as the
        delay; before the first step, values were as in it.
    namespace : mapping, optional
        Constants used in the text. Brian2's units are always known.
    order : int
        Order within the slot: ``"synapses"`` for `on_pre`, ``"before_groups"`` for `transmit`.
    name : str
    sole_writer : bool
        Promises that nothing else writes to the variable of `transmit`: it is then set only when the sum changes.
    short_term : mapping of str to float or (synapse,) array, optional
        Short-term plasticity, as `short_term_values` returns it; arrays need `Rows`.
    fast : FastMatrices, optional
        Fast weights of a matrix whose `transmit` reads presynaptic variables alone.

    Attributes
    ----------
    line : DelayLine or RowLine
        Spikes in transit that reach all synapses at once.

    Raises
    ------
    ValueError
        If sizes do not fit the copies.
    ExpressionError
        If the text is not of the form above, or uses an unknown name.

    Notes
    -----
    After changing entries of `weights` in place call `touch`; assigning to `weights` does so itself.
    """

    add_to_magic_network = True

    def __init__(
        self,
        source: NeuronGroup,
        target: NeuronGroup,
        weights: np.ndarray | Rows | Kernels,
        copies: int,
        on_pre: str = "",
        transmit: str = "",
        mask: np.ndarray | None = None,
        delay: Quantity = 0 * second,
        namespace: Mapping[str, Any] | None = None,
        order: int = 0,
        name: str = "sharedsynapses*",
        sole_writer: bool = False,
        short_term: ReleaseValues | None = None,
        fast: FastMatrices | None = None,
    ) -> None:
        if bool(on_pre) == bool(transmit):
            raise ValueError("SharedSynapses needs either on_pre or transmit, and not both")
        check_ends(source, target, bool(on_pre))
        when = "synapses" if on_pre else "before_groups"
        super().__init__(clock=source.clock, when=when, order=order - 1, name=name)
        self.source, self.target, self.copies = source, target, copies
        check_sizes(source, target, copies, weights.shape if isinstance(weights, Rows | Kernels) else np.shape(weights))
        self.statements = parse_on_pre(on_pre) if on_pre else (parse_transmit(transmit),)
        variables = {each.target: state_array(target, each.target, copies) for each in self.statements}
        dtype = variables[self.statements[0].target].dtype
        self._weights = shared_weights(weights, mask, dtype)
        self.version = 0
        self.delay = checked_delay(delay)
        known, continuous = {**DEFAULT_UNITS, **(namespace or {})}, bool(transmit)
        found = (effects_of(each, source, target, known, continuous, self.name, copies) for each in self.statements)
        self._effects = list(chain.from_iterable(found))
        self._transmission: Transmission | None = None
        if continuous:
            variable = variables[self.statements[0].target]
            self._transmission = Transmission(
                self, source, target, self._effects, self._weights, variable, self.delay_steps, sole_writer, fast
            )
            self._contained_objects.append(self._transmission.total)
        self._targets = SpikeTargets(self._effects, variables, target, copies)
        self._tires = bool(short_term)
        self.line = self._new_line()
        self._release: UnitRelease | None = None
        self.spread = None if continuous else self._spread(short_term or {})
        self._no_factors = [0.0] * len(self._effects)

    @property
    def continuous(self) -> bool:
        """Bool : Whether the synapses transmit all the time."""
        return self._transmission is not None

    def _spread(self, short_term: ReleaseValues) -> SpreadLine | CopiesLine | ReleaseLine | None:
        """Return what is in transit where synapses of a row differ in more than their weights."""
        dt = self.source.clock.dt_
        if of_synapses(short_term):
            if self.rows is None:
                raise ValueError("short-term plasticity that differs between synapses needs them listed, as Rows")
            return ReleaseLine(self.rows, self.weights, self._targets.arrays, self.delay_steps, short_term, dt)
        if short_term:
            self._release = UnitRelease(short_term, self.source.N, dt, self._targets.arrays[0].dtype)
        if self.rows is not None and self.rows.delays is not None:
            return line_of(self.rows, self.weights, self._targets.arrays, self.constant_factor)
        return None

    # ---- weights -------------------------------------------------------------------------------------------------

    @property
    def weights(self) -> np.ndarray:
        """(pre, post) or (synapse,) array, or that of kernels : The weights all copies share [1]."""
        return self._weights.values

    @weights.setter
    def weights(self, values: np.ndarray) -> None:
        self._weights.assign(values)
        self.touch()

    @property
    def mask(self) -> np.ndarray | None:
        """(pre, post) bool array : Connected pairs of a matrix; None if all are, or synapses are listed."""
        return self._weights.mask

    @property
    def shape(self) -> tuple[int, int]:
        """Source units and target units of a copy."""
        return self._weights.shape

    @property
    def rows(self) -> Rows | None:
        """Rows : The synapses with their initial weights, if they are listed."""
        return self._weights.rows

    @property
    def kernels(self) -> Kernels | None:
        """Kernels : What all places of a sheet share, if they do."""
        return self._weights.kernels

    def touch(self) -> None:
        """Tell the synapses that entries of `weights` were changed in place."""
        self.version += 1

    @property
    def constant_factor(self) -> float | None:
        """Float : What multiplies the weights, if there is one statement, in which nothing but them can change."""
        alone = len(self._effects) == 1 and self._effects[0].post is None and not self._tires
        factor = self._effects[0].pre(np.empty(0, dtype=np.int32)) if alone else None
        return factor if isinstance(factor, float) else None

    @property
    def guarded(self) -> bool:
        """Bool : Whether a variable that spikes add to stays as it is in refractory units."""
        return self._targets.guarded

    # ---- running -------------------------------------------------------------------------------------------------

    def before_run(self, run_namespace: Mapping[str, Any] | None = None) -> None:
        """Set up the delay line (called by `Network.run`)."""
        if self._transmission is not None:
            self._transmission.set_delay(self.delay_steps)
        else:
            self._spikespace = self.source.variables["_spikespace"].get_value()
        if self.line.steps != self.delay_steps:
            self.line = self._new_line()
        super().before_run(run_namespace)

    def _new_line(self) -> DelayLine | RowLine:
        """Return what holds spikes that reach all synapses at once."""
        factor = self.constant_factor if self.statements and not self.continuous else None
        if factor is None:
            return DelayLine(self.delay_steps, len(self._effects))
        return RowLine(self.delay_steps, factor, self.weights.dtype)

    def parts(self) -> list[Part] | None:
        """Return its part of a step; None if that is more than to add weights, times a constant."""
        plain = self.spread is None and self.kernels is None and not self.guarded
        if not plain or not isinstance(self.line, RowLine):
            return None
        return [self.line.part(self._spikespace, self._weights, self._targets.arrays[0])]

    @property
    def delay_steps(self) -> int:
        """Int : The delay in time steps."""
        return delay_steps(float(self.delay), self.source.clock.dt_)

    def clear(self) -> None:
        """Discard what is in transit."""
        for each in (self.line, self.spread, self._release, self._transmission):
            if each is not None:
                each.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Forget what some copies, (copy,) bool, have in transit, what their spikes used up, and their fast weights."""
        pre, units = self.shape[0], self.source.N
        if self._transmission is not None:
            self._transmission.restart(copies)
            return
        if self._release is not None:
            self._release.restart(np.repeat(copies, pre))
        if isinstance(self.spread, ReleaseLine):
            self.spread.restart(copies)
        elif self.spread is not None:
            forget_copies(self.spread, copies, pre, units)
        elif self.line.steps:
            forget_copies(self.line, copies, pre, units, self._targets.arrays[0].dtype)

    def state(self) -> Arrays:
        """Return what is in transit: spikes with what they carry, or what is transmitted."""
        if self._transmission is not None:
            return self._transmission.state()
        released = {} if self._release is None else under("release", self._release.state())
        return (self.line.state() if self.spread is None else self.spread.state()) | released

    def restore(self, saved: Arrays) -> None:
        """Restore what `state` returned."""
        if self._transmission is not None:
            self._transmission.restore(saved)
            return
        if self._release is not None:
            self._release.restore(below("release", saved))
        if self.spread is not None:
            self.spread.restore(saved, self.source.N)
        else:
            self.line.restore(saved, self.source.N, self._targets.arrays[0].dtype)

    def _full_state(self) -> dict[str, Any]:
        """Return what `Network.store` keeps: weights, and spikes in transit."""
        return {"weights": self.weights.copy(), **{name: np.array(each) for name, each in self.state().items()}}

    def _restore_from_full_state(self, state: Mapping[str, Any]) -> None:
        """Be as at `Network.store`."""
        self.weights = state["weights"]
        self.restore({name: each for name, each in state.items() if name != "weights"})

    def run(self) -> None:
        """Deliver the spikes (or the activity) of this step."""
        if self._transmission is not None:
            self._transmission.run(self.version)
            return
        sent = self._sent()
        factors = [effect.pre(sent) for effect in self._effects] if len(sent) else self._no_factors
        if self._release is not None:
            factors = self._release.scaled(sent, factors)
        if self.spread is None:
            self._deliver(self.line.exchange(Volley(sent, factors)))
            return
        before = self._targets.before()
        self.spread.step(sent, factors)
        self._targets.pass_on(before)

    def _sent(self) -> np.ndarray:
        spikes: np.ndarray = self._spikespace[: self._spikespace[-1]]
        return spikes

    def arriving(self) -> np.ndarray:
        """Return the indices ``copy * pre + unit`` of the spikes that arrive in this step, before it delivers them."""
        return self.line.next_spikes(self._sent())

    def _deliver(self, volley: Volley) -> None:
        """Add the effect of spikes that reach all synapses at once to the target variables."""
        if len(volley.spikes):
            before = self._targets.before()
            for factor, target in zip(volley.factors, self._targets.arrays, strict=True):
                self._weights.add(volley.spikes, factor, target)
            self._targets.pass_on(before)
