"""What the page shows of one experiment: its figures, its baselines, its angles to the gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from xarray import DataArray, Dataset

from brainlearn.report.markdown_table import markdown_table
from brainlearn.results.alignment_seeds import least_averaged, most_averaged
from brainlearn.results.comparison import MEMORY_WITH_ANGLES, mean_and_sd, of_one_mean
from pages.evidence.experiments import FROM_PAGES, Recorded
from pages.evidence.readout_section import readout_section
from pages.evidence.recorded_values import clipped

COLUMNS: Mapping[str, tuple[str, str]] = {
    "test_error_percent": ("test error [%]", "{:.2f}"),
    "one_pass_test_error_percent": ("one pass [%]", "{:.2f}"),
    "short_list_test_error_percent": ("short list [%]", "{:.2f}"),
    "spikes_per_presentation": ("spikes per presentation", "{:,.0f}"),
    "train_seconds": ("training [s]", "{:,.1f}"),
    "epoch_mean_seconds": ("an epoch [s]", "{:,.1f}"),
    "peak_memory_mb": ("peak memory [MB]", "{:,.0f}"),
    "memory_growth_mb": ("of it since built [MB]", "{:,.0f}"),
}


def experiment_section(experiment: Recorded) -> list[str]:
    """Return a heading with all that is recorded, or nothing."""
    if experiment.figure is None:
        return []
    words = "Rewards, latencies, receptive fields" if experiment.episodes else "Errors, goodness, receptive fields"
    words = "What the script drew" if experiment.script else words
    lines = [f"### {experiment.name}", "", _picture(words, experiment.figure), ""]
    return [*lines, *readout_section(experiment), *_baselines(experiment), *_angles(experiment)]


def _picture(words: str, path: str) -> str:
    return f"![{words}]({FROM_PAGES}/{path})"


def _baselines(experiment: Recorded) -> Iterator[str]:
    """Yield a table of the rule and its baselines."""
    if not experiment.comparison:
        return
    words = "The rule beside backpropagation in the [mirror](../mirror.md); mean ± standard deviation over the seeds."
    angles = any(run["angles"] and run["peak_memory_mb"] is not None for run in experiment.comparison)
    yield f"{words} Note: {MEMORY_WITH_ANGLES}." if angles else words
    yield ""
    groups = of_one_mean(experiment.comparison)
    known = [key for key in COLUMNS if any(run[key] is not None for run in experiment.comparison)]
    head = ("rule", "engine", "seeds", "epochs", *(COLUMNS[key][0] for key in known))
    yield from markdown_table(head, [_row(group, known) for group in groups])
    yield ""
    if (figure := experiment.result("comparison.png")) is not None:
        yield _picture("Learning curves, errors, time, memory, spikes", figure)
        yield ""


def _row(group: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> tuple[str, ...]:
    seeds = ", ".join(str(run["seed"]) for run in group)
    cells = (mean_and_sd([run[key] for run in group], COLUMNS[key][1]) for key in keys)
    return f"`{group[0]['rule']}`", str(group[0]["engine"]), seeds, str(group[0]["epochs"]), *cells


def _angles(experiment: Recorded) -> Iterator[str]:
    """Yield the figure of the angles, and a table of all that were measured."""
    angles = experiment.alignment
    if angles is None:
        return
    least, half, most = (int(angles["averaging"][end]) for end in (0, -min(2, angles.sizes["averaging"]), -1))
    seeds = ", ".join(str(seed) for seed in angles["seed"].values)
    yield (
        f"Angle between the rule's changes and the negative gradient [degree], seeds {seeds}, averaged over {least:,} "
        f"and over {most:,} presentations; 97.5 % of random directions lie above `null`. `reference` is how far the "
        f"gradient of {half:,} presentations lies from that of all: where it is large, angles are too. "
        + (
            "`limit` is what would remain of endlessly many; it is undetermined where a seed's lies beyond 0 or 180. "
            if "angle_limit" in angles
            else ""
        )
        + "[Alignment](../alignment.md) says how to read it."
    )
    yield ""
    columns = {
        f"{least:,}": least_averaged(angles["angle"]),
        f"{most:,}": most_averaged(angles["angle"]),
        **({"limit": _limits(angles)} if "angle_limit" in angles else {}),
        "reference": angles["angle_gradient"].sel(averaging=half),
        "null": angles["null_angle"].mean("seed", keepdims=True),
    }
    rows = [
        (
            str(loss),
            f"`{projection}`",
            str(epoch),
            *(_degrees(values.sel(loss=loss, projection=projection, epoch=epoch)) for values in columns.values()),
        )
        for loss in angles["loss"].values
        for projection in angles["projection"].values
        for epoch in angles["epoch"].values
    ]
    yield from markdown_table(("loss", "projection", "epochs", *columns), rows)
    yield ""
    if (figure := experiment.result("alignment.png")) is not None:
        yield _picture("Angle to the negative gradient over training, and the more presentations are averaged", figure)
        yield ""


def _limits(angles: Dataset) -> DataArray:
    """Return the limits, infinite where a seed's was cut off at 0 or 180 degrees: that is no angle to average."""
    limits = angles["angle_limit"]
    return limits.where(~clipped(limits, most_averaged(angles["angle"])), np.inf)


def _degrees(values: DataArray) -> str:
    if np.isinf(values.values).any():
        return "undetermined"
    known = [float(value) for value in values.values if np.isfinite(value)]
    return mean_and_sd(known, "{:.1f}")
