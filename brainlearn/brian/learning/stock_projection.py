"""What one projection proposes, with the rule's text run by Brian2 synapse by synapse: the reference."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

from brainlearn.brian.learning.population_values import FEEDBACK, PopulationValues, UnitNow, Values
from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.steps import PopulationNow
from brainlearn.brian.learning.stock_text import AT_A_PHASE_END, COMPUTED, told_variable
from brainlearn.brian.populations import GAIN
from brainlearn.rules.jump import side_of


class StockLearning(ProjectionLearning):
    """A `ProjectionLearning` whose synapses are `StockSynapses`."""

    listed = False
    by_brian = True

    def _over_copies(self, taking_part: np.ndarray) -> np.ndarray | None:
        """Return the sum of what copies propose at a phase's end, as weights are; None if the rule has no such term."""
        total = None if self.steps is None else self.steps.take(taking_part)
        if self.synapses.rule.phase_end:
            for values in (self.pre, self.post.values):
                self._tell(values, values, AT_A_PHASE_END)
            self.post.tell()
            ended = self.synapses.changes.propose(taking_part)
            total = ended if total is None else total + ended
        return total

    def begin(self, taking_part: np.ndarray) -> None:
        """Start a phase in which the copies in `taking_part` learn, (copy,) bool array."""
        for values in (self.pre, self.post.values):
            if not values.scaled:  # the gain is 1, and Brian2 reads it where it is
                values.population.array(GAIN)[:] = 1.0
        super().begin(taking_part)

    def before_spikes(self) -> None:
        """Write what terms on spikes read of both populations where Brian2 finds it."""
        read = {name for term in self.spike_terms() for name in term.pre.names | term.post.names}
        jumps = (line for state in self.rule.states for line in (state.on_pre, state.on_post))
        read |= {side_of(name)[0] for line in jumps for name in re.findall(r"[A-Za-z_]\w*", line)}
        for values in (self.pre, self.post.values):
            self._tell(values, UnitNow(values), read)

    def spike_change(self, now: PopulationNow, taking_part: np.ndarray) -> np.ndarray | None:
        """Return what the synapses have gathered since the last step."""
        total: np.ndarray = self.synapses.changes.take_changes(taking_part)
        return total if total.any() else None

    def rate_of_change(self, now: PopulationNow, taking_part: np.ndarray) -> np.ndarray:
        """Return the sum over copies of what the terms say of ``dw/dt`` now, (pre, post) [1/s]."""
        total: np.ndarray = self.synapses.changes.take_rates(taking_part)
        return total

    def _tell(self, values: PopulationValues, found: Values, names: Collection[str]) -> None:
        """Write what is computed outside Brian2 into variables of a population, if it has them."""
        for name in COMPUTED:
            variable = told_variable(name, values.number)
            if name == FEEDBACK and values.feedback is None:
                continue  # units without feedback have none to tell
            if name in names and values.population.has(variable):
                values.population.array(variable)[:] = found[name]
