"""States of synapses at work: one value for every synapse in every copy, where copies share weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from brian2 import BrianObject

from brainlearn.brian.learning.jumps_under_way import JumpOfOneDelay, JumpUnderWay, SpreadJump, UnitsNow
from brainlearn.brian.learning.population_values import PopulationValues
from brainlearn.brian.learning.spread_past import Places, spread_delays
from brainlearn.brian.learning.state_drive import StateDrive
from brainlearn.brian.learning.state_equations import SpikeJump, StateSystem
from brainlearn.brian.learning.unit_synapses import UnitSynapses
from brainlearn.compiled_loop import compiled_loop
from brainlearn.expression import Expression
from brainlearn.reserved import reserved
from brainlearn.saved_state import Arrays, below, put_back, under

AT_ONCE = 200_000  # synapses of all copies that text is evaluated for at once
SCALE = reserved("scale")
SMALLEST_SCALE = 1e-6  # what is stored is then brought to scale: far from the limits of float32


@compiled_loop(nogil=True)
def _add_products(value, a, b, pre, post, total):  # type: ignore[no-untyped-def]
    """Add to ``total[k]`` the sum over copies of ``value[c, k] * a[c, pre[k]] * b[c, post[k]]``."""
    for c in range(value.shape[0]):
        for k in range(pre.shape[0]):
            total[k] += value[c, k] * a[c, pre[k]] * b[c, post[k]]


def _joined(synapses: Any) -> tuple[np.ndarray, np.ndarray, Any]:
    """Return which units every synapse joins, (synapse,) each, and where its value is in the flattened weights."""
    if synapses.rows is not None:
        return synapses.rows.pres, synapses.rows.posts, slice(None)
    rows, columns = np.nonzero(np.ones(synapses.shape, dtype=bool) if synapses.mask is None else synapses.mask)
    return rows.astype(np.int32), columns.astype(np.int32), rows * synapses.shape[1] + columns


class SynapticStates(BrianObject):
    """The states that a rule gives to the synapses of one projection.

    States decay when a step begins, as traces do, and follow what both units brought in the step before. Units multiply
    them and spikes set them before any synapse delivers, and after all terms of the step have read them. States that
    only decay and are not read in every step are stored divided by one number for all synapses, which decays in their
    place: a step without spikes costs nothing.

    Parameters
    ----------
    system : StateSystem
    jumps : list of SpikeJump
    pre, post : PopulationValues
    synapses : SharedSynapses
    parameters : mapping of str to float
        The rule's constants, in SI units.
    name : str
    read_in_steps : bool
        Whether a term reads states in every step.
    drive : StateDrive, optional
        What both units bring to the states in every step.

    Attributes
    ----------
    pre, post : (synapse,) int array
        Units that each synapse joins, row by row.
    flat : (synapse,) int array, or slice
        Its place in the flattened weights.
    """

    add_to_magic_network = False

    def __init__(
        self,
        system: StateSystem,
        jumps: list[SpikeJump],
        pre: PopulationValues,
        post: PopulationValues,
        synapses: Any,
        parameters: dict[str, float],
        name: str,
        read_in_steps: bool,
        drive: StateDrive | None = None,
    ) -> None:
        super().__init__(clock=synapses.clock, when="groups", order=-2, name=name)
        self.system, self.parameters, shape, dtype = system, parameters, synapses.shape, synapses.weights.dtype
        self.pre, self.post, self.flat = _joined(synapses)
        self._weights_shape = synapses.weights.shape
        ends = {"pre": (pre, self.pre, shape[0]), "post": (post, self.post, shape[1])}
        self._units = {side: UnitsNow(values, size, dtype) for side, (values, _, size) in ends.items()}
        self._of = {side: UnitSynapses(units, size) for side, (_, units, size) in ends.items()}
        self._decay, self._alone = np.diag(system.decayed), system.alone
        self._mixed = not system.apart or bool(system.driven.any())
        self._lazy = self._alone and not read_in_steps
        self.copies = pre.population.copies
        self._values = np.zeros((len(system.names), self.copies, len(self.pre)), dtype=dtype)
        self._scale = np.ones(len(system.names))
        self._place = {name: k for k, name in enumerate(system.names)}
        self._jumps = [self._under_way(jump, synapses) for jump in jumps]
        self._drive = drive
        self._contained_objects += [_SpikesArrive(self), *([] if drive is None else [drive])]

    def _under_way(self, jump: SpikeJump, synapses: Any) -> JumpUnderWay:
        ends = self._units, self._of
        if (delays := spread_delays(synapses)) is not None:
            return SpreadJump(jump, *ends, synapses.rows, delays)
        return JumpOfOneDelay(jump, *ends, self.pre, synapses.delay_steps)

    # ---- running -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Take all states one time step further."""
        if not self._lazy:
            self._go_on()
            return
        self._scale *= self._decay
        for k in np.flatnonzero(self._scale < SMALLEST_SCALE):
            self._values[k] *= self._scale[k]
            self._scale[k] = 1.0

    def _go_on(self) -> None:
        """Take every value one time step further."""
        decay = self._decay
        if self._alone:
            for values, factor in zip(self._values, decay, strict=True):
                values *= factor
            return
        if self._mixed:
            flat = self._values.reshape(len(self._values), -1)
            flat[:] = self.system.decayed.astype(flat.dtype) @ flat + self.system.driven[:, None]
            decay = np.ones(len(flat))
        if self._drive is not None:
            self._drive.add_to(self._values, decay, self._of["pre"].starts, self.post)

    def take_spikes(self) -> None:
        """Let units multiply the states in this step, and then spikes set them."""
        if self._drive is not None:
            self._drive.multiply(self._values, self._of["pre"].starts, self.post)
        for each in self._jumps:
            places, brought = each.reached()
            if len(places[0]):
                self._set(each.jump, places, brought)

    def _set(self, jump: SpikeJump, places: Places, brought: dict[str, np.ndarray]) -> None:
        """Set a state at synapses, from what each sees of its presynaptic unit, (event,)."""
        copies, synapses = places
        post = self._units["post"]
        known = brought | {f"{n}_post": post.value(n)[copies, self.post[synapses]] for n in jump.read("post")}
        value = self.evaluate(jump.value, places, known)
        k = self._place[jump.state]
        self._values[k].reshape(-1)[copies * len(self.pre) + synapses] = np.asarray(value) / self._scale[k]

    def evaluate(self, text: Expression, places: Places, known: Mapping[str, np.ndarray] | None = None) -> Any:
        """Evaluate text at some synapses, of states, of the rule's constants, and of what else is `known`, (event,)."""
        found: dict[str, Any] = dict(known or {})
        flat = places[0] * len(self.pre) + places[1]
        for name in text.names & self._place.keys():
            k = self._place[name]
            found[name] = self._values[k].reshape(-1)[flat] * self._scale[k].astype(self._values.dtype)
        return text({name: found[name] if name in found else self.parameters[name] for name in text.names})

    def clear(self) -> None:
        """Start over: all states are 0, and nothing is in transit."""
        self._values.fill(0)
        self._scale.fill(1)
        for each in self._jumps:
            each.clear()
        if self._drive is not None:
            self._drive.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Put the states of some copies, (copy,) bool, back to 0, and discard what is in transit to them."""
        self._values[:, copies] = 0
        for each in self._jumps:
            each.restart(copies)
        if self._drive is not None:
            self._drive.restart(copies)

    # ---- reading -------------------------------------------------------------------------------------------------

    def value(self, name: str, copies: Any = slice(None)) -> np.ndarray:
        """Return a state as it is now, (copy, synapse), in SI units."""
        k = self._place[name]
        found: np.ndarray = self._values[k][copies]
        if self._lazy:
            found = found * self._scale[k].astype(found.dtype)
        return found

    def summed(self, text: Expression, a: np.ndarray, b: np.ndarray, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over copies of text of the synapse times both sides.

        Parameters
        ----------
        text : Expression
        a, b : (copy, pre) and (copy, post) array
        taking_part : (copy,) bool array

        Returns
        -------
        array
            As weights are; 0 where there is no synapse.
        """
        total = np.zeros(len(self.pre), dtype=self._values.dtype)
        if a.any() and b.any():
            for part in self._parts(taking_part):
                names = text.names
                value = text({n: self.value(n, part) if n in self._place else self.parameters[n] for n in names})
                whole = np.asarray(value, dtype=total.dtype)
                if not whole.ndim:
                    whole = np.broadcast_to(whole, (len(a[part]), len(total)))
                _add_products(whole, a[part], b[part], self.pre, self.post, total)
        if len(total) == np.prod(self._weights_shape):
            return total.reshape(self._weights_shape)
        matrix = np.zeros(self._weights_shape, dtype=total.dtype)
        matrix.reshape(-1)[self.flat] = total
        return matrix

    def _parts(self, taking_part: np.ndarray) -> Iterator[Any]:
        """Yield the copies that take part, some at once: as slices, which copy no states, if all do."""
        size = max(AT_ONCE // max(len(self.pre), 1), 1)
        if taking_part.all():
            return (slice(k, k + size) for k in range(0, self.copies, size))
        copies = np.flatnonzero(taking_part)
        return (copies[k : k + size] for k in range(0, len(copies), size))

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return all states, and what is in transit to them."""
        saved: Arrays = {name: self._values[k] for name, k in self._place.items()} | {SCALE: self._scale}
        for k, each in enumerate(self._jumps):
            saved |= under(f"jump_{k}", each.state())
        return saved if self._drive is None else saved | under("drive", self._drive.state())

    def restore(self, saved: Arrays) -> None:
        """Put back what `state` returned."""
        put_back(self._scale, SCALE, saved)
        for name, k in self._place.items():
            put_back(self._values[k], name, saved)
        for k, each in enumerate(self._jumps):
            each.restore(below(f"jump_{k}", saved), self._values.dtype)
        if self._drive is not None:
            self._drive.restore(below("drive", saved))


class _SpikesArrive(BrianObject):
    """The part of `SynapticStates` that lets spikes set them, after terms on spikes have read them."""

    add_to_magic_network = False

    def __init__(self, states: SynapticStates) -> None:
        super().__init__(clock=states.clock, when="before_synapses", order=2, name=f"{states.name}_spikes")
        self._states = states

    def run(self) -> None:
        """Look at the spikes of this step."""
        self._states.take_spikes()
