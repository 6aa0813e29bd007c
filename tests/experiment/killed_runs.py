"""Kills runs at random moments and resumes them: python -m tests.experiment.killed_runs FOLDER SEED KILLS KIND...

One process imports everything and trains without a stop; its children, forks of it, are killed with SIGKILL and their
runs resumed. Prints one JSON object with what was seen.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from brainlearn.results.checkpoint import FOLDER, checkpoint_files, load_checkpoint
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.store import load_result
from brainlearn.running import checkpoints, preparation, resume, run_to_folder
from brainlearn.training import progress
from brainlearn.training.progress import Progress, Silent
from tests.experiment.tiny_runs import few_items, outcome, tiny

CHANGES = ("training.save_minutes=1e-6", "readout.validate_every=2")  # every round; and little to validate
AGAIN = 0.3  # chance that a resumed run is killed too


ROOT = Path(__file__).parents[2]
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}


def killed(folder: Path, seed: int, count: int, *kinds: str) -> dict[str, Any]:
    """Kill and resume so many runs of these kinds in another process; return what it saw."""
    command = [sys.executable, "-m", "tests.experiment.killed_runs", str(folder), str(seed), str(count), *kinds]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class Speaker(Silent):
    """Writes a byte for everything that it is told."""

    def __init__(self, pipe: int) -> None:
        self.pipe = pipe

    def progress(self, progress: Progress) -> None:
        os.write(self.pipe, b"p")


class Counter(Silent):
    """Counts what it is told, and how long that takes."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def progress(self, progress: Progress) -> None:
        self.times.append(time.perf_counter())


def kill_child(work: Callable[[Speaker], object], signs: int, delay: float) -> bool:
    """Run `work` in a fork and kill it some seconds after so many signs of life; tell whether it lived until then."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reader)
            work(Speaker(writer))
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    seen = 0
    while seen < signs and (data := os.read(reader, 1)):
        seen += len(data)
    ended = bool(select.select([reader], [], [], delay)[0]) and not _drain(reader, time.perf_counter() + delay)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reader)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    return not ended and os.WIFSIGNALED(status)


def _drain(reader: int, until: float) -> bool:
    """Wait until a moment; False if the child ends before."""
    while (left := until - time.perf_counter()) > 0:
        if select.select([reader], [], [], left)[0] and not os.read(reader, 100):
            return False
    return True


def unreadable(folder: Path) -> list[str]:
    """Read all that a killed run left under its final name; return the names of what cannot be read."""
    wrong = []
    for path in [*checkpoint_files(folder), *folder.glob("result.nc")]:
        try:
            load_result(path) if path.suffix == ".nc" else load_checkpoint(path)
        except Exception as error:
            wrong.append(f"{path.name}: {error}")
    return wrong


def kill_and_resume(folder: Path, kind: str, signs: int, pause: float, rng: random.Random) -> dict[str, Any]:
    """Kill a run, perhaps again while it is resumed, then resume it to its end."""
    experiment, name = tiny(folder / "files", kind, *CHANGES)
    run = folder / "run"
    seen: dict[str, Any] = {"kind": kind, "kills": 0, "unreadable": [], "left": []}

    def begin(speaker: Speaker) -> None:
        run_to_folder(experiment, run, watcher=speaker, baseline=name)

    work: Callable[[Speaker], object] = begin
    while True:
        seen["kills"] += kill_child(work, rng.randrange(signs), pause * rng.random())
        seen["unreadable"] += unreadable(run)
        seen["left"].append(len(checkpoint_files(run)))
        if rng.random() > AGAIN or not RunFolder(run).marked:
            break
        work = lambda speaker: resume(run, watcher=speaker)  # noqa: E731
    ended = resume(run) if RunFolder(run).marked else run_to_folder(experiment, folder / "again", baseline=name)
    assert ended is not None
    seen["outcome"] = outcome(ended.record)
    seen["parts"] = [path.name for path in (*run.glob(".*"), *run.glob(f"{FOLDER}/*"))]
    return seen


def main(folder: Path, seed: int, kills: int, kinds: list[str]) -> dict[str, Any]:
    """Kill and resume; return how many ended like the run without a stop, and everything that went wrong."""
    preparation.load_dataset = few_items  # type: ignore[assignment]
    progress.SHOW_EVERY = 0.0
    checkpoints.MOST = 1.0  # as often as asked, whatever it costs
    whole, signs, pauses = {}, {}, {}
    for kind in kinds:
        experiment, name = tiny(folder / kind, kind, *CHANGES)
        counter = Counter()
        whole[kind] = outcome(run_to_folder(experiment, folder / kind / "whole", watcher=counter, baseline=name).record)
        signs[kind] = len(counter.times)
        pauses[kind] = 2 * (counter.times[-1] - counter.times[0]) / len(counter.times)
    found: dict[str, Any] = {"equal": 0, "kills": 0, "with_checkpoints": 0, "wrong": []}
    for k in range(kills):
        rng, kind = random.Random(f"{seed} {k}"), kinds[k % len(kinds)]
        seen = kill_and_resume(folder / f"{k}", kind, signs[kind], pauses[kind], rng)
        differs = [key for key, value in whole[kind].items() if seen["outcome"].get(key) != value]
        found["equal"] += not differs
        found["kills"] += seen["kills"]
        found["with_checkpoints"] += any(seen["left"])
        if differs or seen["unreadable"] or seen["parts"]:
            found["wrong"].append({"k": k, "differs": differs, **{n: seen[n] for n in ("unreadable", "parts", "kind")}})
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])))
