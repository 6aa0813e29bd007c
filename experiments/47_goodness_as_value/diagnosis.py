"""What the critic says while the circuit learns the maze, by the distance of the place from the platform.

It trains as the experiment file says, and prints a line for each block of decisions::

    python experiments/47_goodness_as_value/diagnosis.py experiments/47_goodness_as_value/first_series.toml --seed 13

A place counts as the middle of the place cell that is most active: near if it is within 0.4 of the platform's middle,
far beyond 0.8, at the wall beyond 0.85 of the middle of the pool. Decisions in the dark, after the platform, are left
out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from brainlearn import Round, load_experiment
from brainlearn.lab import Course, Silent, prepare

PLACE, CRITIC, ACTOR = "hippocampus/place", "striatum/critic", "striatum/actor"
SIDE, PLATFORM, NEAR, FAR, WALL = 11, np.array([0.35, 0.35]), 0.4, 0.8, 0.85


def main() -> None:
    """Train, and print what the critic said."""
    parser = argparse.ArgumentParser(description="What the critic says while the circuit learns the maze.")
    parser.add_argument("experiment", type=Path)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--rounds", type=int, default=400, help="decisions of each copy")
    parser.add_argument("--block", type=int, default=100, help="of how many decisions a line tells")
    asked = parser.parse_args()
    changed = {"seed": asked.seed, "environment.rounds": asked.rounds, "training.epochs": 1}
    course = prepare(load_experiment(asked.experiment, changed), None, Silent())
    print("decisions  value near (sd)  value far (sd)  error (sd)  at the wall  spikes of a unit: critic, actor")
    for first, told in enumerate(blocks(course, asked.block)):
        print(line(first * asked.block, told), flush=True)


def blocks(course: Course, size: int) -> list[dict[str, np.ndarray]]:
    """Train; return what was seen in every block of rounds, arrays over its decisions by name."""
    learner, split = course.learner, course.split
    rounds = course.task.rounds(split.train_images, split.train_labels, course.rng)
    seen: list[dict[str, np.ndarray]] = []

    def done(shown: Round) -> None:
        seen.append(decisions(course, shown))
        rounds.after_round(learner, shown, None)

    learner.present(iter(rounds), rounds.count, done)
    parts = (seen[k : k + size] for k in range(0, len(seen), size))
    return [{name: np.concatenate([each[name] for each in part]) for name in part[0]} for part in parts]


def decisions(course: Course, shown: Round) -> dict[str, np.ndarray]:
    """Return what there is to see of one round, (copy that sees a place,) each."""
    simulation, steps = course.learner.simulation, course.learner.steps
    cells = np.asarray(shown.stimuli[PLACE])
    place = np.stack(np.divmod(cells.argmax(axis=1), SIDE), axis=1) * 2 / (SIDE - 1) - 1
    found = {
        "distance": np.hypot(*(place - PLATFORM).T),
        "from_middle": np.hypot(*place.T),
        "value": simulation.broadcast(CRITIC, "value"),
        "error": np.where(shown.polarity != 0, simulation.broadcast(CRITIC, "error"), np.nan),
        "critic": steps * simulation.activity(CRITIC).mean(axis=1),
        "actor": steps * simulation.activity(ACTOR).mean(axis=1),
    }
    return {name: values[cells.any(axis=1)] for name, values in found.items()}


def line(first: int, told: dict[str, np.ndarray]) -> str:
    """Return the line of a block."""
    near, far = told["value"][told["distance"] < NEAR], told["value"][told["distance"] > FAR]
    means = [f"{_mean(values)} ({_spread(values)})" for values in (near, far, told["error"])]
    rates = f"{told['critic'].mean():.2f}, {told['actor'].mean():.2f}"
    return "  ".join([f"{first:5d}", *means, f"{100 * np.mean(told['from_middle'] > WALL):.0f} %", rates])


def _mean(values: np.ndarray) -> str:
    return f"{np.nanmean(values):+.3f}" if len(values) else "-"


def _spread(values: np.ndarray) -> str:
    return f"{np.nanstd(values):.2f}" if len(values) else "-"


if __name__ == "__main__":
    main()
