"""Which synapse of NEST a projection has: one that does not change, or one that tires and facilitates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brainlearn.circuit import Projection
from brainlearn.interchange.sonata.cell import MILLI, NotSaid
from brainlearn.units import Quantity


@dataclass(frozen=True)
class SynapseType:
    """A synapse of NEST.

    Parameters
    ----------
    model : str
        As NEST calls it.
    parameters : mapping of str to float
        By NEST's names; times in ms.
    """

    model: str
    parameters: Mapping[str, float]


def synapse_type(projection: Projection) -> SynapseType:
    """Return the synapse of NEST.

    With a time of inactivation it is tsodyks_synapse, which begins as here, with all resources there. Without one it
    is tsodyks2_synapse, whose first spike takes the utilisation that it begins with.

    Raises
    ------
    NotSaid
        If each synapse has its own values: NEST reads them for weights and delays only.
    """
    table = projection.short_term_plasticity
    if table is None:
        return SynapseType("static_synapse", {})
    values = {name: getattr(table, name) for name in type(table).model_fields}
    if drawn := [name for name, value in values.items() if not isinstance(value, Quantity)]:
        hint = "Give quantities, the same for all synapses of a projection."
        raise NotSaid("NEST reads weights and delays of single synapses only", ", ".join(drawn), "quantities", hint)
    used, recovery = float(values["utilisation"].value), values["tau_recovery"].value / MILLI
    shared = {"U": used, "tau_rec": recovery, "tau_fac": values["tau_facilitation"].value / MILLI, "x": 1.0}
    if values["tau_inactivation"].value:
        shared |= {"tau_psc": values["tau_inactivation"].value / MILLI, "y": 0.0, "u": 0.0}
        return SynapseType("tsodyks_synapse", shared)
    return SynapseType("tsodyks2_synapse", {**shared, "u": used})
