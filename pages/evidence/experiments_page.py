"""The text of docs/evidence/experiments.md: all experiments with what is recorded of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from brainlearn.report.markdown_table import markdown_table
from brainlearn.results.interval import mean_interval, of_one_more
from pages.evidence.experiments import Recorded, link
from pages.evidence.mirrored import mirrored_section
from pages.evidence.readout_section import readouts_beside_each_other
from pages.evidence.sections import experiment_section

HEAD = """\
# Experiments and their records

Written by `make evidence`. Every number that was found is in the folder `result/` of the experiment beside it: in
`summary.json` (several seeds: `seeds.json`; with baselines: `comparison.json`; angles to the gradient: `alignment.nc`),
recorded by `python -m pages.evidence --record` from run folders that the command of that experiment wrote.
[Evidence](../evidence.md) says which claims they decide, [assumptions](assumptions.md) under which assumptions.

A run with a new seed is expected between the bounds named (Student's 95 % prediction interval);
`python -m pages.evidence --expected RUN_FOLDER EXPERIMENT` says whether it is.
"""
NOT_YET = "not yet recorded"


def experiments_page(experiments: Sequence[Recorded]) -> str:
    """Return the page: a table of all experiments, one of readouts, and a section for each."""
    return "\n".join(
        [
            HEAD,
            *markdown_table(
                ("experiment", "question", "expected", "target", "found", "command"),
                [_experiment_row(experiment) for experiment in experiments],
            ),
            "",
            *readouts_beside_each_other(experiments),
            *mirrored_section(experiments),
            *(line for experiment in experiments for line in experiment_section(experiment)),
        ]
    )


def found_text(experiment: Recorded) -> str:
    """Return what the recorded result shows, in one line."""
    if experiment.summary is None:
        return NOT_YET
    if experiment.script:
        return str(experiment.summary["found"])
    parts = _errors(experiment.summary)
    if len(experiment.errors) > 1:
        spread = f"{mean(experiment.errors):.2f} ± {stdev(experiment.errors):.2f} %"
        _, low, high = mean_interval(experiment.errors)
        interval = f"95 % interval {low:.2f} to {high:.2f} %"
        parts.append(f"{len(experiment.errors)} seeds: {spread} (mean ± standard deviation), {interval}")
        _, low, high = of_one_more(mean_interval(experiment.errors), len(experiment.errors))
        parts.append(f"a new seed is expected between {max(low, 0):.2f} and {high:.2f} %")
    if len(experiment.episodes) > 1:
        parts.append(_over_seeds(experiment.episodes))
    if experiment.reached is not None:
        verdict = "reached" if experiment.reached else "missed"
        parts.append(f"target of {experiment.target:g} % {verdict}")
    return "; ".join(parts)


def _errors(summary: Mapping[str, Any]) -> list[str]:
    texts = {
        "test_error_percent": "test error **{:.2f} %**",
        "one_pass_test_error_percent": "one pass {:.2f} %",
        "short_list_test_error_percent": "short list {:.2f} %",
        "validation_error_percent": "validation {:.2f} %",
    }
    errors = [text.format(summary[key]) for key, text in texts.items() if summary.get(key) is not None]
    errors += _episodes(summary.get("episodes") or {})
    epochs = "1 epoch" if summary["epochs"] == 1 else f"{summary['epochs']} epochs"
    length = f"{epochs}, {_duration(summary['train_seconds'])}, seed {summary['seed']}"
    return [*(errors or ["no test"]), length]


def _episodes(found: Mapping[str, Any]) -> list[str]:
    """Say what episodes brought, after learning and before."""
    parts = {"test": "after learning", "first": "in the first episodes"}
    return [
        f"reward **{found[f'{part}_total_reward']:.3g}** and latency {found[f'{part}_latency']:.3g} s {when}"
        for part, when in parts.items()
        if found.get(f"{part}_total_reward") is not None
    ]


def _over_seeds(episodes: Sequence[Mapping[str, Any]]) -> str:
    """Say what episodes of all seeds brought after learning."""
    texts = {"test_total_reward": "reward {:.3g} ± {:.2g}", "test_latency": "latency {:.3g} ± {:.2g} s"}
    values = {key: [float(each[key]) for each in episodes] for key in texts}
    spread = " and ".join(texts[key].format(mean(each), stdev(each)) for key, each in values.items())
    return f"{len(episodes)} seeds: {spread} (mean ± standard deviation)"


def _duration(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.1f} min"


def _experiment_row(experiment: Recorded) -> tuple[str, ...]:
    target = "–" if experiment.target is None else f"≤ {experiment.target:g} %"
    about = (experiment.question, experiment.expected, target)
    return link(experiment), *about, found_text(experiment), f"`{experiment.command}`"
