"""What checkpoints cost: the share of the training time of the MNIST experiment that goes into them.

python -m benchmarks.checkpoints [--data DIR] [--epochs N]

Experiment 02 is trained with its own sizes and settings, on MNIST or, without its folder, on as much noise. A clock
runs whenever training waits for checkpoints: while the state is gathered, copied, or written to the disk with fsync.
Each epoch gives one share: this time by the rest of the epoch's. Once it is saved as by default, and once as often as
training lets it, which is where the limit of 2 % works.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import say
from brainlearn.results.checkpoint import checkpoint_files
from brainlearn.running.checkpoints import Checkpoints
from brainlearn.stimuli import Dataset, load_dataset
from brainlearn.training.progress import Silent

EXPERIMENT = Path(__file__).parents[1] / "experiments" / "02_forward_forward_mnist" / "experiment.toml"
MINUTES = {"by_default": 10.0, "as_often_as_allowed": 1e-6}
CHANGES = ("readout.validate_on=100", "alignment.epochs=[]")  # neither is what is measured
TESTED = 100


def measure_checkpoints(epochs: int = 3, data: Path | None = None) -> dict[str, Any]:
    """Return for both habits the percentage of every epoch's time that went into checkpoints, and their median."""
    say("checkpoints")
    found: dict[str, Any] = {"epochs": epochs, "data": "noise of the size of MNIST" if data is None else "MNIST"}
    for habit, minutes in MINUTES.items():
        clock = _train(epochs, minutes, data)
        found[habit] = {
            "median_percent": round(statistics.median(clock.percent()), 3),
            "all_percent": [round(share, 3) for share in clock.percent()],
            "epoch_seconds": [round(seconds, 2) for seconds in clock.epoch_seconds()],
            "written": clock.written,
            "megabytes": clock.megabytes,
        }
        say(f"  {habit}: {found[habit]['all_percent']} %")
    return found


def table(checkpoints: Mapping[str, Any]) -> list[str]:
    """Return the shares as lines of a table."""
    lines = [f"\nCheckpoints, percent of the training time (784-500-500, experiment 02 on {checkpoints['data']})"]
    for habit in MINUTES:
        found = checkpoints[habit]
        lines.append(
            f"  {habit:<24} {found['median_percent']:9.2f}   (most {max(found['all_percent']):.2f}; "
            f"{found['written']} checkpoints of {found['megabytes']:.1f} MB in {checkpoints['epochs']} epochs)"
        )
    return lines


class Clock(Checkpoints):
    """Checkpoints that note for how long training waited for them."""

    spent = 0.0
    written = 0
    megabytes = 0.0
    _depth = 0

    def begin(self) -> None:
        """Start the first epoch."""
        self.marks = [(time.perf_counter(), 0.0)]

    def between_rounds(self) -> None:
        """As usual, on the clock."""
        with self._running():
            super().between_rounds()

    def before_answers(self) -> None:
        """As usual, on the clock."""
        with self._running():
            super().before_answers()

    def while_answering(self) -> None:
        """As usual, on the clock."""
        with self._running():
            super().while_answering()

    def epoch_over(self) -> None:
        """As usual, on the clock; ends an epoch."""
        with self._running():
            super().epoch_over()
        self.marks.append((time.perf_counter(), self.spent))

    def save(self) -> None:
        """As usual, and count the files."""
        super().save()
        self.written += 1
        self.megabytes = round(checkpoint_files(self.folder)[-1].stat().st_size / 1e6, 1)

    @contextlib.contextmanager
    def _running(self) -> Iterator[None]:
        began, outermost = time.perf_counter(), self._depth == 0
        self._depth += 1
        yield
        self._depth -= 1
        if outermost:
            self.spent += time.perf_counter() - began

    def epoch_seconds(self) -> list[float]:
        """Return for how long every epoch took, without the checkpoints [s]."""
        pairs = zip(self.marks, self.marks[1:], strict=False)
        return [later - now - (spent - before) for (now, before), (later, spent) in pairs]

    def percent(self) -> list[float]:
        """Return how much of every epoch's time checkpoints took beside it."""
        spent = np.diff([each for _, each in self.marks])
        return [float(100 * each / rest) for each, rest in zip(spent, self.epoch_seconds(), strict=True)]


def _train(epochs: int, minutes: float, data: Path | None) -> Clock:
    """Train experiment 02 for some epochs and return the clock of its checkpoints."""
    from brainlearn.experiment import load_experiment
    from brainlearn.running.checkpoints import origin_of
    from brainlearn.running.conduct import conduct
    from brainlearn.stimuli import split_validation
    from brainlearn.training.start import start_course

    experiment = load_experiment(EXPERIMENT, [*CHANGES, f"training.epochs={epochs}"])
    settings, dataset = experiment.settings, _dataset(data)
    split = split_validation(dataset, settings.dataset.validation, None, np.random.default_rng(1))
    course = start_course(experiment, dataset, split, Silent())
    with tempfile.TemporaryDirectory() as place:
        clock = Clock(Path(place), origin_of(course, "circuit.toml"), minutes)
        clock.begin()
        conduct(course, clock)
    del clock.marks[epochs + 1 :]  # what came after the last epoch is the test
    return clock


def _dataset(data: Path | None) -> Dataset:
    """Return MNIST, or noise of its size, with few items to test."""
    if data is not None:
        whole = load_dataset("mnist", data)
        return replace(whole, test_images=whole.test_images[:TESTED], test_labels=whole.test_labels[:TESTED])
    rng = np.random.default_rng(1)
    images = rng.random((60_000 + TESTED, 784), dtype=np.float32)
    images *= rng.random(images.shape, dtype=np.float32) < 0.2  # as many pixels are not black in MNIST
    labels = rng.integers(10, size=len(images))
    held_out = images[:TESTED], labels[:TESTED]
    return Dataset("noise", images[TESTED:], labels[TESTED:], *held_out, 10, (28, 28), validate_on_last=True)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checkpoints", description="The cost of checkpoints.")
    parser.add_argument("--data", type=Path, help="folder of MNIST; default: noise")
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    print("\n".join(table(measure_checkpoints(options.epochs, options.data))))


if __name__ == "__main__":
    main()
