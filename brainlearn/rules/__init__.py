"""Learning rules as text; a new rule is one file and one line in `RULES`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from brainlearn.rules.actor_critic import ACTOR_CRITIC
from brainlearn.rules.bcm import BCM
from brainlearn.rules.burst import BURST
from brainlearn.rules.calcium import CALCIUM
from brainlearn.rules.contrastive_divergence import (
    CONTRASTIVE_DIVERGENCE,
    EVENT_DRIVEN_CONTRASTIVE_DIVERGENCE,
    SPIKING_CONTRASTIVE_DIVERGENCE,
)
from brainlearn.rules.contrastive_hebbian import CONTRASTIVE_HEBBIAN
from brainlearn.rules.csdp import CSDP
from brainlearn.rules.dendritic_error import DENDRITIC_BALANCE, DENDRITIC_ERROR
from brainlearn.rules.e_prop import E_PROP, E_PROP_FILTERED, E_PROP_RATE_COST
from brainlearn.rules.equilibrium_propagation import EQUILIBRIUM_PROPAGATION
from brainlearn.rules.forward_forward import FORWARD_FORWARD, FORWARD_FORWARD_RUNNING, FORWARD_FORWARD_TRACE
from brainlearn.rules.forward_forward_recurrent import FORWARD_FORWARD_RECURRENT
from brainlearn.rules.inhibitory_stdp import INHIBITORY_STDP
from brainlearn.rules.kinase import KINASE, KINASE_CONTINUOUS
from brainlearn.rules.node_perturbation import NODE_PERTURBATION
from brainlearn.rules.oja import OJA
from brainlearn.rules.ostl import OSTL
from brainlearn.rules.ottt import OTTT
from brainlearn.rules.pair_stdp import PAIR_STDP
from brainlearn.rules.predictive_coding import PREDICTIVE_CODING
from brainlearn.rules.reward_e_prop import REWARD_E_PROP
from brainlearn.rules.reward_stdp import REWARD_STDP
from brainlearn.rules.rule import Change, Memory, Rule, State, Trace, parameters
from brainlearn.rules.target_propagation import TARGET_PROPAGATION
from brainlearn.rules.temporal_difference import SPIKE_DIFFERENCE, TEMPORAL_DIFFERENCE
from brainlearn.rules.three_factor import THREE_FACTOR
from brainlearn.rules.triplet_stdp import TRIPLET_STDP
from brainlearn.rules.voltage_stdp import VOLTAGE_STDP
from brainlearn.rules.wake_sleep import WAKE_SLEEP

__all__ = ["RULES", "Change", "Memory", "Rule", "State", "Trace", "parameters"]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            FORWARD_FORWARD,
            FORWARD_FORWARD_RUNNING,
            FORWARD_FORWARD_TRACE,
            FORWARD_FORWARD_RECURRENT,
            PAIR_STDP,
            TRIPLET_STDP,
            INHIBITORY_STDP,
            VOLTAGE_STDP,
            CALCIUM,
            OJA,
            BCM,
            TEMPORAL_DIFFERENCE,
            SPIKE_DIFFERENCE,
            EQUILIBRIUM_PROPAGATION,
            CONTRASTIVE_HEBBIAN,
            CONTRASTIVE_DIVERGENCE,
            SPIKING_CONTRASTIVE_DIVERGENCE,
            EVENT_DRIVEN_CONTRASTIVE_DIVERGENCE,
            WAKE_SLEEP,
            PREDICTIVE_CODING,
            KINASE,
            KINASE_CONTINUOUS,
            E_PROP,
            E_PROP_FILTERED,
            E_PROP_RATE_COST,
            OSTL,
            OTTT,
            BURST,
            DENDRITIC_ERROR,
            DENDRITIC_BALANCE,
            CSDP,
            TARGET_PROPAGATION,
            REWARD_STDP,
            THREE_FACTOR,
            ACTOR_CRITIC,
            REWARD_E_PROP,
            NODE_PERTURBATION,
        )
    }
)
