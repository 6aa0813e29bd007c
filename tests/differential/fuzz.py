"""Draw circuits, run all machines on each, and shrink the first that disagrees to a small file.

    python -m tests.differential.fuzz --seed 1000 --circuits 200 --keep /tmp/disagreements

Every number is a circuit of its own: the same number is the same circuit, on every machine.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import hypothesis
from brian2 import BrianLogger
from hypothesis import HealthCheck, given, settings

from brainlearn.mistakes import UserError
from tests.differential import machines
from tests.differential.agreement import differences, finite, hangs_by_a_thread
from tests.differential.case import Case
from tests.differential.grammar import cases

Machine = Callable[..., object]
SETTINGS = settings(
    max_examples=2,  # the first is the smallest circuit there is, the second is drawn
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


class Disagreement(AssertionError):
    """What the machines do not agree about; and which of them, if it is one."""

    def __init__(self, text: str, *machines: str) -> None:
        super().__init__(text)
        self.machines = machines


def check(case: Case, folder: Path, names: Sequence[str] = tuple(machines.MACHINES)) -> bool:
    """Run all machines on a case; return whether anything could be compared.

    Raises
    ------
    Disagreement
        With one line for each difference.
    """
    gc.freeze()  # Brian2 collects garbage whenever a network runs
    try:
        circuit = machines.loaded(case, folder)
    except UserError as error:
        if case.refused and case.refused in str(error):
            return True
        raise Disagreement(f"refused: {error}\n{case}") from error
    if case.refused:
        raise Disagreement(f"not refused, in spite of {case.refused}\n{case}")
    expected = machines.plain(case, folder)
    if not finite(expected):
        return False
    for name in names:
        lines = _compared(name, case, circuit, expected)
        if lines and not hangs_by_a_thread(case, expected, folder / "nudged"):
            head = f"{name} and the plain script {folder / machines.SCRIPT}:"
            raise Disagreement("\n".join([head, *lines, repr(case)]), name)
    return True


def _compared(name: str, case: Case, circuit: machines.Circuit, expected: machines.Record) -> list[str]:
    try:
        found = machines.MACHINES[name](case, circuit)
    except Exception as error:  # whatever it is, the plain script ran
        return [f"{type(error).__name__}: {machines.reason_of(error)}"]
    return [] if found is None else differences(expected, found)


def fuzz(number: int, folder: Path, names: Sequence[str] = tuple(machines.MACHINES)) -> None:
    """Check the circuit of a number, and shrink it if the machines disagree."""

    left = list(names)

    @hypothesis.seed(number)
    @SETTINGS
    @given(cases())
    def agree(case: Case) -> None:
        try:
            check(case, folder, left)
        except Disagreement as error:
            left[:] = error.machines or left  # shrinking asks this one again and again
            raise

    agree()


def main() -> int:
    """Check as many circuits as the command line asks for; return how many disagree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0, help="number of the first circuit")
    parser.add_argument("--circuits", type=int, default=40)
    parser.add_argument("--machines", nargs="+", default=list(machines.MACHINES), choices=list(machines.MACHINES))
    parser.add_argument("--keep", type=Path, help="folder for the files of circuits that disagree")
    chosen = parser.parse_args()
    BrianLogger.log_level_error()
    wrong = 0
    for number in range(chosen.seed, chosen.seed + chosen.circuits):
        folder = (chosen.keep or Path(tempfile.gettempdir()) / "circuits_that_disagree") / str(number)
        try:
            fuzz(number, folder, chosen.machines)
        except Disagreement as error:
            wrong += 1
            print(f"circuit {number}: {error}\n", flush=True)
    print(f"{chosen.circuits} circuits, {wrong} disagreements")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
