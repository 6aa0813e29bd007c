"""Draw circuits, run all machines on each, and shrink those that disagree to small files.

    python -m tests.differential.fuzz --seed 1000 --circuits 200 --keep /tmp/disagreements
    python -m tests.differential.fuzz --learning --seed 1000 --circuits 100

Every number is a circuit of its own: the same number is the same circuit, on every machine. The folder of a circuit
that disagrees holds the circuit file, its arrays and the plain script.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import hypothesis
from brian2 import BrianLogger
from hypothesis import HealthCheck, Phase, given, settings

from brainlearn.brian.network_run import little_garbage
from brainlearn.mistakes import UserError
from tests.differential import learning_machines, machines
from tests.differential.agreement import differences, finite, hangs_by_a_thread
from tests.differential.case import Case, Record
from tests.differential.grammar import cases
from tests.differential.learning_case import LearningCase
from tests.differential.rule_grammar import learning_cases
from tests.differential.varied import varied

SETTINGS = settings(
    max_examples=2,  # the first is the smallest circuit there is, the same for every number; the second is drawn
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
DRAWN_ONLY = settings(SETTINGS, phases=[Phase.generate])


class Disagreement(AssertionError):
    """What the machines do not agree about; and which of them, if it is one."""

    def __init__(self, text: str, *machines: str) -> None:
        super().__init__(text)
        self.machines = machines


@little_garbage()
def check(case: Case, folder: Path, names: Sequence[str] = tuple(machines.MACHINES)) -> None:
    """Run all machines on a case.

    Raises
    ------
    Disagreement
        With one line for each difference.
    """
    if case.refused:
        _check_refused(case, folder)
        return
    circuit = _loaded(case, folder)
    expected = machines.plain(case, folder)
    if not finite(expected):
        return
    for name in names:
        lines = _compared(lambda name=name: machines.MACHINES[name](case, circuit), expected)
        if lines and not hangs_by_a_thread(case, folder / "nudged", machines.plain, expected):
            raise Disagreement("\n".join([f"{name} and the script in {folder}:", *lines, repr(case)]), name)


@little_garbage()
def check_learning(learning: LearningCase, folder: Path, names: Sequence[str] = learning_machines.DELIVERIES) -> None:
    """Let a circuit learn in both deliveries; as `check`."""
    circuit = _loaded(learning.case, folder)
    expected = learning_machines.plain(learning, folder)
    if not finite(expected):
        return
    for name in names:
        lines = _compared(lambda name=name: learning_machines.learned(learning, circuit, name), expected)
        if lines and not hangs_by_a_thread(learning, folder / "nudged", learning_machines.plain, expected):
            raise Disagreement("\n".join([f"{name} and the script in {folder}:", *lines, repr(learning)]), name)


def _loaded(case: Case, folder: Path) -> machines.Circuit:
    try:
        return machines.loaded(case, folder)
    except UserError as error:
        raise Disagreement(f"refused: {error}\n{case}") from error


def _check_refused(case: Case, folder: Path) -> None:
    try:
        machines.MACHINES["stock"](case, machines.loaded(case, folder))
    except UserError as error:
        if case.refused not in str(error):
            raise Disagreement(f"refused for another reason than {case.refused}: {error}\n{case}") from error
        return
    raise Disagreement(f"not refused, in spite of {case.refused}\n{case}")


def _compared(run: Callable[[], Record | None], expected: Record) -> list[str]:
    try:
        found = run()
    except Exception as error:  # whatever it is, the plain script ran
        return [f"{type(error).__name__}: {machines.reason_of(error)}"]
    return [] if found is None else differences(expected, found)


def fuzz(
    number: int, folder: Path, learning: bool = False, shrink: bool = True, only: str = "", vary: bool = False
) -> None:
    """Check the circuit of a number, and shrink it if the machines disagree; number 0 checks the smallest circuit too.

    Parameters
    ----------
    number : int
    folder : Path
    learning : bool
        Whether the circuit learns.
    shrink : bool
    only : str
        A regular expression: circuits whose text does not match are left alone.
    vary : bool
        Whether units have constants and initial values of their own.
    """
    left: list[list[str]] = []
    shown = 0
    checked: Callable[..., None] = check_learning if learning else check
    drawn: Any = learning_cases() if learning else cases()

    @hypothesis.seed(number)
    @(SETTINGS if shrink else DRAWN_ONLY)
    @given(drawn)
    def agree(case: Any) -> None:
        nonlocal shown
        shown += 1
        if shown == 1 and number:
            return
        if not re.search(only, repr(case)):
            return
        try:
            checked(varied(case, number) if vary else case, folder, *left)
        except Disagreement as error:
            left[:] = [list(error.machines)] if error.machines else []  # shrinking asks this one again and again
            raise

    agree()


def main() -> int:
    """Check as many circuits as the command line asks for; return 1 if any disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0, help="number of the first circuit")
    parser.add_argument("--circuits", type=int, default=40)
    parser.add_argument("--learning", action="store_true", help="circuits that learn")
    parser.add_argument("--vary", action="store_true", help="units with constants and initial values of their own")
    parser.add_argument("--drawn", action="store_true", help="as they were drawn, not shrunk: quicker")
    parser.add_argument("--keep", type=Path, help="folder for the files of circuits that disagree")
    chosen = parser.parse_args()
    BrianLogger.log_level_error()
    wrong = 0
    for number in range(chosen.seed, chosen.seed + chosen.circuits):
        folder = (chosen.keep or Path(tempfile.gettempdir()) / "circuits_that_disagree") / str(number)
        try:
            fuzz(number, folder, chosen.learning, shrink=not chosen.drawn, vary=chosen.vary)
        except Disagreement as error:
            wrong += 1
            print(f"circuit {number}: {error}\n", flush=True)
    print(f"{chosen.circuits} circuits, {wrong} disagreements")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
