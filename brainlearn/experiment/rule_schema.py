"""What may stand in ``[rule]``: the name of a rule or its whole text, and how what it proposes reaches the weights."""

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

    name: Name = Field(description="how terms call it")
    equation: Text = Field(description="Brian2 text, as in `dx/dt = -x/tau : 1`")
    on_spike: Text = Field("", description="what the unit's own spike does, as in `x += 1`")
    graded: Text = Field("", description="equation used instead in populations that do not spike; `x = activity : 1`")


class StateTable(Table):
    """A variable that every synapse has of its own."""

    name: Name = Field(description="how terms call it")
    equation: Text = Field(description="Brian2 text, as in `dcalcium/dt = -calcium/tau : 1`")
    on_pre: Text = Field("", description="what a presynaptic spike does when it arrives, as in `calcium += 1`")
    on_post: Text = Field("", description="what a postsynaptic spike does, as in `eligibility += trace_pre`")
    delay: str = Field(
        "", description="parameter: how much later than the spike arrives `on_pre` acts; default: at once"
    )


class MemoryTable(Table):
    """A slow average over presentations, kept by the postsynaptic population."""

    name: Name = Field(description="how terms call it")
    of: Text = Field(description="what is averaged, over the copies for which `where` holds")
    where: Text = Field(description="condition on values of a copy, as in `polarity > 0`")
    rate: str = Field(description="parameter that is the weight of the newest average")
    scope: Literal["unit", "population"] = Field(description="one value for each unit, or one for all")
    initial: Finite = Field(0.0, description="what it is before the first presentation")


class ChangeTable(Table):
    """One term of the weight change: the product of the two sides."""

    pre: Text = Field(description="expression in variables of the presynaptic unit")
    post: Text = Field(description="expression in variables of the postsynaptic unit and what its population tells")
    when: When = Field("phase_end", description="when the term acts")
    weight: Text = Field("", description="factor of the weight, in `w` and parameters, as `w_max - w`; default: 1")
    synapse: Text = Field("", description="factor of the synapse, in its states and parameters; default: 1")


class UpdateTable(Table):
    """One element of the chain between the rule's proposal and the weights."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    name: str = Field(description="step, momentum, adam, decay, clip, dale_sign or normalise")


class RuleTable(Table):
    """How the circuit learns: by a rule that is named, or whose text stands here or in a file."""

    name: str = Field(description="see `brainlearn list rules`; with a text of its own, a name that none of them has")
    file: str | None = Field(None, description="file with the name and the text of a rule, from this file's folder")
    description: str = Field("", description="of a rule of your own: one line for people")
    source: str = Field("", description="of a rule of your own: the paper, with its equation")
    projections: list[str] | Literal["all"] = Field("all", description="names of those that learn")
    parameters: dict[Name, AnyQuantity] = Field(
        {}, description="values that replace the rule's defaults; with a text of its own, all constants that it reads"
    )
    updates: list[UpdateTable] = Field([], description="in order; default: adam")
    broadcasts_from: Path | None = Field(
        None, description="population whose means all these synapses are told, as a critic; default: the target's own"
    )
    traces: list[TraceTable] = Field([], description="variables that follow what units do")
    states: list[StateTable] = Field([], description="variables of every synapse")
    broadcasts: Names = Field({}, description="means over the units of the postsynaptic population")
    modulators: Names = Field({}, description="expressions of broadcasts, memories, parameters and `polarity`")
    memories: list[MemoryTable] = Field([], description="slow averages over presentations")
    changes: list[ChangeTable] = Field([], description="terms of the weight change, which add up")
    top_down: list[ChangeTable] = Field([], description="terms of top-down projections, in the place of `changes`")

    @property
    def has_text(self) -> bool:
        """Whether the table holds the text of a rule."""
        return any(name in self.model_fields_set for name in TEXT)
