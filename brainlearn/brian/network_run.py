"""Running a network, without a warning that says nothing."""

from __future__ import annotations

import warnings

from brian2 import Network, second


def run_network(network: Network, duration: float) -> None:
    """Run for a duration [s]; names in its text are those that its objects were given."""
    with warnings.catch_warnings():
        # Brian2 compares float32 states with 1e50 after every run, which is infinite there.
        warnings.filterwarnings("ignore", message="overflow encountered in cast", category=RuntimeWarning)
        network.run(duration * second, namespace={})
