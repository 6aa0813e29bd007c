"""The same training in the mirror: whether its test errors are those to expect of another seed in Brian2."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.report.markdown_table import markdown_table
from brainlearn.results.json_file import write_json
from brainlearn.results.run_folder import EXPERIMENT
from brainlearn.results.settings import BESIDE
from brainlearn.results.store import load_result
from brainlearn.results.summary import summary
from pages.evidence.experiments import Recorded, link
from pages.evidence.intervals import expected_of_one_more
from pages.evidence.recording import OF_EACH_SEED, check_same, written_settings

MIRROR = "mirror.json"
WITH_ENGINE = ("training.engine", *BESIDE)


def record_mirror(runs: Sequence[Path], experiment: Path) -> Path:
    """Keep the errors of runs of an experiment with ``training.engine=mirror`` as ``result/mirror.json``.

    Raises
    ------
    UserError
        If a run had another engine, belongs to another experiment, had other settings than the file, or has no test
        error; nothing is written then.
    """
    path, written, found = experiment / EXPERIMENT, written_settings(experiment), []
    for run in runs:
        tree = load_result(run)
        check_same(tree, written, path, run, WITH_ENGINE)
        if tree.attrs["engine"] != "mirror":
            hint = "Run it with --set training.engine=mirror."
            raise UserError(Mistake(str(run), "another engine", str(tree.attrs["engine"]), "mirror", hint))
        whole = summary(tree)
        if whole["test_error_percent"] is None:
            raise UserError(Mistake(str(run), "no test error", "", "a run that has ended with a test of classes"))
        found.append({key: whole[key] for key in (*OF_EACH_SEED, "train_seconds") if key in whole})
    place = experiment / "result" / MIRROR
    write_json(sorted(found, key=lambda each: int(each["seed"])), place)
    return place


def mirrored(experiment: Path) -> tuple[str, ...] | None:
    """Return seeds, errors and what was expected of them, as text; None if there is no record.

    Raises
    ------
    UserError
        If Brian2's record has not several seeds.
    """
    place = experiment / "result" / MIRROR
    if not place.is_file():
        return None
    runs = json.loads(place.read_text(encoding="utf-8"))
    recorded, low, high = expected_of_one_more(experiment)
    errors = [run["test_error_percent"] for run in runs]
    within = sum(low <= error <= high for error in errors)
    return (
        ", ".join(str(run["seed"]) for run in runs),
        ", ".join(f"{error:.2f}" for error in errors),
        f"{recorded.interval.mean:.2f} ({len(recorded.seeds)} seeds)",
        f"{max(low, 0):.2f} to {high:.2f}",
        f"{within} of {len(errors)} within",
    )


def mirrored_section(experiments: Iterable[Recorded]) -> Iterator[str]:
    """Yield a table of all experiments that were run in the mirror too; nothing if there is none."""
    rows = [(link(each), *found) for each in experiments if (found := mirrored(each.folder)) is not None]
    if not rows:
        return
    yield "## In the mirror"
    yield ""
    yield "The same rule, images and settings with `training.engine=mirror`, beside the 95 % prediction interval of the"
    yield "seeds that were recorded in Brian2 (`python -m pages.evidence --mirror RUN_FOLDER ... EXPERIMENT`)."
    yield ""
    head = ("experiment", "seeds", "test error in the mirror [%]", "mean in Brian2 [%]", "expected [%]", "")
    yield from markdown_table(head, rows)
    yield ""
