"""Faults that the package once had, put back one at a time, and whether the fuzzer finds them.

    python -m tests.differential.faults names_of_groups --circuits 60

Each runs in a process of its own, because some have to be there before the package is imported. It prints the number of
the first circuit that disagrees.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Fault:
    """A fault.

    Parameters
    ----------
    number : int
        In the list of faults that were found in use, from 1 to 8.
    put_back : callable
    learning : bool
        Whether circuits have to learn to show it.
    text : str
        A regular expression: circuits that do not match cannot show it, and are not run.
    """

    number: int
    put_back: Callable[[], None]
    learning: bool = False
    text: str = ""


def _module(name: str) -> Any:
    return importlib.import_module(f"brainlearn.{name}")


def _replace(module: str, name: str, value: Any) -> None:
    """Put something in the place of what a module has under a name; an AttributeError if it has nothing there."""
    where = _module(module)
    getattr(where, name)
    setattr(where, name, value)


def names_of_groups() -> None:
    """The gain and the count of spikes have names that a file may use."""
    prefix = _module("reserved").PREFIX
    _replace("reserved", "reserved", lambda name: name if name in ("gain", "spike_count") else prefix + name)


def names_of_rules() -> None:
    """Parameters of a rule replace parameters of the neuron of the same name."""
    populations = _module("brian.populations")
    build = populations.PopulationGroup._build

    def overwritten(self: Any, *arguments: Any) -> Any:
        constants = self.traces.constants if self.traces else {}
        names = {name.removeprefix("brainlearn_").removesuffix("_in_rule"): value for name, value in constants.items()}
        self.parameters |= {name: value for name, value in names.items() if name in self.parameters}
        return build(self, *arguments)

    populations.PopulationGroup._build = overwritten


def ambiguous_constants() -> None:
    """A parameter that both models have is that of one of them, without a word."""
    for module in ("brian.text.synapse_constants", "brian.text.synapse_check"):
        _replace(module, "ambiguous_constants", lambda circuit, projection: [])


def input_not_set_again() -> None:
    """A continuous input stays as a reset or a spike left it."""
    _replace("brian.text.synapse_text", "_overwritten", lambda circuit, path, variable: False)


def aliases_in_resets() -> None:
    """``last = v; v -= 0.5`` keeps what `v` becomes."""
    _replace("brian.fused_code", "without_aliases", lambda code: code)


def polarity_of_before() -> None:
    """Terms on spikes read the polarity of the presentation before."""
    steps = _module("brian.learning.steps")
    begin = steps.PopulationNow.begin

    def late(self: Any, polarity: Any, nudge: float, nudge_before: float) -> None:
        before = getattr(self, "_late", polarity * 0 + 1)
        self._late = polarity
        begin(self, before, nudge, nudge_before)

    steps.PopulationNow.begin = late


def units_of_all_copies() -> None:
    """`i` and `N` count all copies."""
    _replace("brian.populations", "of_one_copy", lambda text: text)


def time_of_the_run() -> None:
    """`t` is the time since the beginning of the run."""
    _module("brian.one_copy").OnsetTime.be_read_by = lambda self, group: None


def signs_of_tied_weights() -> None:
    """Tied weights follow the others across 0."""
    wiring = _module("circuit.wiring")
    follow = wiring.follow
    unsigned = lambda weights, tied, own, sign="mixed": follow(weights, tied, own)  # noqa: E731
    for name in ("circuit.wiring", "mirror.tied"):
        _replace(name, "follow", unsigned)


def zeros_that_learn() -> None:
    """Zeros of a file become synapses."""
    wiring = _module("circuit.wiring")
    wired = wiring.wire_projection

    def all_connected(circuit: Any, projection: Any, *settings: Any) -> Any:
        found = wired(circuit, projection, *settings)
        return wiring.Wiring(found.weights, None, found.own)

    wiring.wire_projection = all_connected


def variables_on_arrival() -> None:
    """Presynaptic variables under a delay are read when the spike arrives."""
    shared = _module("brian.shared_synapses").SharedSynapses
    deliver = shared._deliver

    def late(self: Any, volley: Any) -> None:
        if len(volley.spikes):
            volley.factors = [factor(volley.spikes) for factor in self._factors]
        deliver(self, volley)

    shared._deliver = late


def traces_by_euler() -> None:
    """Traces are integrated by Euler's method."""
    import numpy as np

    euler = lambda matrix, dt: (np.eye(len(matrix)) + matrix * dt, np.eye(len(matrix)) * dt)  # noqa: E731
    _replace("brian.learning.traces", "solved", euler)


_NEXT = r"(?:; |\\n)(?:[^\"]*(?:; |\\n))?"  # from one statement of a reset to a later one, in TOML

FAULTS = {
    "names_of_groups": Fault(1, names_of_groups, text=r"\b(gain|spike_count)\b"),
    "names_of_rules": Fault(1, names_of_rules, learning=True, text="Trace"),
    "ambiguous_constants": Fault(2, ambiguous_constants, text="is ambiguous"),
    "input_not_set_again": Fault(3, input_not_set_again, text="transmit"),
    "aliases_in_resets": Fault(4, aliases_in_resets, text=rf" = \(?(\w+)\)?{_NEXT}\1 (-=|\*=|= \1)"),
    "polarity_of_before": Fault(5, polarity_of_before, learning=True, text="(pre|post)_spike: .*polarity"),
    "units_of_all_copies": Fault(6, units_of_all_copies, text=r"\b[iN]\b"),
    "time_of_the_run": Fault(6, time_of_the_run, text=r"\bt\b"),
    "signs_of_tied_weights": Fault(7, signs_of_tied_weights, text="tied"),
    "zeros_that_learn": Fault(7, zeros_that_learn, learning=True),
    "variables_on_arrival": Fault(7, variables_on_arrival, text=r"on_pre = .*_pre\b"),
    "traces_by_euler": Fault(8, traces_by_euler, learning=True, text="Trace"),
}


def first_found(fault: Fault, circuits: int) -> int | None:
    """Put a fault back for good, and return the number of the first circuit that disagrees; None if none does."""
    fault.put_back()
    from brian2 import BrianLogger

    from tests.differential.fuzz import Disagreement, fuzz

    BrianLogger.log_level_error()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(circuits):
            try:
                fuzz(number, Path(folder), fault.learning, shrink=False, only=fault.text)
            except Disagreement as error:
                print("\n".join(str(error).splitlines()[:3]))
                return number
    return None


def main() -> int:
    """Put back what the command line names; return 1 if it was not found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fault", choices=FAULTS)
    parser.add_argument("--circuits", type=int, default=40)
    chosen = parser.parse_args()
    number = first_found(FAULTS[chosen.fault], chosen.circuits)
    print("not found" if number is None else f"found by circuit {number}")
    return int(number is None)


if __name__ == "__main__":
    sys.exit(main())
