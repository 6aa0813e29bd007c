"""The experiments of the project, each with its recorded summary if there is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xarray import Dataset

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.alignment_seeds import load_alignment
from brainlearn.results.comparison import LATER, MEASURES, SAME
from brainlearn.results.read_summary import read_summary
from brainlearn.stimuli import DATASETS
from pages.evidence.toml_file import read_toml

SCRIPT, ABOUT, FILE = "run.py", "about.toml", "experiment.toml"
FROM_PAGES = "../../experiments"  # from docs/evidence/
BUILT_IN = ("none", *(name for name, source in DATASETS.items() if not source.needs_folder))


@dataclass(frozen=True)
class Recorded:
    """One experiment.

    Parameters
    ----------
    folder : Path
        Where its experiment.toml lies, or its run.py and about.toml.
    name, dataset : str
        Its name and what is learned.
    question, prediction, first_prediction : str
        What it asks, what was expected, and what had been expected before a result changed that.
    claims : tuple of int
        Numbers of the claims that it tests.
    target : float or None
        Test error to reach [percent].
    summary : mapping or None
        Its recorded result/summary.json.
    errors : tuple of float
        Test error of every recorded seed [percent].
    episodes : tuple of mapping
        Rewards and latencies of every recorded seed, in an environment.
    comparison : tuple of mapping
        The small part of every recorded run and baseline, as of `brainlearn.results.comparison.brief`.
    alignment : xarray.Dataset or None
        Angles to the gradient along ``seed``.
    script : bool
        Whether it is a script, run.py, that says in one line of its summary what it found.
    """

    folder: Path
    name: str
    dataset: str
    question: str
    prediction: str
    claims: tuple[int, ...]
    target: float | None
    summary: Mapping[str, Any] | None
    errors: tuple[float, ...] = ()
    episodes: tuple[Mapping[str, Any], ...] = ()
    comparison: tuple[Mapping[str, Any], ...] = ()
    alignment: Dataset | None = None
    script: bool = False
    first_prediction: str = ""

    @property
    def expected(self) -> str:
        """The prediction, and the first one where there is another."""
        first = f" *First prediction:* {self.first_prediction.strip()}" if self.first_prediction else ""
        return f"{self.prediction}{first}"

    @property
    def figure(self) -> str | None:
        """Path of the recorded figure from the folder of experiments; None if there is none."""
        return self.result("figure.png")

    def result(self, name: str) -> str | None:
        """Return the path of a recorded file from the folder of experiments; None if there is none."""
        return f"{self.folder.name}/result/{name}" if (self.folder / "result" / name).exists() else None

    @property
    def command(self) -> str:
        """The command that makes the result."""
        data = "" if self.dataset in BUILT_IN else " --data DIR"
        if self.script:
            return f"python experiments/{self.folder.name}/{SCRIPT}{data}"
        return f"brainlearn run experiments/{self.folder.name}/experiment.toml{data}"

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None without a target or a tested result."""
        found = None if self.summary is None else self.summary.get("test_error_percent")
        return None if self.target is None or found is None else bool(found <= self.target)


def link(experiment: Recorded) -> str:
    """Return a link from a page in docs/evidence/ to the experiment's own."""
    return f"[{experiment.name}]({FROM_PAGES}/{experiment.folder.name}/README.md)"


def load_experiments(folder: Path) -> tuple[Recorded, ...]:
    """Read every experiment below `folder`, files and scripts, in the order of their names.

    Raises
    ------
    UserError
        With the mistakes of all of them.
    """
    experiments: list[Recorded] = []
    mistakes: list[Mistake] = []
    for path in sorted({path.parent for name in (FILE, SCRIPT) for path in folder.glob(f"*/{name}")}):
        try:
            experiments.append(load_recorded(path))
        except UserError as error:
            mistakes += error.mistakes
    if mistakes:
        raise UserError(*mistakes)
    return tuple(experiments)


def load_recorded(folder: Path) -> Recorded:
    """Read one experiment and its recorded summary; UserError if either is broken or they do not fit."""
    script = (folder / SCRIPT).exists()
    tables = read_toml(folder / (FILE if (folder / FILE).exists() else ABOUT))
    about = tables.get("about", {})
    name = str(tables.get("name", folder.name))
    recorded, angles = folder / "result" / "summary.json", folder / "result" / "alignment.nc"
    read = _summary_of_script if script else read_summary
    summary = read(recorded) if recorded.exists() else None
    if summary is not None and summary["experiment"] != name:
        raise UserError(Mistake(str(recorded), "belongs to another experiment", summary["experiment"], name))
    return Recorded(
        folder=folder,
        name=name,
        dataset=str(tables.get("dataset", {}).get("name", "none" if script else "digits")),
        question=str(about.get("question", "")),
        prediction=str(about.get("prediction", "")),
        claims=tuple(about.get("claims", ())),
        target=about.get("target_error_percent"),
        summary=summary,
        errors=_errors_of_seeds(folder / "result" / "seeds.json"),
        episodes=_episodes_of_seeds(folder / "result" / "seeds.json"),
        comparison=_comparison(folder / "result" / "comparison.json"),
        alignment=load_alignment(angles) if angles.exists() else None,
        script=script,
        first_prediction=str(about.get("first_prediction", "")),
    )


def _summary_of_script(path: Path) -> Mapping[str, Any]:
    """Read the summary that a script wrote: the experiment's name, and what it found in one line."""
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
        missing = [key for key in ("experiment", "found") if not isinstance(summary.get(key), str)]
    except (ValueError, AttributeError) as error:
        raise UserError(Mistake(str(path), f"is no summary: {error}")) from None
    if missing:
        raise UserError(Mistake(str(path), "a text is missing", allowed=f'"{missing[0]}"'))
    return dict(summary)


def _errors_of_seeds(path: Path) -> tuple[float, ...]:
    """Read the test error of every recorded seed."""
    if not path.exists():
        return ()
    try:
        errors = [found["test_error_percent"] for found in json.loads(path.read_text(encoding="utf-8"))]
        return tuple(float(error) for error in errors if error is not None)
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(Mistake(str(path), f"is not a list of seeds with their errors: {error}")) from None


def _episodes_of_seeds(path: Path) -> tuple[Mapping[str, Any], ...]:
    """Read rewards and latencies of every recorded seed; none without an environment."""
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return tuple(each["episodes"] for each in found if each.get("episodes"))


def _comparison(path: Path) -> tuple[Mapping[str, Any], ...]:
    """Read the small part of every recorded run and baseline."""
    if not path.exists():
        return ()
    try:
        runs = [dict.fromkeys(LATER) | dict(run) for run in json.loads(path.read_text(encoding="utf-8"))]
        missing = [key for run in runs for key in (*SAME, *MEASURES, "seed", "angles") if key not in run]
    except (ValueError, TypeError, AttributeError) as error:
        raise UserError(Mistake(str(path), f"is not a list of runs with their measures: {error}")) from None
    if missing:
        raise UserError(Mistake(str(path), "a measure is missing", "nothing", missing[0]))
    return tuple(runs)
