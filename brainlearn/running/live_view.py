"""What a training shows of its circuit while it runs: activity, weights, errors; small enough for a file a second."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from brainlearn.circuit import Projection
from brainlearn.results.record import EpochRecord
from brainlearn.results.run_folder import RunFolder
from brainlearn.training.course import Course

EVERY = 1.0  # seconds between two views at least
MOST = 0.005  # share of the time that may go into them
UNITS = 1024  # of a population at most
WEIGHTS = 20_000  # of a projection at most
BINS = 24
CURVE = 400  # points of the error curve at most


class LiveView:
    """Writes what the circuit does, at most once a second and for at most half a percent of the time.

    Of copies that are distributed over processes it shows those of the first one, as no other waits for it.

    Parameters
    ----------
    course : Course
        About to be trained; it is read between rounds.
    folder : RunFolder
    """

    def __init__(self, course: Course, folder: RunFolder) -> None:
        self._course, self._folder = course, folder
        self._last, self._cost = -math.inf, 0.0
        self._curve: list[tuple[int, float]] = []
        learning, circuit = course.learner.learning(), course.experiment.circuit
        by_rule = course.learner.baseline is None  # baselines hold only the weights that they learn
        self._seen = [p for p in circuit.projections if by_rule or p.name in learning]
        self._before = {name: self._drawn(name) for name in learning}
        self._limits = {name: 1.5 * float(np.abs(each).max(initial=1e-9)) for name, each in self._before.items()}

    def look(self) -> None:
        """Write a view of the circuit at the end of a round, if it is due."""
        began = time.monotonic()
        if began - self._last < max(EVERY, self._cost / MOST):
            return
        self._folder.write_live({**self.view(), "written": time.time()})
        self._last = time.monotonic()
        self._cost = self._last - began

    def epoch_done(self, record: EpochRecord) -> None:
        """Keep the validation error of an epoch."""
        if math.isfinite(record.validation_error_percent):
            self._curve = [*self._curve, (record.epoch, record.validation_error_percent)]
        if len(self._curve) > CURVE:
            self._curve = self._curve[::2]

    def view(self) -> dict[str, Any]:
        """Return populations, projections and the error curve, as docs/runs.md describes them."""
        means = self._means()
        return {
            "populations": self._populations(means),
            "projections": {p.name: self._projection(p, means.get(p.source, 0.0)) for p in self._seen},
            "curve": self._curve,
        }

    # ---- populations -------------------------------------------------------------------------------------------------

    def _means(self) -> dict[str, float]:
        """Return the mean size of the activity of every population that was seen in the last round."""
        found = {path: float(np.abs(values).mean()) for path, values in self._shown().items()}
        sizes, _ = self._course.learner.units()
        return found | {path: float(np.abs(self._course.learner.own_activity(path)).mean()) for path in sizes}

    def _populations(self, means: Mapping[str, float]) -> dict[str, Any]:
        sizes, spiking = self._course.learner.units()
        units = {path: self._course.learner.own_activity(path)[0] for path in sizes}
        units |= {path: values[0] for path, values in self._shown().items()}
        return {
            path: {"mean": means[path], "spiking": path in spiking, "units": of_hundred(few(values, UNITS))}
            for path, values in units.items()
        }

    def _shown(self) -> dict[str, np.ndarray]:
        """Return what stimulus populations were set to in the last round, (copy, unit)."""
        shown = self._course.shown
        stimuli = {} if shown is None else shown.stimuli
        found = {path: np.asarray(values, dtype=float) for path, values in stimuli.items() if len(values)}
        return {path: each.mean(axis=1) if each.ndim == 3 else each for path, each in found.items()}

    # ---- projections -------------------------------------------------------------------------------------------------

    def _drawn(self, name: str) -> np.ndarray:
        """Return some of the weights of a projection, always the same ones."""
        return few(np.ravel(self._course.learner.weights(name)), WEIGHTS).copy()

    def _projection(self, projection: Projection, sent: float) -> dict[str, Any]:
        """Return the drive of a projection to a target unit and, if it learns, the distribution of its weights."""
        name, now = projection.name, self._drawn(projection.name)
        size = self._course.experiment.circuit.population(projection.source).size
        strength = {"strength": size * sent * float(np.abs(now).mean())}
        if name not in self._before:
            return strength
        before = self._before[name]
        limit = self._limits[name] = max(self._limits[name], float(np.abs(now).max(initial=0)))
        return {
            **strength,
            "rms": rms(now),
            "rms_before": rms(before),
            "limit": limit,
            "histogram": histogram(now, limit),
            "histogram_before": histogram(before, limit),
        }


def few(values: np.ndarray, most: int) -> np.ndarray:
    """Return at most so many values, evenly spaced.

    >>> few(np.arange(10), 4)
    array([0, 3, 6, 9])
    """
    return values[:: max(1, -(-len(values) // most))]


def of_hundred(values: np.ndarray) -> list[int]:
    """Return values as whole numbers, 100 for the one of greatest size.

    >>> of_hundred(np.array([0.0, -0.25, 0.5]))
    [0, -50, 100]
    """
    top = float(np.abs(values).max(initial=0))
    if not 0 < top < math.inf:
        return [0] * len(values)
    return [int(each) for each in np.rint(100 * values / top)]


def rms(values: np.ndarray) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(np.square(values, dtype=float))))


def histogram(values: np.ndarray, limit: float) -> list[int]:
    """Return the share of values in `BINS` bins from -limit to limit [thousandth]; the outer ones hold the rest."""
    counts, _ = np.histogram(np.clip(values, -limit, limit), BINS, (-limit, limit))
    return [int(each) for each in np.rint(1000 * counts / max(len(values), 1))]
