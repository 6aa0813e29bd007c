"""Peak memory of learning with many copies, in a process of its own, and whether it grows.

python -m benchmarks.memory COPIES STEPS ROUNDS
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys

from benchmarks.timing import say

RULE = "forward_forward"


def measure_memory(copies: int, steps: int, rounds: int = 40) -> dict[str, float]:
    """Return the peak memory in MB after building, after one round, and after `rounds` rounds of learning."""
    say("memory")
    command = [sys.executable, "-m", "benchmarks.memory", str(copies), str(steps), str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    peaks: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return peaks


def peak() -> float:
    """Return the largest resident memory of this process so far, in MB (10^6 bytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def main(copies: int, steps: int, rounds: int) -> None:
    """Learn, and print the peaks as JSON."""
    from benchmarks.copies import Copies
    from benchmarks.learning import CONSTANTS
    from benchmarks.task import make_task

    task = make_task(copies=copies, steps=steps)
    learner = Copies(task, RULE, CONSTANTS)
    peaks: dict[str, float] = {"copies": copies, "built_mb": peak()}
    learner.run(2)
    peaks |= {"presentations_before": 2 * copies, "before_mb": peak()}
    learner.run(rounds)
    peaks |= {"presentations_after": (2 + rounds) * copies, "after_mb": peak()}
    print(json.dumps(peaks))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
