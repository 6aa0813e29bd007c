"""A table beside the circuit, with as many decisions: ``python experiments/46_water_maze/controls.py``.

Q-learning (Watkins 1989) with replacing traces (Singh & Sutton 1996) over as many places as the circuit has place
cells, and eight directions; sixteen swimmers share the table. Plain NumPy. It writes ``result/controls.json``, with the
latencies of the circuit's seeds from ``result/seeds.json`` beside it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from brainlearn.lab import ENVIRONMENTS, values_and_means, write_json

HERE = Path(__file__).resolve().parent
COPIES, ROUNDS, TESTED, SIDE = 16, 1200, 96, 11  # as in experiment.toml: copies, rounds of 3 epochs, cells of a side
SECONDS, DISCOUNT, TRACE = 0.05, 0.95, 0.9  # of a decision; the discount and the trace of the table
DIRECTIONS = np.array([[np.cos(angle), np.sin(angle)] for angle in np.arange(8) * np.pi / 4])


def main() -> None:
    """Learn with every seed, and write what came out."""
    parser = argparse.ArgumentParser(description="A control for the water maze.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--step", type=float, default=0.3, help="size of a step of the table")
    parser.add_argument("--explore", type=float, default=0.3, help="share of decisions at random, at first")
    parser.add_argument("--output", type=Path, default=HERE / "result" / "controls.json")
    asked = parser.parse_args()
    recorded = json.loads((HERE / "result" / "seeds.json").read_text(encoding="utf-8"))
    told = {
        "decisions": COPIES * ROUNDS,
        "seeds": asked.seeds,
        "table": values_and_means([table(seed, asked.step, asked.explore) for seed in asked.seeds]),
        "circuit": values_and_means([latencies(run["episodes"]) for run in recorded]),
    }
    for name in ("circuit", "table"):
        for what in ("test_latency", "share_of_first"):
            mean, low, high = told[name][f"{what}_mean"]
            print(f"{name}, {what}: {mean:.2f} ({low:.2f} to {high:.2f})")
    write_json(told, asked.output)


def latencies(episodes: dict[str, float]) -> dict[str, float]:
    """Return what the circuit did, as `table` does."""
    found = {name: episodes[name] for name in ("first_latency", "last_latency", "test_latency")}
    return {**found, "share_of_first": found["test_latency"] / found["first_latency"]}


def table(seed: int, step: float, explore: float) -> dict[str, float]:
    """Return mean latencies of Q-learning [s]: of the first trials, the last 100 of training, and greedy tests."""
    rng, values = np.random.default_rng(seed), np.zeros((SIDE, SIDE, len(DIRECTIONS)))
    swimmers = [Swimmer(rng) for _ in range(COPIES)]
    for k in range(ROUNDS):
        for swimmer in swimmers:
            swimmer.decide(values, rng, step, explore * (1 - k / ROUNDS))
    trials = [trial for swimmer in swimmers for trial in swimmer.trials]
    first = [swimmer.trials[0][1] for swimmer in swimmers if swimmer.trials]
    last = [steps for _, steps in sorted(trials)[-100:]]
    tested = [tried(values, 10_000 + k, rng) for k in range(TESTED)]
    found = [SECONDS * float(np.mean(each)) for each in (first, last, tested)]
    names = ("first_latency", "last_latency", "test_latency")
    return {**dict(zip(names, found, strict=True)), "share_of_first": found[2] / found[0]}


class Swimmer:
    """One of those that share the table.

    Attributes
    ----------
    trials : list of (int, int)
        When each trial ended, and how many decisions it took.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.pool, self.trials, self.now = ENVIRONMENTS["water_maze"].make(), list[tuple[int, int]](), 0
        self._begin(rng)

    def _begin(self, rng: np.random.Generator) -> None:
        self.place, self.trace, self.taken = cell(self.pool.reset(seed=int(rng.integers(2**31)))[0]), {}, 0

    def decide(self, values: np.ndarray, rng: np.random.Generator, step: float, explore: float) -> None:
        """Swim a stride, and let the table learn from it."""
        greedy = rng.random() >= explore
        action = best(values[self.place], rng) if greedy else int(rng.integers(len(DIRECTIONS)))
        seen, reward, found, given_up, _ = self.pool.step(DIRECTIONS[action])
        self.now, self.taken, after = self.now + 1, self.taken + 1, cell(seen)
        error = reward + DISCOUNT * (not found) * values[after].max() - values[(*self.place, action)]
        decay = DISCOUNT * TRACE if greedy else 0.0  # Watkins: an action at random cuts the trace
        self.trace = {visited: decay * left for visited, left in self.trace.items() if decay * left > 0.01}
        self.trace[(*self.place, action)] = 1.0
        for visited, left in self.trace.items():
            values[visited] += step * error * left
        self.place = after
        if found or given_up:
            self.trials.append((self.now, self.taken))
            self._begin(rng)


def cell(seen: np.ndarray) -> tuple[int, int]:
    """Return in which cell of the table a place is."""
    x, y = np.clip(((np.asarray(seen) + 1) / 2 * SIDE).astype(int), 0, SIDE - 1)
    return int(x), int(y)


def best(values: np.ndarray, rng: np.random.Generator) -> int:
    """Return the best action, one of them at random if several are equal."""
    return int(rng.choice(np.flatnonzero(values == values.max())))


def tried(values: np.ndarray, seed: int, rng: np.random.Generator) -> int:
    """Return how many decisions a greedy trial takes."""
    pool = ENVIRONMENTS["water_maze"].make()
    place, taken, over = cell(pool.reset(seed=seed)[0]), 0, False
    while not over:
        seen, _, found, given_up, _ = pool.step(DIRECTIONS[best(values[place], rng)])
        place, taken, over = cell(seen), taken + 1, found or given_up
    return taken


if __name__ == "__main__":
    main()
