"""Learning to act: reward and latency of the runs' episodes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from brainlearn.plots.episodes import draw_latency, draw_reward
from brainlearn.plots.films import draw_films
from brainlearn.report.blocks import Block, Gallery, Picture, Section, Table
from brainlearn.report.panel import named, panel
from brainlearn.report.runs import Run
from brainlearn.report.words import number, short
from brainlearn.results.episodes import acted, by_trial, episodes_of, films_of

ABOUT = (
    "Every copy has its own environment; all share the weights, which learn from the mean over the copies. A "
    "trial is an episode of each copy."
)
FILMS = (
    "The first test episode of the first copies, without learning. `water_maze` and `gaze` are drawn; other "
    "environments are shown as they render themselves, or by their observations over time."
)
PARTS = {
    "first": "first episode of each copy",
    "last": "last 100 episodes of training",
    "test": "test, without learning",
}


def episodes(runs: Sequence[Run]) -> Section | None:
    """Draw reward and latency over the trials, and list those of the first, the last and the test episodes."""
    found = [run for run in runs if acted(run.tree)]
    if not found:
        return None
    pictures = [picture for run in found for picture in _pictures(run)]
    blocks: list[Block] = [Gallery("Trials", tuple(pictures), ABOUT), _table(found)]
    if filmed := tuple(_film(run) for run in found if films_of(run.tree) is not None):
        blocks.insert(1, Gallery("Films", filmed, FILMS))
    return Section("episodes", "Episodes", tuple(blocks))


def _film(run: Run) -> Picture:
    films = films_of(run.tree)
    assert films is not None
    numbers, rewards = films["film"].values, films["reward"].values
    rows = tuple(
        (int(number), int((numbers == number).sum()) - 1, short(float(rewards[numbers == number].sum())))
        for number in np.unique(numbers)
    )
    table = Table(f"Films: {run.label}", ("film", "decisions", "reward"), rows)
    lengths = ", ".join(str(row[1]) for row in rows)
    alt = f"Test episodes of {len(rows)} copies, {lengths} decisions long."
    return Picture(named("films", run), run.label, alt, panel(draw_films, run.tree, height=4.2), "films", table)


def _pictures(run: Run) -> list[Picture]:
    training = episodes_of(run.tree)
    drawn = (("total_reward", "Reward", draw_reward, ""), ("latency", "Latency", draw_latency, " s"))
    found = []
    for key, title, draw, unit in drawn:
        trials, values = (np.empty(0), np.empty((0, 0))) if training is None else by_trial(training, key)
        mean = values.mean(axis=1) if trials.size else values
        alt = f"{title}: no trial of every copy."
        if trials.size:
            first, last = (number(float(each)) + unit for each in mean[[0, -1]])
            alt = f"{title} over {trials.size} trials, mean over the copies: {first} in the first, {last} in the last."
        rows = tuple((int(trial), short(float(value))) for trial, value in zip(trials, mean, strict=True))
        table = Table(f"{title} over the trials: {run.label}", ("trial", f"{title.lower()}{unit and ' [s]'}"), rows)
        found.append(Picture(named(key, run), run.label, alt, panel(draw, run.tree), f"episodes/{key}", table))
    return found


def _table(runs: Sequence[Run]) -> Table:
    rows = tuple(
        (run.label, text, *(number(run.summary["episodes"][f"{part}_{key}"]) for key in ("total_reward", "latency")))
        for run in runs
        for part, text in PARTS.items()
        if run.summary["episodes"][f"{part}_total_reward"] is not None
    )
    return Table("Means over episodes", ("run", "episodes", "reward", "latency [s]"), rows, heads=2)
