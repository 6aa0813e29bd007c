"""What ``[rule]`` may contain: the name of a rule or its whole text, and how what it proposes reaches the weights."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from brainlearn.circuit.schema import AnyQuantity, Finite, Name, Path, Table, Text
from brainlearn.rules.rule import When

TEXT = ("traces", "states", "broadcasts", "modulators", "memories", "changes", "top_down")
"""Keys that hold the text of a rule; a table ``[rule]`` with one of them does not name a rule that is built in."""

Names = dict[Name, Text]


class TraceTable(Table):
    """A variable that every unit of a touched population carries."""

    name: Name = Field(description="name used in terms")
    equation: Text = Field(description="Brian2 text, as in `dx/dt = -x/tau : 1`")
    on_spike: Text = Field("", description="what the unit's own spike does, as in `x += 1`")
    graded: Text = Field("", description="equation used instead in populations that do not spike; `x = activity : 1`")


class StateTable(Table):
    """A variable that every synapse has of its own."""

    name: Name = Field(description="name used in terms")
    equation: Text = Field(description="Brian2 text, as in `dcalcium/dt = -calcium/tau : 1`")
    on_pre: Text = Field("", description="what a presynaptic spike does when it arrives, as in `calcium += 1`")
    on_post: Text = Field("", description="what a postsynaptic spike does, as in `eligibility += trace_pre`")
    delay: str = Field("", description="parameter: delay of `on_pre` after the arrival of the spike; default: none")
    on_step: Text = Field("", description="what multiplies it in every step, as in `eligibility *= 1 - near_post`")


class MemoryTable(Table):
    """A slow average over presentations, kept by the postsynaptic population."""

    name: Name = Field(description="name used in terms")
    of: Text = Field(description="expression to average, over the copies for which `where` holds")
    where: Text = Field(description="condition on values of a copy, as in `polarity > 0`")
    rate: str = Field(description="parameter that is the weight of the newest average")
    scope: Literal["unit", "population"] = Field(description="one value for each unit, or one for all")
    initial: Finite = Field(0.0, description="value before the first presentation")


class ChangeTable(Table):
    """One term of the weight change: the product of the two sides."""

    pre: Text = Field(description="expression in variables of the presynaptic unit")
    post: Text = Field(description="expression in variables of the postsynaptic unit, broadcasts and modulators")
    when: When = Field("phase_end", description="when the term acts")
    weight: Text = Field("", description="factor of the weight, in `w` and parameters, as `w_max - w`; default: 1")
    synapse: Text = Field("", description="factor of the synapse, in its states and parameters; default: 1")


class UpdateTable(Table):
    """One element of the chain between the rule's proposal and the weights."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    name: str = Field(description="step, momentum, adam, decay, gather, clip, dale_sign or normalise")


class RuleTable(Table):
    """How the circuit learns: by a named rule, or by one whose text is here or in a file."""

    name: str = Field(description="see `brainlearn list rules`; for your own rule, a new name")
    file: str | None = Field(None, description="file with the name and the text of a rule, from this file's folder")
    description: str = Field("", description="for your own rule: a one-line description")
    source: str = Field("", description="for your own rule: the paper and equation")
    projections: list[str] | Literal["all"] = Field("all", description="names of the projections that learn")
    parameters: dict[Name, AnyQuantity] = Field(
        {}, description="replace the rule's defaults; for your own rule, all constants that its text reads"
    )
    updates: list[UpdateTable] = Field([], description="in order; default: adam")
    broadcasts_from: Path | None = Field(
        None,
        description="population whose broadcasts all these synapses receive, as a critic; default: each target's own",
    )
    traces: list[TraceTable] = Field([], description="variables that follow the activity of units")
    states: list[StateTable] = Field([], description="variables at every synapse")
    broadcasts: Names = Field({}, description="means over the units of the postsynaptic population")
    modulators: Names = Field({}, description="expressions of broadcasts, memories, parameters and `polarity`")
    memories: list[MemoryTable] = Field([], description="slow averages over presentations")
    changes: list[ChangeTable] = Field([], description="terms of the weight change, summed")
    top_down: list[ChangeTable] = Field([], description="terms for top-down projections, instead of `changes`")

    @property
    def has_text(self) -> bool:
        """Whether the table holds the text of a rule."""
        return any(name in self.model_fields_set for name in TEXT)
