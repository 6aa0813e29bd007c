"""A course of training: a task on a learner, and its progress."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.experiment.loading import Experiment
from brainlearn.saved_state import Arrays, below, find, generator_state, put_generator_back, under
from brainlearn.stimuli import Dataset, Split, Turn
from brainlearn.tasks.task import Task
from brainlearn.training.drift import restore_walks, walks, walks_state
from brainlearn.training.learner import Learner
from brainlearn.training.pauses import NoPauses, Pauses
from brainlearn.training.progress import ProgressTeller, Watcher


class Course:
    """A task on a learner; `epoch.run_epoch` trains it, `testing.run_test` tests it.

    Parameters
    ----------
    experiment : Experiment
    dataset : Dataset
    split : Split
    watcher : Watcher
    task : Task
    learner : Learner
    turns : sequence of Turn
        Tasks that follow each other; none: all epochs learn the same.

    Attributes
    ----------
    rng : Generator
        Draws what is shown.
    presentations : int
        Shown for learning until now.
    error : float
        Of the last validation [percent]; nan before it.
    pauses : Pauses
        Is told after every round.
    under_way : callable or None
        Returns what an epoch that has begun would continue from.
    left_over : dict of str to array
        Where an epoch that was saved while it ran continues.
    shown : Round or None
        The last one.
    """

    def __init__(
        self,
        experiment: Experiment,
        dataset: Dataset,
        split: Split,
        watcher: Watcher,
        task: Task,
        learner: Learner,
        turns: Sequence[Turn] = (),
    ) -> None:
        self.experiment, self.dataset, self.split = experiment, dataset, split
        self.watcher, self.task, self.learner = watcher, task, learner
        self.rng = np.random.default_rng([experiment.settings.seed, 1])
        self.walks = walks(experiment)
        self.presentations, self.error = 0, math.nan
        self.pauses: Pauses = NoPauses()
        self.under_way: Callable[[], Arrays] | None = None
        self.left_over: Arrays = {}
        self.shown: Round | None = None
        self.teller = ProgressTeller(watcher, learner.epochs)
        self.turns, self.turn = tuple(turns), -1
        self.take_turn(0)

    def take_turn(self, number: int) -> tuple[int, int]:
        """Select the task of an epoch, counted from 0; return the number of the epoch within it, and of how many."""
        if not self.turns:
            return number, self.learner.epochs
        ends = np.cumsum([turn.epochs for turn in self.turns])
        turn = min(int(np.searchsorted(ends, number, side="right")), len(ends) - 1)
        if turn != self.turn:
            self.turn, self.split = turn, self.turns[turn].learned()
        epochs = self.turns[turn].epochs
        return number - int(ends[turn] - epochs), epochs

    def tested(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return images and labels of the test items of all tasks, and the task of each."""
        if not self.turns:
            return self.dataset.test_images, self.dataset.test_labels, None
        images, labels = (np.concatenate(each) for each in zip(*(turn.tested() for turn in self.turns), strict=True))
        return images, labels, np.repeat([turn.name for turn in self.turns], [len(t.tested()[1]) for t in self.turns])

    @property
    def data_sha256(self) -> str:
        """Hash of all data that are learned."""
        hashes = list(dict.fromkeys([self.dataset.sha256, *(turn.dataset.sha256 for turn in self.turns)]))
        return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()

    def drift(self, rounds: int) -> None:
        """Advance drifting weights by one of the `rounds` steps of an epoch."""
        for name, walk in self.walks.items():
            weights = np.array(self.learner.weights(name))
            walk.step(weights, rounds)
            self.learner.set_weights({name: weights})

    def state(self) -> Arrays:
        """Return all that decides how it continues, between two rounds of learning or two epochs; perhaps views."""
        numbers = {"presentations": self.presentations, "error": self.error, "seconds": self.teller.seconds()}
        saved: Arrays = {name: np.array(value) for name, value in numbers.items()}
        saved |= {"rng": generator_state(self.rng), **under("walk", walks_state(self.walks))}
        saved |= {} if self.under_way is None else under("epoch", self.under_way())
        return saved | under("task", self.task.state()) | under("learner", self.learner.state())

    def restore(self, saved: Arrays) -> None:
        """Restore a saved state; ForeignState if it belongs to another experiment."""
        self.presentations, self.error = int(find("presentations", saved)), float(find("error", saved))
        self.teller.go_on(float(find("seconds", saved)))
        put_generator_back(self.rng, "rng", saved)
        restore_walks(self.walks, below("walk", saved))
        self.task.restore(below("task", saved))
        self.learner.restore(below("learner", saved))
        self.left_over = below("epoch", saved)
