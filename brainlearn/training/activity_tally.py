"""Running sums of the activity of every unit, for any learner."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from brainlearn.brian.share import Share
from brainlearn.saved_state import Arrays, below, find, put_back, under


class ActivityTally:
    """Mean activity, silent and saturated units over the rounds of an epoch.

    Parameters
    ----------
    sizes : mapping of str to int
        Units of every population to watch, by path.
    spiking : collection of str
        Paths of those that spike.
    """

    def __init__(self, sizes: Mapping[str, int], spiking: frozenset[str]) -> None:
        self.sizes, self.spiking = dict(sizes), spiking
        self.rounds = 0
        self._total = {path: np.zeros(size) for path, size in sizes.items()}
        self._most = {path: np.zeros(size) for path, size in sizes.items()}
        self._least = {path: np.full(size, np.inf) for path, size in sizes.items()}

    def add(self, activity: Callable[[str], np.ndarray]) -> None:
        """Add a round: `activity` returns that of a population, (copy, unit), perhaps of no copy."""
        self.rounds += 1
        for path in self.sizes:
            values = activity(path)
            if not len(values):
                continue
            self._total[path] += values.mean(axis=0)
            np.maximum(self._most[path], values.max(axis=0), out=self._most[path])
            np.minimum(self._least[path], values.min(axis=0), out=self._least[path])

    def join(self, share: Share, part: float) -> None:
        """Take in what other processes added up: this one holds `part` of the copies that were watched (0 to 1)."""
        for path in self.sizes:
            self._total[path] = share.total(part * self._total[path])
            self._most[path] = share.all_of(self._most[path][None], share.size).max(axis=0)
            self._least[path] = share.all_of(self._least[path][None], share.size).min(axis=0)

    def state(self) -> Arrays:
        """Return the sums so far."""
        sums = {"total": self._total, "most": self._most, "least": self._least}
        saved: Arrays = {"rounds": np.array(self.rounds)}
        for name, arrays in sums.items():
            saved |= under(name, arrays)
        return saved

    def restore(self, saved: Arrays) -> None:
        """Continue from saved sums."""
        self.rounds = int(find("rounds", saved))
        for name, arrays in {"total": self._total, "most": self._most, "least": self._least}.items():
            for path, array in arrays.items():
                put_back(array, path, below(name, saved))

    def activity(self, steps: int) -> dict[str, float]:
        """Spikes per unit and presentation of `steps` steps; of graded units the mean activity."""
        factor = {path: steps if path in self.spiking else 1 for path in self.sizes}
        return {p: float(total.mean()) / max(self.rounds, 1) * factor[p] for p, total in self._total.items()}

    def silent_percent(self) -> dict[str, float]:
        """Units that were never active [percent]."""
        return {path: 100 * float((most <= 0).mean()) for path, most in self._most.items()}

    def saturated_percent(self) -> dict[str, float]:
        """Spiking units that spiked in every step of every presentation [percent]."""
        return {p: 100 * float((least >= 1).mean()) * (p in self.spiking) for p, least in self._least.items()}
