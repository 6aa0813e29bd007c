"""What top-down projections are worth in perception: ``python experiments/20_top_down_perception/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import occluded
import reading
from figure import draw
from xarray import DataArray, Dataset

from brainlearn.lab import (
    by_seed,
    labelled_dataset,
    mean_interval,
    record_script,
    script_options,
)

HERE = Path(__file__).resolve().parent
SEEDS = (2, 3, 4, 5, 6)  # the settings were chosen with seed 1
SHARES = tuple(round(0.1 * k, 1) for k in range(11))
WIDTHS = (0, 1, 2, 3, 4, 5)
HALF = SHARES.index(0.5)

AXES = {
    "seed": ("1", "seed of all random numbers"),
    "top_down": ("1", "top-down weights: as learned, all 0, or dealt out at random"),
    "context": ("1", "what the letters on both sides make of the middle one"),
    "share": ("1", "of the A in the middle glyph; the rest is H"),
    "time": ("ms", "end of a reading of 10 ms, since the onset of the word"),
    "kind": ("1", "circuit that reads digits"),
    "condition": ("1", "top-down projections: there, cut after learning, or never there"),
    "width": ("pixel", "of the hidden strip, of 8"),
}
MEASURES = {
    "read_as_a": (("seed", "top_down", "context", "share"), "1", "share of the glyphs that are read as A"),
    "likeness": (
        ("seed", "top_down", "context", "time"),
        "1",
        "how much more the area of the middle letter is like an A than like an H, for a glyph half-way between them",
    ),
    "word_error": (("seed", "top_down"), "percent", "clear words that are taken for others"),
    "digit_error": (("seed", "kind", "condition", "width"), "percent", "test error on digits"),
}


def main() -> None:
    """Learn, read, write, draw."""
    asked = parsed()
    record_script(asked, lambda: run(asked), summary, draw)


def run(asked: argparse.Namespace) -> Dataset:
    """Measure with every seed."""
    measured = by_seed(asked.seeds, lambda seed: measure(seed, asked.rounds, asked.items, asked.epochs))
    return labelled(asked.seeds, measured)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = script_options("Ambiguous glyphs in words, and digits of which a part is hidden.", HERE / "result", SEEDS)
    parser.add_argument("--rounds", type=int, default=300, help="of 60 words to learn from (default %(default)s)")
    parser.add_argument("--items", type=int, default=20, help="glyphs of a kind in each context (default %(default)s)")
    parser.add_argument("--epochs", type=int, help="over the digits; default: those of the experiment files")
    return parser.parse_args()


def measure(seed: int, rounds: int, items: int, epochs: int | None) -> dict[str, np.ndarray]:
    """Return all `MEASURES` of one seed, without the dimension of the seed."""
    circuit = reading.learn(seed, rounds)
    found = reading.read(circuit, SHARES, items)
    likeness = [[found[each][letter] for letter in reading.CONTEXTS] for each in reading.TOP_DOWN]
    errors = reading.word_error(circuit)
    digits = [occluded.errors(kind, seed, WIDTHS, epochs) for kind in occluded.KINDS.values()]
    return {
        "read_as_a": np.array([[(x[reading.SETTLED].mean(0) > 0).mean(-1) for x in row] for row in likeness]),
        "likeness": np.array([[x[:, HALF].mean(-1) for x in row] for row in likeness]),
        "word_error": np.array([errors[each] for each in reading.TOP_DOWN]),
        "digit_error": np.array([[each[condition] for condition in occluded.CONDITIONS] for each in digits]),
    }


def labelled(seeds: list[int], measured: list[dict[str, np.ndarray]]) -> Dataset:
    """Put names and units on everything."""
    values = {
        "seed": seeds,
        "top_down": list(reading.TOP_DOWN),
        "context": list(reading.CONTEXTS),
        "share": list(SHARES),
        "time": [reading.WINDOW * (k + 1) for k in range(reading.WINDOWS)],
        "kind": list(occluded.KINDS),
        "condition": list(occluded.CONDITIONS),
        "width": list(WIDTHS),
    }
    found = {name: np.array([each[name] for each in measured]) for name in MEASURES}
    return labelled_dataset(HERE.name, AXES, values, MEASURES, found)


def summary(data: Dataset) -> dict[str, Any]:
    """Return what was found, each with its 95 % interval over the seeds."""
    half = 100 * data["read_as_a"].sel(share=0.5)
    return {
        "experiment": data.attrs["experiment"],
        "found": in_one_line(data),
        "seeds": data["seed"].values.tolist(),
        "half_way_glyphs_read_as_a_percent": over_seeds(half, "top_down", "context"),
        "turned_by_context_percent": over_seeds(half.sel(context="A") - half.sel(context="H"), "top_down"),
        "word_error_percent": over_seeds(data["word_error"], "top_down"),
        "digit_error_percent": over_seeds(data["digit_error"], "kind", "condition", "width"),
        "cost_of_cutting_percent": over_seeds(
            data["digit_error"].sel(condition="off") - data["digit_error"].sel(condition="on"), "kind", "width"
        ),
    }


def in_one_line(data: Dataset) -> str:
    """Say what was found."""
    read = 100 * data["read_as_a"].sel(share=0.5).mean("seed")
    on, off = read.sel(top_down="on"), read.sel(top_down="off")
    digits = data["digit_error"].sel(width=occluded.WIDEST).mean("seed")
    errors = "; ".join(
        f"{kind} {' / '.join(f'{float(digits.sel(kind=kind, condition=each)):.1f}' for each in occluded.CONDITIONS)} %"
        for kind in occluded.KINDS
    )
    return (
        f"the half-way glyph is read as an A in {on.sel(context='A'):.0f} % where the word asks for an A and in "
        f"{on.sel(context='H'):.0f} % where it asks for an H; without top-down in {off.sel(context='A'):.0f} and "
        f"{off.sel(context='H'):.0f} %. Digits with half hidden, top-down on / cut / never there: {errors}"
    )


def over_seeds(values: DataArray, *names: str) -> Any:
    """Return means and intervals, in tables by the coordinates `names`."""
    if not names:
        return [round(float(each), 2) for each in mean_interval(values.values)]
    return {str(each): over_seeds(values.sel({names[0]: each}), *names[1:]) for each in values[names[0]].values}


if __name__ == "__main__":
    main()
