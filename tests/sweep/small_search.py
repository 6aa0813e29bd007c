"""Searches whose trials are computed at once: an experiment that is judged by a formula, and not trained."""

from __future__ import annotations

import contextlib
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from distributed import Client

from brainlearn.results.summary import summary
from brainlearn.sweep.point import Point, folder_of, is_done
from brainlearn.sweep.progress import PointDone
from tests.results.small_run import make_record

TWO_ARMS = """
[search]
trials = 4
seed = 3
[search.arms.rule.space]
"rule.updates[0].size" = { low = 1e-3, high = 1e-1, log = true }
"training.copies" = { low = 100, high = 400, step = 100 }
[search.arms.backprop]
train = "backprop_through_time"
set = { "training.copies" = 200 }
space = { "baselines.backprop_through_time.step_size" = { low = 1e-3, high = 1e-1, log = true } }
"""
VALIDATED = 'set = { "dataset.validation" = 30, "training.samples" = 400, "training.copies" = 400 }\n'
VALIDATED_ALONE = VALIDATED.replace(', "training.copies" = 400', "")


def error_of(point: Point) -> float:
    """Return the validation error that a trial has: least at a step size of 0.01."""
    settings = tomllib.loads(point.experiment)
    if point.baseline is not None:
        return 100 * abs(settings["baselines"][point.baseline]["step_size"] - 0.01)
    return 100 * abs(settings["rule"]["updates"][0]["size"] - 0.01) + settings["training"]["copies"] / 1e4


SUMMARY = summary(make_record())
COMPUTED: list[Point] = []
"""What `compute` was asked for, since somebody emptied it."""


def compute(point: Point, sweep: str, data: str | None) -> str:
    """Stand for what a worker does; of a validation error above 8 % there is no result."""
    if is_done(Path(sweep), point):
        return ""
    COMPUTED.append(point)
    tested, error = tomllib.loads(point.experiment).get("readout", {}).get("test", True), error_of(point)
    if error > 8:
        return "too hot"
    folder = folder_of(Path(sweep), point)
    folder.mkdir()
    found = {**SUMMARY, "validation_error_percent": error, "test_error_percent": error if tested else None}
    (folder / "summary.json").write_text(json.dumps(found), encoding="utf-8")
    return ""


@contextlib.contextmanager
def threads(workers: int = 1) -> Iterator[Client]:
    """Give a client of workers that are threads of this process."""
    with Client(
        processes=False, n_workers=workers, threads_per_worker=1, dashboard_address=":0", set_as_default=False
    ) as client:
        yield client


class StopsAfter:
    """A watcher that stops the search after some trials, as Ctrl-C does."""

    def __init__(self, points: int) -> None:
        self.left, self.began, self.done = points, [], []

    def started(self, title: str, done: int, total: int) -> None:
        self.began.append((done, total))

    def point_done(self, point: PointDone) -> None:
        self.done.append(point)
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt
