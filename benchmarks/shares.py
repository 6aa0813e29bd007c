"""Where the time goes: synaptic delivery, neuron update, everything else."""

from __future__ import annotations

import functools
import re
import statistics

from benchmarks.copies import Copies
from benchmarks.learning import CONSTANTS
from benchmarks.task import Task
from benchmarks.timing import say

ROUNDS = 20
KINDS = {
    "synaptic_delivery": r"^projection_",
    "neuron_update": r"_(stateupdater|spike_thresholder|spike_resetter)$",
}


def measure_shares(task: Task) -> dict[str, dict[str, float]]:
    """Return shares of the time of a run's steps, without and with learning, from Brian2's own profile."""
    say("shares of the time")
    return {rule: _shares(Copies(task, rule, CONSTANTS)) for rule in ("none", "forward_forward", "pair_stdp")}


def _shares(copies: Copies) -> dict[str, float]:
    network = copies.simulation.network
    copies.run(1)
    network.run = functools.partial(network.run, profile=True)
    total = statistics.mean(copies.run(ROUNDS)) * copies.task.copies * ROUNDS
    profile = [(name, float(seconds)) for name, seconds in network.profiling_info]
    shares = {
        kind: sum(seconds for name, seconds in profile if re.search(pattern, name)) / total
        for kind, pattern in KINDS.items()
    }
    shares["everything_else"] = 1 - sum(shares.values())
    return {kind: round(share, 3) for kind, share in shares.items()}
