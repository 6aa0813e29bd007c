"""Cost in a result: variables of the group ``/cost``, after NeuroBench; see `docs/cost.md`."""

from __future__ import annotations

from collections.abc import Mapping

from brainlearn.results.variables import Variable

TRAINING, TEST = "training", "test"
_STAGE, _PROJECTION, _POPULATION = ("stage",), ("stage", "projection"), ("stage", "population")
OF_STAGES: Mapping[str, Variable] = {
    "presentations": Variable(_STAGE, "1", "presentations shown, validation left out"),
    "steps": Variable(_STAGE, "1", "time steps summed over presentations"),
    "traffic_bytes": Variable(_STAGE, "byte", "read and written, if nothing is cached"),
    "macs": Variable(_PROJECTION, "1", "multiply-accumulates through nonzero synapses"),
    "acs": Variable(_PROJECTION, "1", "accumulates through nonzero synapses"),
    "dense": Variable(_PROJECTION, "1", "operations if nothing is skipped"),
    "learning_macs": Variable(_PROJECTION, "1", "multiply-accumulates that change weights"),
    "learning_acs": Variable(_PROJECTION, "1", "accumulates that change weights"),
    "learning_dense": Variable(_PROJECTION, "1", "operations that change weights, if nothing is skipped"),
    "weight_updates": Variable(_PROJECTION, "1", "weights read, changed and written"),
    "events": Variable(_POPULATION, "1", "spikes, or steps of graded units that are not 0"),
    "membrane_updates": Variable(_POPULATION, "1", "time steps of all units"),
    "state_updates": Variable(_POPULATION, "1", "time steps of all variables that units integrate"),
}
"""Sums over all presentations of a stage."""
FOOTPRINT: Mapping[str, Variable] = {
    "pairs": Variable(("projection",), "1", "source units times target units"),
    "synapses": Variable(("projection",), "1", "synapses"),
    "nonzero": Variable(("projection",), "1", "synapses whose weight is not 0, after training"),
    "exact": Variable(("projection",), "1", "1 if operations are counted, 0 if they are estimated", "iu"),
    "parameter_bytes": Variable(("projection",), "byte", "weights, including zeros"),
    "state_bytes": Variable(("population",), "byte", "variables that units integrate, of one copy"),
    "learning_bytes": Variable((), "byte", "additional memory for learning, of one copy"),
}
COST: Mapping[str, Variable] = {
    "stage": Variable(_STAGE, "1", "training without validation, or the test", "U"),
    "projection": Variable(("projection",), "1", "name of the projection, or of the readout of a baseline", "U"),
    "population": Variable(("population",), "1", "path of the population", "U"),
    **OF_STAGES,
    **FOOTPRINT,
}
