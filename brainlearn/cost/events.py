"""What every unit sent during presentations, phase by phase; the cost of showing follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from brainlearn.saved_state import Arrays, ForeignState, find, under

EXACT = 2**24  # whole numbers up to here are exact in float32
OVER_COPIES = ("presentations", "steps", "learning", "learning_steps")
NUMBERS = ("rounds", "round_steps", *OVER_COPIES)


@dataclass
class PhaseEvents:
    """What happened in one phase of all presentations.

    Attributes
    ----------
    rounds, round_steps : float
        Rounds that learned, and their time steps.
    presentations, steps : float
        Presentations shown, and time steps summed over them.
    learning, learning_steps : float
        The same of presentations that took part in learning.
    sent, learning_sent : dict of str to (unit,) array
        By population: events of every unit, in all presentations and in those that learn.
    """

    rounds: float = 0.0
    round_steps: float = 0.0
    presentations: float = 0.0
    steps: float = 0.0
    learning: float = 0.0
    learning_steps: float = 0.0
    sent: dict[str, np.ndarray] = field(default_factory=dict)
    learning_sent: dict[str, np.ndarray] = field(default_factory=dict)


class EventTally:
    """Events of all units over the rounds of an epoch, or of a test.

    An event is a spike; of a unit that does not spike it is a step in which its output is not 0, seen at the end of
    each phase.

    Attributes
    ----------
    phases : dict of str to PhaseEvents
        By name, in the order in which they were shown first.
    """

    def __init__(self) -> None:
        self.phases: dict[str, PhaseEvents] = {}

    def add(
        self, phase: str, steps: int, shown: np.ndarray, learning: np.ndarray, sent: Mapping[str, np.ndarray]
    ) -> None:
        """Add a phase that has ended.

        Parameters
        ----------
        phase : str
        steps : int
            Its duration.
        shown, learning : (copy,) bool array
            Copies that showed a presentation, and those of them that took part in learning.
        sent : mapping of str to (copy, unit) array
            By population: events in this phase.
        """
        found = self.phases.setdefault(phase, PhaseEvents())
        count, taking_part = int(np.count_nonzero(shown)), int(np.count_nonzero(learning))
        found.rounds += bool(taking_part)
        found.round_steps += steps * bool(taking_part)
        found.presentations += count
        found.steps += count * steps
        found.learning += taking_part
        found.learning_steps += taking_part * steps
        for path, values in sent.items():
            total = _over(values, shown, steps)
            _add(found.sent, path, total)
            if taking_part:
                _add(found.learning_sent, path, total if taking_part == count else _over(values, learning, steps))

    def total(self, path: str) -> np.ndarray:
        """Return the events of every unit of a population in all phases, (unit,)."""
        return np.sum([phase.sent[path] for phase in self.phases.values()], axis=0)

    @property
    def presentations(self) -> float:
        """Presentations that were shown."""
        return max((phase.presentations for phase in self.phases.values()), default=0.0)

    @property
    def steps(self) -> float:
        """Time steps summed over presentations."""
        return sum(phase.steps for phase in self.phases.values())

    @property
    def learning_steps(self) -> float:
        """Time steps summed over presentations that took part in learning."""
        return sum(phase.learning_steps for phase in self.phases.values())

    def over(self, total: Callable[[np.ndarray], np.ndarray]) -> EventTally:
        """Return the events of all processes among which copies are spread; `total` adds up arrays over them."""
        found = EventTally()
        for name, phase in self.phases.items():
            sums = total(np.array([getattr(phase, each) for each in OVER_COPIES]))
            numbers = dict(zip(OVER_COPIES, sums.tolist(), strict=True))
            sent = {path: total(values) for path, values in phase.sent.items()}
            learning = {path: total(values) for path, values in phase.learning_sent.items()}
            found.phases[name] = PhaseEvents(
                phase.rounds, phase.round_steps, **numbers, sent=sent, learning_sent=learning
            )
        return found

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return the sums so far."""
        saved: Arrays = {"phases": np.array(list(self.phases), dtype=np.str_)}
        for number, phase in enumerate(self.phases.values()):
            saved[f"{number}/numbers"] = np.array([getattr(phase, name) for name in NUMBERS])
            saved |= under(f"{number}/sent", phase.sent) | under(f"{number}/learning_sent", phase.learning_sent)
        return saved

    def restore(self, saved: Mapping[str, np.ndarray]) -> None:
        """Continue from saved sums."""
        self.phases = {}
        for number, name in enumerate(find("phases", saved)):
            numbers = find(f"{number}/numbers", saved)
            if numbers.shape != (len(NUMBERS),):
                raise ForeignState("events are counted in another way")
            phase = PhaseEvents(**dict(zip(NUMBERS, numbers.tolist(), strict=True)))
            for kind, into in (("sent", phase.sent), ("learning_sent", phase.learning_sent)):
                start = f"{number}/{kind}/"
                into |= {key.removeprefix(start): np.array(v) for key, v in saved.items() if key.startswith(start)}
            self.phases[str(name)] = phase


def _over(values: np.ndarray, chosen: np.ndarray, steps: int) -> np.ndarray:
    """Return the sum over the chosen copies of (copy, unit) whole numbers of at most `steps`, (unit,) float64."""
    if len(values) * steps >= EXACT:
        values = values.astype(np.float64)
    return (chosen.astype(values.dtype) @ values).astype(np.float64)  # faster than a sum along the first axis


def _add(sums: dict[str, np.ndarray], path: str, total: np.ndarray) -> None:
    if path in sums:
        sums[path] += total
    else:
        sums[path] = total.copy()
