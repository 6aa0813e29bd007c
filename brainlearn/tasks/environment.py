"""The task of acting: every copy sees what its environment shows, acts on it, and is told what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.environments.acting import Decoding
from brainlearn.environments.environment import Environment, VectorEnvironment
from brainlearn.environments.episodes import Episode, Episodes, as_array, from_array
from brainlearn.environments.films import Films
from brainlearn.environments.handed_over import live_in
from brainlearn.environments.observing import Encoding
from brainlearn.environments.vector_episodes import VectorEpisodes
from brainlearn.results.episodes_record import EpisodesRecord
from brainlearn.results.record import TestRecord
from brainlearn.saved_state import Arrays, below, find, generator_state, put_generator_back, under
from brainlearn.tasks.rounds import EXAMPLES
from brainlearn.tasks.task import Ask, Examples, Question, Reading, Validation

AT_ONCE = 50  # rounds of a test within one run of the network
MOST_ROUNDS = 10_000  # of a test, where an environment has no limit of its own
Lives = Episodes | VectorEpisodes
TRAINING, TEST = 2, 3  # streams of random numbers


@dataclass(frozen=True)
class Shown:
    """What one stimulus population shows of observations."""

    population: str
    encoding: Encoding
    maximum: float


@dataclass(frozen=True)
class Loop:
    """How a circuit and an environment are joined.

    Parameters
    ----------
    make : callable
        Makes an environment, or a vector environment for all copies.
    shown : sequence of Shown
    read : sequence of (str, float)
        Action populations, and what their activity is multiplied by: steps in the window, 1 for graded ones.
    decoding : Decoding
    seconds : float
        Of a presentation.
    rounds, test_episodes : int
    longest : int or None
        Decisions of an episode at most.
    """

    make: Callable[[], Environment | VectorEnvironment]
    shown: Sequence[Shown]
    read: Sequence[tuple[str, float]]
    decoding: Decoding
    seconds: float
    rounds: int
    test_episodes: int
    longest: int | None

    def round(self, episodes: Lives, learn: bool) -> Round:
        """Return what copies are shown next.

        Those at the onset of an episode have nothing to learn from; those whose episode is at its end see nothing.
        """
        seen, lit = episodes.observations, episodes.continues[:, None]
        stimuli = {
            each.population: (each.maximum * lit * each.encoding.encode(seen)).astype(np.float32) for each in self.shown
        }
        polarity = np.where(episodes.fresh | (not learn), 0, 1).astype(np.float32)
        told = {name: getattr(episodes, name).astype(np.float32) for name in ("reward", "continues")}
        return Round(stimuli, polarity, learn, restart=episodes.fresh.copy(), **told)

    def act(self, episodes: Lives, reading: Reading, rng: np.random.Generator) -> np.ndarray:
        """Let every copy act by what its action populations did; return the actions."""
        copies = len(episodes.fresh)
        activity = [factor * reading.activity(path)[:copies] for path, factor in self.read]
        actions = self.decoding.actions(activity, rng)
        episodes.step(actions)
        return actions

    def record(self, episodes: Sequence[Episode]) -> EpisodesRecord:
        """Return episodes as a run keeps them."""
        return EpisodesRecord(
            copy=[e.copy for e in episodes],
            number=[e.number for e in episodes],
            total_reward=[e.total for e in episodes],
            length=[e.steps for e in episodes],
            latency=[e.steps * self.seconds for e in episodes],
            terminated=[e.terminated for e in episodes],
        )


class ActingRounds:
    """The rounds of an epoch, each of one decision; episodes continue from one epoch to the next."""

    contrast: tuple[slice, slice] | None = None

    def __init__(self, loop: Loop, episodes: Lives, rng: np.random.Generator) -> None:
        self._loop, self._live, self._rng = loop, episodes, rng
        copies = len(episodes.fresh)
        self.count, self.shown, self.watched, self.begun = loop.rounds, copies, slice(0, copies), 0
        self._finished: list[Episode] = []

    @property
    def episodes(self) -> EpisodesRecord:
        """The episodes that were over in this epoch."""
        return self._loop.record(self._finished)

    def __iter__(self) -> Iterator[Round]:
        while self.begun < self.count:
            self.begun += 1
            yield self._loop.round(self._live, learn=True)

    def after_round(self, reading: Reading, shown: Round, factor: float | None) -> None:
        """Act."""
        self._loop.act(self._live, reading, self._rng)
        self._finished += self._live.take_finished()

    def state(self) -> Arrays:
        """Return how many rounds have begun, and which episodes were over in them."""
        return {"begun": np.array(self.begun), "finished": as_array(self._finished)}

    def restore(self, saved: Arrays) -> None:
        """Continue after the last round that had begun."""
        self.begun, self._finished = int(find("begun", saved)), from_array(find("finished", saved))


class Acting:
    """Acting in an environment.

    Parameters
    ----------
    loop : Loop
    copies : int
        Environments at once.
    seed : int
        Draws episodes and actions.
    """

    def __init__(self, loop: Loop, copies: int, seed: int) -> None:
        self.loop, self.copies, self._seed = loop, copies, seed
        self._live = live_in(loop.make, copies, (seed, TRAINING))
        self._rng = np.random.default_rng([seed, TRAINING])

    def rounds(self, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> ActingRounds:
        """Return the rounds of an epoch; there are no items."""
        return ActingRounds(self.loop, self._live, self._rng)

    def validate(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> Validation:
        """Tell nothing: how well the circuit does is seen in the episodes from which it learns."""
        return Validation(float("nan"))

    def test(self, ask: Ask, images: np.ndarray, labels: np.ndarray) -> TestRecord:
        """Live episodes without learning, as many in every copy, so that short ones do not count more."""
        each = -(-self.loop.test_episodes // self.copies)
        live, rng = live_in(self.loop.make, self.copies, (self._seed, TEST)), np.random.default_rng([self._seed, TEST])
        most = MOST_ROUNDS if self.loop.longest is None else each * (self.loop.longest + 1)
        found, films = list[Episode](), Films(live)
        for begun in range(0, most if each else 0, AT_ONCE):
            self._live_on(ask, live, rng, min(AT_ONCE, most - begun), films)
            found += [episode for episode in live.take_finished() if episode.number < each]
            if len(found) == each * self.copies:
                break
        return TestRecord(episodes=self.loop.record(found), films=films.record() if each else None)

    def _live_on(self, ask: Ask, live: Lives, rng: np.random.Generator, rounds: int, films: Films) -> None:
        def read(reading: Reading) -> np.ndarray:
            films.watch(self.loop.act(live, reading, rng))
            return np.empty(0)

        shown = (self.loop.round(live, learn=False) for _ in range(rounds))
        ask(Question(shown, rounds, self.copies, 0, read))

    def examples(self, images: np.ndarray, labels: np.ndarray) -> Examples:
        """Return the first decision of a few episodes; they have no labels."""
        live, none = live_in(self.loop.make, self.copies, (self._seed, TEST)), np.full(min(EXAMPLES, self.copies), -1)
        return Examples(self.loop.round(live, learn=False), none, none)

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return the current episodes, and where the draws of actions are."""
        return under("episodes", self._live.state()) | {"rng": generator_state(self._rng)}

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another task."""
        self._live.restore(below("episodes", saved))
        put_generator_back(self._rng, "rng", saved)
