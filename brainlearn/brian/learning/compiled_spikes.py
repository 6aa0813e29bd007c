"""Learning on spikes as two compiled loops, which a stretch of steps may call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.side_text import ConstantText, SideText
from brainlearn.brian.learning.spike_loops import BOUNDED, BY_PYTHON, LoopText, TermText
from brainlearn.brian.learning.spike_terms import SpikeTerms
from brainlearn.brian.learning.term import Term
from brainlearn.brian.loop_text import Loop, NotElementWise
from brainlearn.brian.numpy_loop import Typed, of_array
from brainlearn.brian.row_line import RowLine
from brainlearn.brian.stretch.loop_of_text import Addresses, compiled
from brainlearn.brian.stretch.part import Part
from brainlearn.rules.known_names import told_names
from brainlearn.rules.rule import WEIGHT
from brainlearn.rules.updates import Clip, DaleSign, Scaled, Update

MOST_COPIES = 8  # a synapse that is reached looks at all copies: with more of them a list of events is faster

Named = Mapping[str, np.ndarray]


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
        self.proposing, self.applying = self._parts(*_checked(learning, len(taking_part)))
        self.begin()

    def begin(self) -> None:
        """Take note of which copies learn from now on, and how fast."""
        self._count[0] = self._taking_part.sum()
        self._noted[BOUNDED] = self._learning.bounded
        for k, each in enumerate(self._scaling):
            self._scales[k] = each.size * self._learning.factor

    def _parts(self, terms: SpikeTerms, line: RowLine) -> tuple[Part, Part]:
        """Return both loops, with the arrays that they find by their names."""
        learning, synapses = self._learning, self._learning.synapses
        kind = of_array(learning.weights)
        loop = Loop()
        parameters = learning.post.parameters
        pre = SideText(loop, learning.pre, parameters)
        post = SideText(loop, learning.post.values, parameters, told_names(learning.rule))
        weight = ConstantText(loop, parameters, {WEIGHT: Typed("w", kind)})
        texts = [_term_text(term, pre, post, weight, kind) for term in terms.terms]
        storage, ends = _storage(terms)
        text = LoopText(
            texts, len(self._taking_part), kind, line.steps > 0, storage, tuple(_chain(learning.updates, loop, kind))
        )
        shared = self._shared(terms, texts)
        spaces = {
            "pre_space": learning.pre.population.spikes_of_step,
            "post_space": learning.post.values.population.spikes_of_step,
            "taking_part": self._taking_part,
        }
        under_way = {"held_at": line.held_at, "line_place": line.place, "lengths": line.lengths} if line.steps else {}
        variables = {f"a{k}": (pre.arrays | post.arrays)[name] for k, name in enumerate(loop.arrays)}
        scales = {"scales": self._scales} if self._scaling else {}
        first = _part(text.proposing, shared | spaces | under_way | variables, loop, self._by_python)
        second = _part(text.learning, shared | {"weights": synapses.weights} | ends | scales, loop, self._in_python)
        return first, second

    def _shared(self, terms: SpikeTerms, texts: Sequence[TermText]) -> dict[str, np.ndarray]:
        """Return what both loops write to: flags and lists of units, and the sides of terms."""
        (n_pre, n_post), copies, steps = terms.sides.shape, len(self._taking_part), 0
        place, held = np.array([1, 0], dtype=np.int64), {}
        if terms.arriving is not None:
            place, held, steps = terms.arriving.place, terms.arriving.held, terms.arriving.steps
        dtype = terms.sides.weights.dtype
        found = {
            "size": np.array([copies, n_pre, n_post, steps + 1], dtype=np.int64),
            "noted": self._noted,
            "learning": self._count,
            "place": place,
            "arrived": np.zeros(copies * n_pre, dtype=bool),
            "fired": np.zeros(copies * n_post, dtype=bool),
            "rows": np.zeros(n_pre, dtype=np.int32),
            "columns": np.zeros(n_post, dtype=np.int32),
        }
        for k, term in enumerate(texts):
            if not term.pre_fixed:
                found[f"pre{k}"] = held[k] if held else np.zeros(copies * n_pre, dtype=dtype)
            if not term.post_fixed:
                found[f"post{k}"] = np.zeros(copies * n_post, dtype=dtype)
        return found

    def _by_python(self) -> None:
        """Look at this step in Python: all that it brings is applied there too."""
        self._propose()
        self._noted[BY_PYTHON] = 1

    def _in_python(self) -> None:
        """Do in Python what the second loop has left to it."""
        if self._noted[BY_PYTHON]:
            self._apply()
            self._noted[BY_PYTHON] = 0
        else:
            self._learning.bound()
        self._noted[BOUNDED] = self._learning.bounded


def _checked(learning: ProjectionLearning, copies: int) -> tuple[SpikeTerms, RowLine]:
    """Return the terms and the spikes under way, if loops can do what becomes of them."""
    terms, line = learning.on_spikes, learning.synapses.line
    if copies > MOST_COPIES or not isinstance(terms, SpikeTerms) or not isinstance(line, RowLine):
        raise NotElementWise(learning.synapses.name)
    if terms.few is None or learning.synapses.spread is not None:
        raise NotElementWise(learning.rule.name)
    return terms, line


def _term_text(term: Term, pre: SideText, post: SideText, weight: ConstantText, kind: str) -> TermText:
    return TermText(
        term.when == "pre_spike",
        pre.of(term.pre, kind),
        post.of(term.post, kind),
        all(pre.constant(name) is not None for name in term.pre.names),
        all(post.constant(name) is not None for name in term.post.names),
        "" if term.weight is None else weight.of(term.weight, kind),
    )


def _storage(terms: SpikeTerms) -> tuple[str, Named]:
    """Return how synapses are stored, and where those of every unit are."""
    synapses, few = terms.synapses, terms.few
    if synapses.rows is not None:
        assert few is not None
        columns = few.columns
        ends = {"ends": columns.starts, "others": columns.others, "flat": columns.flat}
        return "rows", {"starts": synapses.rows.starts, "posts": synapses.rows.posts, **ends}
    return ("matrix", {}) if synapses.mask is None else ("masked", {"mask": synapses.mask})


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


def _part(write: Callable[[Sequence[str]], str], arrays: Named, numbers: Loop, provide: Callable[[], None]) -> Part:
    """Return a loop that finds arrays and numbers by their names."""
    addresses = Addresses()
    for name, array in arrays.items():
        addresses.add(name, array)
    values = [each for each in numbers.scalars if isinstance(each, float)]
    found = [*addresses.lines, *(f"s{k} = numbers[{k}]" for k in range(len(values)))]
    return Part(compiled(write(found)), addresses.row, tuple(values), (), provide)
