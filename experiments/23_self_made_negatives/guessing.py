"""A circuit learns which character comes next: its negatives are made from real text, or are its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from text import ALPHABET, WIDTH, one_hot_contexts, windows

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit
from brainlearn.lab import SoftmaxReadout, parse_quantity
from brainlearn.rules import RULES
from brainlearn.stimuli import hard_negatives, scale_rms_together

CIRCUIT = Path(__file__).with_name("circuit.toml")
CONTEXT, NEXT, AREAS = "text/context", "text/next", ("A1/E", "A2/E")
SYMBOLS, STRENGTH, STEPS = len(ALPHABET), 3.0, 2
ITEMS = 100  # of each kind in a round
DREAM = 90  # characters that are rolled out from ten real ones


@dataclass(frozen=True)
class Schedule:
    """Where negatives come from, and when they are learned from.

    Parameters
    ----------
    own : bool
        Whether the circuit continues from what it has written itself; else what it proposes follows on real text.
    separate : int
        Rounds of positives alone that are followed by as many of negatives alone; 0: both in every round.
    """

    own: bool
    separate: int = 0


class Guesser:
    """A circuit that judges and writes with the same two areas.

    Parameters
    ----------
    seed : int
    schedule : Schedule
    """

    def __init__(self, seed: int, schedule: Schedule) -> None:
        self.schedule, self.rng = schedule, np.random.default_rng([seed, 0])
        circuit = load_circuit(CIRCUIT)
        values = {"threshold": 0.5, "width": 0.001, "peer": 0.03}
        plasticity = Plasticity(
            RULES["forward_forward"],
            tuple(p.name for p in circuit.projections),
            {name: parse_quantity(value) for name, value in values.items()},
            (("adam", {"size": 1e-3}), ("decay", {"rate": 1e-4})),
        )
        self.simulation = Simulation(circuit, 4 * ITEMS, [Phase("read", STEPS)], plasticity, seed=seed)
        self.softmax = SoftmaxReadout(2 * circuit.population(AREAS[0]).size, SYMBOLS)
        self.real = windows(test=False)
        self.dreams = self._seeds()
        self.dreamed = self.dreams[:, -1]

    def _seeds(self) -> np.ndarray:
        return self.real[self.rng.integers(0, len(self.real), ITEMS), :WIDTH]

    # ---- learning ------------------------------------------------------------------------------------------------

    def learn(self, count: int) -> None:
        """Learn for a number of rounds with positives; if these are separate, there are as many with negatives."""
        total = count * (2 if self.schedule.separate else 1)
        self.round, self.now, self.ahead = 0, self._draw(), self._draw()
        self.wrong = self.rng.integers(0, SYMBOLS, ITEMS)

        def rounds() -> Iterator[Round]:
            for k in range(total):
                for each in self.simulation.learning.values():
                    each.factor = min(1.0, 2 * (1 - k / total))
                yield self._round(k)

        self.simulation.present(rounds(), total, lambda _: self._propose(self.round / total))

    def _draw(self) -> np.ndarray:
        return self.real[self.rng.integers(0, len(self.real), ITEMS)]

    def _round(self, number: int) -> Round:
        """Show real text, negatives, and contexts whose next character is to be guessed: real ones, and dreams."""
        self.round = number
        negative = self.dreams if self.schedule.own else self.now[:, :WIDTH]
        contexts = [self.now[:, :WIDTH], negative, self.ahead[:, :WIDTH], self._dreamed_on()]
        follow = [one_hot(self.now[:, WIDTH]), one_hot(self.dreamed if self.schedule.own else self.wrong)]
        neutral = np.full((2 * ITEMS, SYMBOLS), STRENGTH / SYMBOLS, dtype=np.float32)
        polarity = np.repeat([1.0, -1.0, 0.0, 0.0], ITEMS)
        if self.schedule.separate:
            wake = (number // self.schedule.separate) % 2 == 0
            polarity[polarity == (-1 if wake else 1)] = 0
        return Round(stimuli(np.concatenate(contexts), np.concatenate([*follow, neutral])), polarity)

    def _dreamed_on(self) -> np.ndarray:
        return np.concatenate([self.dreams[:, 1:], self.dreamed[:, None]], axis=1)

    def _propose(self, over: float) -> None:
        """Guess the next characters, learn to guess, and continue dreaming."""
        features = self.features()
        real, dream = features[2 * ITEMS : 3 * ITEMS], features[3 * ITEMS :]
        guess = self.softmax.learn(real, self.ahead[:, WIDTH], min(1.0, 2 * (1 - over)))
        self.now, self.ahead = self.ahead, self._draw()
        self.wrong = hard_negatives(self.now[:, WIDTH], guess, self.rng)
        self.dreams, self.dreamed = self._dreamed_on(), sample(self.softmax.probabilities(dream), self.rng)
        if self.round % DREAM == DREAM - 1:
            self.dreams = self._seeds()

    def features(self) -> np.ndarray:
        """Return what both areas pass on, (copy, unit)."""
        parts = [self.simulation.activity(area) * self.simulation.gain(area) for area in AREAS]
        return np.concatenate(parts, axis=1).astype(np.float32)

    # ---- testing -------------------------------------------------------------------------------------------------

    def judged(self, items: np.ndarray) -> float:
        """Return for how many windows the real character has the greatest goodness of all [percent]."""
        at_once, found = 4 * ITEMS // SYMBOLS, []
        groups = [items[k : k + at_once] for k in range(0, len(items) - at_once + 1, at_once)]

        def rounds() -> Iterator[Round]:
            for group in groups:
                contexts = np.repeat(group[:, :WIDTH], SYMBOLS, axis=0)
                yield self._asked(contexts, one_hot(np.tile(np.arange(SYMBOLS), at_once)))

        def look(_: Round) -> None:
            goodness = sum(self.simulation.broadcast(area, "goodness") for area in AREAS)
            found.append(np.asarray(goodness)[: at_once * SYMBOLS].reshape(at_once, SYMBOLS).argmax(1))

        self.simulation.present(rounds(), len(groups), look)
        return 100 * float(np.mean(np.concatenate(found) == np.concatenate(groups)[:, WIDTH]))

    def guessed(self, items: np.ndarray) -> float:
        """Return for how many windows the softmax readout guesses the next character [percent]."""
        probabilities = self._probabilities(items[:, :WIDTH])
        return 100 * float(np.mean(probabilities.argmax(1) == items[:, WIDTH]))

    def written(self, seeds: np.ndarray, length: int = 100) -> list[str]:
        """Continue writing from (item, 10) characters, and return what was written."""
        text = seeds

        def rounds() -> Iterator[Round]:
            for _ in range(length):
                yield self._asked(text[:, -WIDTH:], np.full((len(text), SYMBOLS), STRENGTH / SYMBOLS))

        def look(_: Round) -> None:
            nonlocal text
            drawn = sample(self.softmax.probabilities(self.features()[: len(text)]), self.rng)
            text = np.concatenate([text, drawn[:, None]], axis=1)

        self.simulation.present(rounds(), length, look)
        return ["".join(ALPHABET[symbol] for symbol in row[WIDTH:]) for row in text]

    def _probabilities(self, contexts: np.ndarray) -> np.ndarray:
        found: list[np.ndarray] = []
        groups = [contexts[k : k + 4 * ITEMS] for k in range(0, len(contexts), 4 * ITEMS)]

        def rounds() -> Iterator[Round]:
            for group in groups:
                yield self._asked(group, np.full((len(group), SYMBOLS), STRENGTH / SYMBOLS, dtype=np.float32))

        def look(_: Round) -> None:
            found.append(self.softmax.probabilities(self.features()))

        self.simulation.present(rounds(), len(groups), look)
        return np.concatenate(found)[: len(contexts)]

    def _asked(self, contexts: np.ndarray, follow: np.ndarray) -> Round:
        """Show contexts on the first copies, and nothing on those that are left over."""
        shown, missing = stimuli(contexts, follow), 4 * ITEMS - len(contexts)
        padded = {path: np.pad(values, ((0, missing), (0, 0))) for path, values in shown.items()}
        return Round(padded, np.zeros(4 * ITEMS), learn=False)


def one_hot(symbols: np.ndarray) -> np.ndarray:
    """Return (item,) symbols as (item, 30) values."""
    return STRENGTH * np.eye(SYMBOLS, dtype=np.float32)[symbols]


def stimuli(contexts: np.ndarray, follow: np.ndarray) -> dict[str, np.ndarray]:
    """Set contexts, (item, 10) symbols, and what follows, (item, 30); together they have a root mean square of 1."""
    return dict(zip((CONTEXT, NEXT), scale_rms_together([one_hot_contexts(contexts), follow], 1.0), strict=True))


def sample(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a symbol from each row."""
    cumulative = np.cumsum(probabilities, axis=1)
    return (rng.random((len(cumulative), 1)) * cumulative[:, -1:] < cumulative).argmax(1)


def without_hidden_areas(seed: int, rounds: int, items: np.ndarray) -> float:
    """Return how often a softmax on the characters of the context alone guesses right [percent]."""
    rng, real = np.random.default_rng([seed, 1]), windows(test=False)
    softmax = SoftmaxReadout(WIDTH * SYMBOLS, SYMBOLS, 3e-3)
    for k in range(rounds):
        batch = real[rng.integers(0, len(real), ITEMS)]
        softmax.learn(one_hot_contexts(batch[:, :WIDTH]), batch[:, WIDTH], min(1.0, 2 * (1 - k / rounds)))
    guess = softmax.probabilities(one_hot_contexts(items[:, :WIDTH])).argmax(1)
    return 100 * float(np.mean(guess == items[:, WIDTH]))


def most_frequent(items: np.ndarray) -> float:
    """Return how often the most frequent symbol of the real text comes next [percent]."""
    return 100 * float(np.mean(items[:, WIDTH] == np.bincount(windows(test=False)[:, WIDTH]).argmax()))
