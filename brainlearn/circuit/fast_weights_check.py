"""Which projections can have fast weights."""

from __future__ import annotations

import re
from collections.abc import Iterator

from brainlearn.circuit.connecting import by_rows
from brainlearn.circuit.draft import Draft
from brainlearn.circuit.schema import CONVOLVED, ProjectionTable, Tied
from brainlearn.mistakes import Mistake
from brainlearn.neurons import NeuronModel
from brainlearn.synapses import SynapseModel


def check_fast_weights(
    draft: Draft,
    index: int,
    projection: ProjectionTable,
    pairs: int,
    synapse: SynapseModel | None,
    target: NeuronModel | None,
) -> Iterator[Mistake]:
    """Yield a mistake for everything that fast weights do not fit; models that are None are unknown and pass.

    `pairs` are source units times target units.
    """
    if projection.fast_weights is None:
        return
    place = draft.place("projections", index, "fast_weights")
    if synapse is not None and not synapse.transmit:
        wrong = "fast weights need continuous transmission: their change reads graded activity at both ends"
        yield Mistake(place, wrong, f'"{projection.synapse}"', "a synapse model with `transmit`, as `graded`")
    elif synapse is not None and re.search(r"_post\b", synapse.transmit.partition("=")[2]):
        wrong = "fast weights multiply what the source transmits, but this synapse reads its target too"
        yield Mistake(place, wrong, f'"{projection.synapse}"', "`transmit` of presynaptic variables, as `graded`")
    if target is not None and not target.output:
        wrong = f"the change of fast weights reads the output of {projection.target}, but {target.name} has none"
        yield Mistake(place, wrong, f'"{target.name}"', "a neuron model with `output`, as `graded`")
    if isinstance(projection.connectivity, CONVOLVED) or by_rows(projection, pairs):
        wrong = "fast weights need a matrix of all pairs, but these synapses are listed or share kernels"
        hint = 'Use connectivity such as "all_to_all", "local" or "probability", and one delay for all synapses.'
        yield Mistake(place, wrong, getattr(projection.connectivity, "kind", "a table of delays"), "a matrix", hint)
    elif isinstance(projection.weights, Tied):
        yield Mistake(place, "tied weights have no fast weights of their own", "tied", "weights that are drawn")
