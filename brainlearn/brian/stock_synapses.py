"""The reference: stock `brian2.Synapses`, with the weights repeated in every copy.

Slow and heavy, but every synapse is Brian2's own and its text is run by Brian2's code generation: what
`SharedSynapses` and `ProjectionLearning` do is compared with this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from brian2 import BrianObject, NeuronGroup, Quantity, Synapses, second
from brian2.units.fundamentalunits import DIMENSIONLESS, get_unit

from brainlearn.brian.statement import parse_transmit
from brainlearn.brian.step_plasticity import BEFORE_SLOT, SLOT
from brainlearn.expression import parse_expression
from brainlearn.rules.rule import Change
from brainlearn.saved_state import Arrays


class StockSynapses(BrianObject):
    """A projection in every copy, made of `brian2.Synapses`.

    Takes the same arguments as `SharedSynapses`, the terms of a rule that act on spikes, and text to add up in every
    step while somebody gathers it, with variables that hold what other text is when a step begins.

    Attributes
    ----------
    synapses : brian2.Synapses
        With the variables ``w`` and, summed up until somebody takes it, ``dw``.
    weights : (pre, post) array
        What every copy's ``w`` is set to by `touch`.
    """

    add_to_magic_network = True

    def __init__(
        self,
        source: NeuronGroup,
        target: NeuronGroup,
        weights: np.ndarray,
        copies: int,
        on_pre: str = "",
        transmit: str = "",
        mask: np.ndarray | None = None,
        delay: Quantity = 0 * second,
        namespace: Mapping[str, Any] | None = None,
        order: int = 0,
        name: str = "stocksynapses*",
        changes: Iterable[Change] = (),
        constants: Iterable[str] = (),
        gather: str = "",
        hold: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(clock=source.clock, when="start", name=name)
        self.copies, self.mask = copies, mask
        self.weights = np.array(weights, dtype=source.variables["gain"].dtype if "gain" in source.variables else float)
        if mask is not None:
            self.weights[~mask] = 0
        model = "w : 1\ndw : 1"
        if gather:
            model += "\ngathered : 1\ngathering : 1 (shared)" + "".join(f"\n{each} : 1" for each in hold or ())
        if transmit:
            dimension = target.variables[parse_transmit(transmit).target].dim
            unit = "1" if dimension is DIMENSIONLESS else repr(get_unit(dimension))
            model += f"\n{transmit.strip()} : {unit} (summed)"
        pre, post = spike_statements(changes, constants)
        paths = {"on_pre": "\n".join([*([on_pre] if on_pre else []), *pre]), "on_post": "\n".join(post)}
        paths = {key: text for key, text in paths.items() if text}
        delays = {"delay": delay} if "on_pre" in paths else {}
        self.synapses = Synapses(
            source, target, model, namespace=dict(namespace or {}), clock=source.clock, name=self.name + "_stock",
            **paths, **delays,
        )  # fmt: skip
        self._i, self._j = np.nonzero(np.ones(self.weights.shape, bool) if mask is None else mask)
        n_pre, n_post = self.weights.shape
        copy = np.repeat(np.arange(copies), len(self._i))
        self.synapses.connect(i=np.tile(self._i, copies) + copy * n_pre, j=np.tile(self._j, copies) + copy * n_post)
        for pathway in self._pathways():
            pathway.order = order - 1 if pathway.prepost == "pre" else order
        for updater in self.synapses.summed_updaters.values():
            updater.order = order - 1
        for variable, text in (hold or {}).items():
            self.synapses.run_regularly(f"{variable} = {text}", when=BEFORE_SLOT)
        if gather:
            self.synapses.run_regularly(f"gathered += gathering*({gather})", when=SLOT, order=order)
        self._contained_objects.append(self.synapses)
        self._empty: dict[str, Any] = {}
        self.touch()

    def touch(self) -> None:
        """Write the weights into every copy."""
        self.synapses.variables["w"].get_value()[:] = np.tile(self.weights[self._i, self._j], self.copies)

    def run(self) -> None:
        """Remember what an empty queue of spikes looks like, for `clear`."""
        if not self._empty:
            self._empty = {p.name: p.queue._full_state() for p in self._pathways()}

    def clear(self) -> None:
        """Forget the spikes that are still under way."""
        for pathway in self._pathways():
            if pathway.name in self._empty:
                pathway.queue._restore_from_full_state(self._empty[pathway.name])

    def state(self) -> Arrays:
        """Return nothing: spikes under way are forgotten at the start of a presentation."""
        return {}

    def restore(self, saved: Arrays) -> None:
        """Have nothing to put back."""

    def _pathways(self) -> list[Any]:
        return [p for p in self.synapses._pathways if p.prepost in ("pre", "post")]

    def propose(self, changes: Iterable[Change], taking_part: np.ndarray, constants: Mapping[str, float]) -> np.ndarray:
        """Evaluate the terms for the end of a phase, synapse by synapse, in Brian2.

        Parameters
        ----------
        changes : iterable of Change
        taking_part : (copy,) bool array
        constants : mapping of str to float
            Parameters of the rule.

        Returns
        -------
        (pre, post) array
            Sum over the copies that take part.
        """
        total = np.zeros_like(self.weights)
        for change in changes:
            if change.when == "phase_end":
                self.synapses.dw.set_item(slice(None), product(change, constants), namespace=dict(constants))
                total += self.take_changes(taking_part)
        return total

    def take_changes(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum of ``dw`` over copies, (pre, post), and set it to 0."""
        return self._sum_up("dw", taking_part)

    def _sum_up(self, name: str, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum of a variable over copies, (pre, post), and set it to 0."""
        values = self.synapses.variables[name].get_value()
        total = np.zeros_like(self.weights)
        total[self._i, self._j] = values.reshape(self.copies, -1)[taking_part].sum(axis=0)
        values[:] = 0
        return total

    def begin(self, taking_part: np.ndarray) -> None:
        """Add up the step terms from now on if any copy takes part, (copy,) bool array."""
        self.synapses.variables["gathered"].get_value()[:] = 0
        self.synapses.variables["gathering"].get_value()[:] = bool(taking_part.any())

    def take(self, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum of the step terms over steps and copies since `begin`, (pre, post)."""
        return self._sum_up("gathered", taking_part)


def product(change: Change, constants: Iterable[str] = ()) -> str:
    """Write a term of a rule as Brian2 wants it in a synapse: ``x_pre*(y_post + 1)``."""
    pre = with_suffix(change.pre, "_pre", constants)
    post = with_suffix(change.post, "_post", constants)
    return f"({pre})*({post})"


def with_suffix(text: str, suffix: str, constants: Iterable[str]) -> str:
    """Add `suffix` to every variable of `text` but the constants."""
    for name in parse_expression(text).names - set(constants):
        text = re.sub(rf"\b{name}\b", name + suffix, text)
    return text


def spike_statements(changes: Iterable[Change], constants: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the statements for presynaptic and for postsynaptic spikes."""
    terms = [(change.when, f"dw += {product(change, constants)}") for change in changes]
    return [t for when, t in terms if when == "pre_spike"], [t for when, t in terms if when == "post_spike"]
