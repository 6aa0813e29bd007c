"""States of synapses at work: one value for every synapse in every copy, where copies share weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from brian2 import BrianObject, Clock

from brainlearn.brian.delay_line import DelayLine, Volley
from brainlearn.brian.learning.arriving import Arriving
from brainlearn.brian.learning.population_values import PopulationValues, UnitNow
from brainlearn.brian.learning.state_drive import StateDrive
from brainlearn.brian.learning.state_equations import SpikeJump, StateSystem
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


class SynapticStates(BrianObject):
    """The states that a rule gives to the synapses of one projection.

    States decay when a step begins, as traces do, and follow what both units brought in the step before. Spikes set
    them before any synapse delivers, and after all terms on spikes have read them. States that only decay and are not
    read in every step are stored divided by one number for all synapses, which decays in their place: a step without
    spikes costs nothing.

    Parameters
    ----------
    system : StateSystem
    jumps : list of SpikeJump
    pre, post : PopulationValues
    mask : (pre, post) bool array, optional
        None: all pairs are connected.
    shape : pair of int
        Units of both populations.
    dtype : numpy type
    parameters : mapping of str to float
        The rule's constants, in SI units.
    delay : int
        Of the projection, in steps.
    clock : Clock
    name : str
    read_in_steps : bool
        Whether a term reads states in every step.
    drive : StateDrive, optional
        What both units bring to the states in every step.

    Attributes
    ----------
    pre, post : (synapse,) int array
        Units that each synapse joins, row by row.
    flat : (synapse,) int array
        Its place in the flattened weights.
    """

    add_to_magic_network = False

    def __init__(
        self,
        system: StateSystem,
        jumps: list[SpikeJump],
        pre: PopulationValues,
        post: PopulationValues,
        mask: np.ndarray | None,
        shape: tuple[int, int],
        dtype: Any,
        parameters: dict[str, float],
        delay: int,
        clock: Clock,
        name: str,
        read_in_steps: bool,
        drive: StateDrive | None = None,
    ) -> None:
        super().__init__(clock=clock, when="groups", order=-2, name=name)
        self.system, self.shape, self.parameters = system, shape, parameters
        self._units = {"pre": UnitNow(pre), "post": UnitNow(post)}
        self._populations = {"pre": pre.population, "post": post.population}
        rows, columns = np.nonzero(np.ones(shape, dtype=bool) if mask is None else mask)
        self.pre, self.post = rows.astype(np.int32), columns.astype(np.int32)
        self.flat = rows * shape[1] + columns
        by_column = np.argsort(columns, kind="stable")
        self._of = {
            "pre": (np.searchsorted(rows, np.arange(shape[0] + 1)), np.arange(len(rows))),
            "post": (np.searchsorted(columns[by_column], np.arange(shape[1] + 1)), by_column),
        }
        self._decay, self._alone = np.diag(system.decayed), system.alone
        self._mixed = not system.apart or bool(system.driven.any())
        self._lazy = self._alone and not read_in_steps
        self.copies = pre.population.copies
        self._values = np.zeros((len(system.names), self.copies, len(rows)), dtype=dtype)
        self._scale = np.ones(len(system.names))
        self._place = {name: k for k, name in enumerate(system.names)}
        self._jumps = [_JumpAtWork(jump, delay) for jump in jumps]
        self._silent = UnitNow(pre, silent=True)
        self._drive = drive
        self._contained_objects += [_SpikesArrive(self), *([] if drive is None else [drive])]

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
            self._drive.add_to(self._values, decay, self._of["pre"][0], self.post)

    def take_spikes(self) -> None:
        """Let the spikes of this step set the states."""
        for each in self._jumps:
            if each.jump.side == "pre":
                sent = self._populations["pre"].spikes()
                carried = [self._of_unit("pre", name).reshape(-1)[sent] for name in each.pre]
                volley = each.line.exchange(Volley(sent, carried))
                own = dict(zip((f"{name}_pre" for name in each.pre), volley.factors, strict=True))
                self._set(each, np.asarray(volley.spikes), own)
            else:
                arrived = {f"{name}_pre": self._arrived(each, k, name) for k, name in enumerate(each.pre)}
                self._set(each, self._populations["post"].spikes(), {}, arrived)

    def _arrived(self, each: _JumpAtWork, term: int, name: str) -> np.ndarray:
        """Return a variable of presynaptic units as it arrives in this step, (copy, pre)."""
        now = self._of_unit("pre", name)
        if not each.arriving.steps:
            return now
        return each.arriving.exchange(term, now, lambda: self._of_unit("pre", name, self._silent))

    def _of_unit(self, side: str, name: str, now: UnitNow | None = None) -> np.ndarray:
        """Return what text reads of the units of one side, (copy, unit)."""
        value = np.asarray((now or self._units[side])[name], dtype=self._values.dtype)
        return np.broadcast_to(value, (self.copies, self.shape[0 if side == "pre" else 1]))

    def _set(
        self,
        each: _JumpAtWork,
        spikes: np.ndarray,
        carried: dict[str, np.ndarray],
        arrived: dict[str, np.ndarray] | None = None,
    ) -> None:
        """Set a state at the synapses of the units that spiked.

        Parameters
        ----------
        each : _JumpAtWork
        spikes : (spike,) int array
            Indices ``copy * units + unit``.
        carried : dict of str to (spike,) array
            What each spike brings.
        arrived : dict of str to (copy, pre) array, optional
        """
        if not len(spikes):
            return
        jump = each.jump
        copies, units = np.divmod(spikes, self.shape[0 if jump.side == "pre" else 1])
        synapses, lengths = self._synapses_of(jump.side, units)
        copy = np.repeat(copies, lengths)
        known: dict[str, Any] = {name: np.repeat(np.asarray(value), lengths) for name, value in carried.items()}
        known |= {name: value[copy, self.pre[synapses]] for name, value in (arrived or {}).items()}
        for name in each.post:
            known[f"{name}_post"] = self._of_unit("post", name)[copy, self.post[synapses]]
        places = copy * len(self.pre) + synapses
        for name in jump.value.names & self._place.keys():
            k = self._place[name]
            known[name] = self._values[k].reshape(-1)[places] * self._scale[k].astype(self._values.dtype)
        k = self._place[jump.state]
        value = jump.value({name: known[name] if name in known else self.parameters[name] for name in jump.value.names})
        self._values[k].reshape(-1)[places] = np.asarray(value) / self._scale[k]

    def _synapses_of(self, side: str, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the synapses of units one after the other, and how many each has."""
        starts, order = self._of[side]
        lengths = starts[units + 1] - starts[units]
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
        return order[np.repeat(starts[units], lengths) + within], lengths

    def clear(self) -> None:
        """Begin anew: all states are 0, and nothing is under way."""
        self._values.fill(0)
        self._scale.fill(1)
        for each in self._jumps:
            each.clear()
        if self._drive is not None:
            self._drive.clear()

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
        (pre, post) array
            0 where there is no synapse.
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
        if len(total) == self.shape[0] * self.shape[1]:
            return total.reshape(self.shape)
        matrix = np.zeros(self.shape, dtype=total.dtype)
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
        """Return all states, and what is under way to them."""
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
            each.restore(below(f"jump_{k}", saved), self._populations["pre"].group.N, self._values.dtype)
        if self._drive is not None:
            self._drive.restore(below("drive", saved))


class _JumpAtWork:
    """What is under way to the states that a spike sets."""

    def __init__(self, jump: SpikeJump, delay: int) -> None:
        self.jump, self.pre, self.post = jump, jump.read("pre"), jump.read("post")
        self.line = DelayLine(delay + jump.steps, len(self.pre))
        self.arriving = Arriving(delay, len(self.pre))

    def clear(self) -> None:
        self.line.clear()
        self.arriving.clear()

    def state(self) -> Arrays:
        return self.line.state() if self.jump.side == "pre" else self.arriving.state()

    def restore(self, saved: Arrays, units: int, dtype: Any) -> None:
        if self.jump.side == "pre":
            self.line.restore(saved, units, dtype)
        else:
            self.arriving.restore(saved)


class _SpikesArrive(BrianObject):
    """The part of `SynapticStates` that lets spikes set them, after terms on spikes have read them."""

    add_to_magic_network = False

    def __init__(self, states: SynapticStates) -> None:
        super().__init__(clock=states.clock, when="before_synapses", order=2, name=f"{states.name}_spikes")
        self._states = states

    def run(self) -> None:
        """Look at the spikes of this step."""
        self._states.take_spikes()
