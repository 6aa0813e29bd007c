"""The reference: stock `brian2.Synapses`, with the weights repeated in every copy.

Slow and heavy, but every synapse is Brian2's own and its text is run by Brian2's code generation: what
`SharedSynapses` and `ProjectionLearning` do is compared with this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from brian2 import BrianObject, NeuronGroup, Quantity, Synapses, second

from brainlearn.brian.delay_line import delay_steps
from brainlearn.brian.learning.slots import BEFORE_SLOT, SLOT
from brainlearn.brian.learning.state_equations import state_variable
from brainlearn.brian.learning.stock_text import StockText
from brainlearn.brian.populations import unit_text
from brainlearn.brian.stock_changes import CHANGE, GATHERED, GATHERING, RATE, StockChanges
from brainlearn.brian.stock_fast import FAST, StockFast
from brainlearn.brian.stock_sent import EachSent, WhenSent
from brainlearn.brian.stock_short_term import StockRelease
from brainlearn.brian.text.statement import parse_on_pre, parse_transmit
from brainlearn.circuit.kernels import Kernels
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.short_term import ReleaseValues
from brainlearn.expression import parse_expression
from brainlearn.mistakes import Mistake, UserError
from brainlearn.reserved import reserved
from brainlearn.saved_state import Arrays

WEIGHT = reserved("w")
LEARN = "learn"  # the pathway of a rule's terms on presynaptic spikes
JUMP = "jump"  # the beginning of pathways of spikes that set states
FIRST = -1_000_000  # order: what a rule reads on a spike is what was before any synapse delivered
SECOND = {"pre": -800_000, "post": -600_000}  # and states are set after all terms have read them


class StockSynapses(BrianObject):
    """A projection in every copy, made of `brian2.Synapses`.

    Takes the same arguments as `SharedSynapses`, and the text of the rule by which it learns.

    Attributes
    ----------
    synapses : brian2.Synapses
    weights : (pre, post) or (synapse,) array, or that of kernels
        What every copy's weights are set to by `touch`.
    changes : StockChanges
        What the rule has changed.
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
        name: str = "stocksynapses*",
        rule: StockText | None = None,
        short_term: ReleaseValues | None = None,
        fast: StockFast | None = None,
    ) -> None:
        super().__init__(clock=source.clock, when="start", name=name)
        self.source, self.target = source, target
        self.copies, self.mask, self.rule = copies, mask, rule or StockText()
        self.rows = weights if isinstance(weights, Rows) else None
        self.kernels = weights if isinstance(weights, Kernels) else None
        drawn = weights.weights if isinstance(weights, Rows | Kernels) else weights
        self.weights = np.array(drawn, dtype=source.variables[reserved("gain")].dtype)
        if mask is not None:
            self.weights[~mask] = 0
        self._release, self._fast = StockRelease(short_term) if short_term else None, fast
        self._delay = delay_steps(float(delay), source.clock.dt_)
        self._delays = None if self.rows is None else self.rows.delays
        self._sent: list[WhenSent | EachSent] = []
        if on_pre:
            factors = frozenset().union(*(statement.factor.names for statement in parse_on_pre(on_pre)))
            (on_pre,) = self._reading_what_was_sent((on_pre,), factors, "a", 0, "synapses", order - 1)
        else:
            factors = parse_transmit(transmit).factor.names
            (transmit,) = self._reading_what_was_sent((transmit,), factors, "a", 0, "before_groups", order - 1)
        on_spikes = (*self.rule.pre_spike, *self.rule.post_spike)
        if on_spikes:
            names = set().union(*(parse_expression(text).names for text in on_spikes))
            read = self._reading_what_was_sent(on_spikes, names, "b")
            first = len(self.rule.pre_spike)
            self.rule = replace(self.rule, pre_spike=read[:first], post_spike=read[first:])
        jumps = self._jump_text()
        paths = self._spike_text(on_pre, jumps)
        self._late = {name: late for name, (_, late) in jumps.items()}
        one_delay = "on_pre" in paths and self._delays is None
        times = {name: delay + self._late.get(name, 0) * source.clock.dt for name in paths.get("on_pre", ())}
        delays = {"delay": times} if one_delay else {}
        self.synapses = Synapses(
            source, target, self._model(target, transmit), clock=source.clock, name=self.name + "_stock",
            namespace={**(namespace or {}), **self.rule.constants}, **paths, **delays,
        )  # fmt: skip
        self._connect(source.N // copies, target.N // copies)
        kernels = self.kernels is not None
        self.changes = StockChanges(self.synapses, self.rule.phase_end, self.weights, self._at, copies, kernels)
        for each in self._each():
            each.attach(self.synapses)
        self._set_order(order)
        if fast is not None:  # after all have transmitted, before units change
            self.synapses.run_regularly(fast.update(transmit), when="groups", order=-1)
        if self._release is not None:
            self._release.set(self.synapses, copies)
        self._contained_objects += [self.synapses, *self._sent]
        self._empty: dict[str, Any] = {}
        self.touch()

    # ---- building ------------------------------------------------------------------------------------------------

    def _model(self, target: NeuronGroup, transmit: str) -> str:
        lines = [f"{name} : 1" for name in (WEIGHT, CHANGE)]
        lines += [line for each in self._each() for line in each.declarations]
        if self.rule.gather:
            lines += [f"{GATHERED} : 1", f"{GATHERING} : 1 (shared)", *(f"{name} : 1" for name in self.rule.hold)]
        if self.rule.continuous:
            lines.append(f"{RATE} : Hz")
        if self.rule.states is not None:
            lines.append(self.rule.states.declarations)
        if self._release is not None:
            lines.append(self._release.declarations)
        if transmit:
            unit = unit_text(target.variables[parse_transmit(transmit).target].dim)
            text = _with_weight(transmit.strip() if self._fast is None else self._fast.transmit(transmit.strip()))
            lines.append(f"{text} : {unit} (summed)")
        if self._fast is not None:
            lines.append(self._fast.declaration)
        return "\n".join(lines)

    def _each(self) -> list[EachSent]:
        """Return the parts that give synapses their own variables."""
        return [each for each in self._sent if isinstance(each, EachSent)]

    def _reading_what_was_sent(
        self,
        texts: Sequence[str],
        names: Iterable[str],
        part: str,
        late: int = 0,
        when: str = "before_synapses",
        order: int = 2,
    ) -> tuple[str, ...]:
        """Return texts that read presynaptic variables as late as their spikes arrive, by `late` steps more."""
        place = when, order, f"{self.name}_{part}_sent"
        if self.rows is not None and self._delays is not None:
            delays = self._delays.astype(np.int64) + late
            self._sent.append(EachSent(self.source, names, self.rows.pres, delays, self.copies, *place))
        elif self._delay + late:
            self._sent.append(WhenSent(self.source, names, self._delay + late, *place))
        else:
            return tuple(texts)
        return tuple(map(self._sent[-1].renamed, texts))

    def _jump_text(self) -> dict[str, tuple[str, int]]:
        """Return the pathways of spikes that set states: their text, and how many steps they are late."""
        texts: dict[tuple[str, int], list[str]] = {}
        for jump in self.rule.jumps:
            texts.setdefault((jump.side, jump.steps), []).append(jump.statement)
        paths: dict[str, tuple[str, int]] = {}
        for (side, late), lines in texts.items():
            name, text = f"{JUMP}_{side}_{late}", "\n".join(lines)
            (text,) = self._reading_what_was_sent((text,), set(re.findall(r"[A-Za-z_]\w*", text)), name, late)
            paths[name] = text, late
        return paths

    def _spike_text(self, on_pre: str, jumps: Mapping[str, tuple[str, int]]) -> dict[str, Any]:
        """Return the pathways of the synapses: those that carry spikes, that learn from them, and that set states."""
        on_pre = on_pre if self._release is None else self._release.on_pre(on_pre)
        before = {"pre": _with_weight(on_pre)} if on_pre else {}
        if self.rule.pre_spike:
            before[LEARN] = "\n".join(f"{CHANGE} += {product}" for product in self.rule.pre_spike)
        after = {"post": "\n".join(f"{CHANGE} += {product}" for product in self.rule.post_spike)}
        for paths, side in ((before, "pre"), (after, "post")):
            paths |= {name: text for name, (text, _) in jumps.items() if name.startswith(f"{JUMP}_{side}_")}
        after = {name: text for name, text in after.items() if text}
        return {key: text for key, text in {"on_pre": before, "on_post": after}.items() if text}

    def _connect(self, n_pre: int, n_post: int) -> None:
        if self.rows is not None:
            self._at: Any = slice(None)
            self._i, self._j = self.rows.pres, self.rows.posts
        elif self.kernels is not None:
            self._i, self._j, flat = self.kernels.synapses()
            self._at = np.unravel_index(flat, self.weights.shape)
        else:
            self._at = np.nonzero(np.ones((n_pre, n_post), bool) if self.mask is None else self.mask)
            self._i, self._j = self._at
        copy = np.repeat(np.arange(self.copies), len(self._i))
        i, j = np.tile(self._i, self.copies) + copy * n_pre, np.tile(self._j, self.copies) + copy * n_post
        self.synapses.connect(i=i, j=j) if len(i) else self.synapses.connect(False)
        if self._delays is not None and len(i):
            for pathway in (each for each in self._pathways() if each.prepost == "pre"):
                steps = np.tile(self._delays.astype(np.int64) + self._late.get(pathway.objname, 0), self.copies)
                pathway.delay = steps * self.synapses.clock.dt_ * second

    def _set_order(self, order: int) -> None:
        for pathway in self._pathways():
            pathway.order = order - 1 if pathway.objname == "pre" else FIRST + order
            if pathway.objname.startswith(JUMP):
                pathway.order = SECOND[pathway.prepost] + order
        for updater in self.synapses.summed_updaters.values():
            updater.order = order - 1
        for variable, text in self.rule.hold.items():
            self.synapses.run_regularly(f"{variable} = {text}", when=BEFORE_SLOT)
        if self.rule.gather:
            text = f"{GATHERED} += {GATHERING}*({self.rule.gather})"
            self.synapses.run_regularly(text, when=SLOT, order=order + 10)
        if self.rule.continuous:
            self.synapses.run_regularly(f"{RATE} = {' + '.join(self.rule.continuous)}", when=BEFORE_SLOT, order=2)
        if self.rule.states is not None:
            self.synapses.run_regularly(self.rule.states.update, when="groups", order=-2)
        for variable, text in self.rule.drives.items():
            self.synapses.run_regularly(f"{variable} = {text}", when=SLOT, order=2)
        for statement in self.rule.factors:  # after what is gathered has read the states
            self.synapses.run_regularly(statement, when=SLOT, order=order + 11)

    def _pathways(self) -> list[Any]:
        return [p for p in self.synapses._pathways if p.prepost in ("pre", "post")]

    @property
    def shape(self) -> tuple[int, int]:
        """Source units and target units of a copy."""
        return self.source.N // self.copies, self.target.N // self.copies

    # ---- running -------------------------------------------------------------------------------------------------

    def _array(self, name: str) -> np.ndarray:
        values: np.ndarray = self.synapses.variables[name].get_value()
        return values

    def touch(self) -> None:
        """Write the weights into every copy."""
        self._array(WEIGHT)[:] = np.tile(self.weights[self._at], self.copies)

    def run(self) -> None:
        """Remember what an empty queue of spikes looks like, for `clear`."""
        if not self._empty:
            self._empty = {p.name: p.queue._full_state() for p in self._pathways()}

    def clear(self) -> None:
        """Discard the spikes in transit."""
        for pathway in self._pathways():
            if pathway.name in self._empty:
                pathway.queue._restore_from_full_state(self._empty[pathway.name])
        for each in self._sent:
            each.clear()
        if self._release is not None:
            self._release.clear(self.synapses)
        if self._fast is not None:
            self._array(FAST).fill(0)
        for name in self.rule.states.names if self.rule.states is not None else ():
            self._array(state_variable(name)).fill(0)
        for variable in self.rule.drives:
            self._array(variable).fill(0)

    def restart(self, copies: np.ndarray) -> None:
        """Let the fast weights of some copies, (copy,) bool, start over; refuse where something may be in transit.

        The queues of `brian2.Synapses` hold the spikes of all copies together.
        """
        if self._sent or self._pathways():
            wrong, hint = "stock synapses cannot be reset copy by copy", 'Use delivery = "shared".'
            raise UserError(Mistake("Round.restart", wrong, f"{int(copies.sum())} copies that restart", "", hint))
        if self._fast is not None:
            self._array(FAST).reshape(self.copies, -1)[copies] = 0

    def state(self) -> Arrays:
        """Return nothing: spikes in transit are discarded at the start of a presentation."""
        return {}

    def restore(self, saved: Arrays) -> None:
        """Have nothing to put back."""


def _with_weight(text: str) -> str:
    """Return text of a synapse with the variable that holds its weight."""
    return re.sub(r"\bw\b", WEIGHT, text)
