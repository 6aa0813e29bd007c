"""Learning on spikes as two compiled loops, which a stretch of steps may call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.side_text import ConstantText, SideText
from brainlearn.brian.learning.synapse_statements import BOUNDED, BY_PYTHON, SynapseText, TermText
from brainlearn.brian.learning.synapse_storage import Storage, storage_of
from brainlearn.brian.learning.term import Term
from brainlearn.brian.loop_text import Loop
from brainlearn.brian.numpy_loop import Typed, of_array
from brainlearn.brian.stretch.loop_of_text import Addresses, compiled
from brainlearn.brian.stretch.part import Part
from brainlearn.rules.known_names import told_names
from brainlearn.rules.rule import WEIGHT
from brainlearn.rules.updates import Clip, DaleSign, Scaled, Update


class CompiledSpikes:
    """What `SpikePlasticity` does in a step, as loops with the same bits.

    Parameters
    ----------
    learning : ProjectionLearning
    taking_part : (copy,) bool array
        Which copies learn, at any time.
    propose, apply : callable
        Do in Python what the loops leave to it in a step.

    Attributes
    ----------
    proposing, applying : Part
        Before and after synapses deliver.

    Raises
    ------
    NotElementWise
        If the terms, the synapses or the chain cannot be said as loops.
    """

    def __init__(
        self,
        learning: ProjectionLearning,
        taking_part: np.ndarray,
        propose: Callable[[], None],
        apply: Callable[[], None],
    ) -> None:
        self._learning, self._propose, self._apply = learning, propose, apply
        self._taking_part = taking_part
        self._count, self._noted = np.zeros(1, dtype=np.int64), np.zeros(5, dtype=np.int64)
        self._scaling = [each for each in learning.updates if isinstance(each, Scaled)]
        self._scales = np.zeros(len(self._scaling), dtype=learning.weights.dtype)
        self.proposing, self.applying = self._parts()
        self.begin()

    def begin(self) -> None:
        """Take note of which copies learn from now on, and how fast."""
        self._count[0] = self._taking_part.sum()
        self._noted[BOUNDED] = self._learning.bounded
        for k, each in enumerate(self._scaling):
            self._scales[k] = each.size * self._learning.factor

    def _parts(self) -> tuple[Part, Part]:
        """Return both loops, with the arrays that they find by their names."""
        learning, copies = self._learning, len(self._taking_part)
        terms, synapses = learning.on_spikes, learning.synapses
        storage = storage_of(terms, synapses, copies)
        kind = of_array(learning.weights)
        loop, parameters = Loop(), learning.post.parameters
        pre = SideText(loop, learning.pre, parameters)
        post = SideText(loop, learning.post.values, parameters, told_names(learning.rule))
        weight = ConstantText(loop, parameters, {WEIGHT: Typed("w", kind)})
        texts = [_term_text(term, pre, post, weight, kind) for term in terms.terms]
        chain = tuple(_chain(learning.updates, loop, kind))
        synapse = SynapseText(texts, copies, kind, chain, storage.arrived, weigh_each=storage.spread)
        both = {**self._units(texts, storage), **storage.both}
        units = {f"a{k}": (pre.arrays | post.arrays)[name] for k, name in enumerate(loop.arrays)}
        units |= {"pre_space": learning.pre.population.spikes_of_step}
        units |= {"post_space": learning.post.values.population.spikes_of_step}
        weights = {"weights": synapses.weights} | ({"scales": self._scales} if self._scaling else {})
        first = _part(partial(storage.proposing, synapse), {**both, **units, **storage.first}, loop, self._by_python)
        second = _part(partial(storage.learning, synapse), {**both, **weights, **storage.second}, loop, self._in_python)
        return first, second

    def _units(self, texts: Sequence[TermText], storage: Storage) -> dict[str, np.ndarray]:
        """Return what both loops read and write of units: flags and lists of those that spike, and sides of terms."""
        sides, copies = self._learning.sides, len(self._taking_part)
        n_pre, n_post = sides.shape
        found = {
            "size": np.array([copies, n_pre, n_post, storage.slots], dtype=np.int64),
            "noted": self._noted,
            "learning": self._count,
            "taking_part": self._taking_part,
            "fired": np.zeros(copies * n_post, dtype=bool),
            "columns": np.zeros(n_post, dtype=np.int32),
        }
        for k, term in enumerate(texts):
            if not term.pre_fixed:
                held = storage.held.get(k)
                found[f"pre{k}"] = np.zeros(copies * n_pre, sides.weights.dtype) if held is None else held
            if not term.post_fixed:
                found[f"post{k}"] = np.zeros(copies * n_post, sides.weights.dtype)
        return found

    def _by_python(self) -> None:
        """Handle this step in Python: its changes are applied there too."""
        self._propose()
        self._noted[BY_PYTHON] = 1

    def _in_python(self) -> None:
        """Apply in Python what was proposed there, or bring weights within their bounds before their first change."""
        if self._noted[BY_PYTHON]:
            self._apply()
        else:
            self._learning.bound()
        self._noted[BY_PYTHON], self._noted[BOUNDED] = 0, self._learning.bounded


def _term_text(term: Term, pre: SideText, post: SideText, weight: ConstantText, kind: str) -> TermText:
    return TermText(
        term.when == "pre_spike",
        pre.of(term.pre, kind),
        post.of(term.post, kind),
        all(pre.constant(name) is not None for name in term.pre.names),
        all(post.constant(name) is not None for name in term.post.names),
        "" if term.weight is None else weight.of(term.weight, kind),
    )


def _chain(updates: Sequence[Update], numbers: Loop, kind: str) -> Iterator[str]:
    """Yield the statements that take the sum `x` over copies into the weight `w`, as the chain does."""
    yield f"if learning[0] > 1: x /= {kind}(learning[0])"
    for k in range(sum(isinstance(each, Scaled) for each in updates)):
        yield f"x *= scales[{k}]"
    yield "w += x"
    for each in updates:
        match each:
            case Clip(low=low, high=high):
                least, most = (f"{kind}({numbers.scalar(float(each))})" for each in (low, high))
                yield f"if w < {least}: w = {least}"
                yield f"if w > {most}: w = {most}"
            case DaleSign(sign=sign):
                yield f"if w {'<' if sign == 'excitatory' else '>'} 0: w = {kind}(0)"


def _part(
    write: Callable[[Sequence[str]], str], arrays: Mapping[str, np.ndarray], numbers: Loop, provide: Callable[[], None]
) -> Part:
    """Return a loop that finds arrays and numbers by their names."""
    addresses = Addresses()
    for name, array in arrays.items():
        addresses.add(name, array)
    values = [each for each in numbers.scalars if isinstance(each, float)]
    found = [*addresses.lines, *(f"s{k} = numbers[{k}]" for k in range(len(values)))]
    return Part(compiled(write(found)), addresses.row, tuple(values), (), provide)
