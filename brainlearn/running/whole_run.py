"""The whole of a run: what ``brainlearn run`` and ``brainlearn.run`` do."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brainlearn.experiment.loading import Experiment, load_experiment, with_rule
from brainlearn.mistakes import UserError
from brainlearn.processes.launch import shared
from brainlearn.results.new_folder import create_default_folder, create_run_folder
from brainlearn.results.run_folder import RunFolder
from brainlearn.rules import Rule
from brainlearn.running.conduct import Interrupted, run_record
from brainlearn.running.ending import complete, draw, tried, write_page
from brainlearn.running.in_folder import begin, prepare_run
from brainlearn.running.in_folder import resume as go_on
from brainlearn.running.preparation import told_of
from brainlearn.running.taking_part import take_part
from brainlearn.stimuli import Dataset, settle
from brainlearn.training.notebook_bar import bar_in_notebook
from brainlearn.training.progress import Silent, Watcher

if TYPE_CHECKING:
    from xarray import DataTree

RULE = "rule"


def run(
    experiment: Experiment,
    data: str | Path | None = None,
    watcher: Watcher | None = None,
    only: str | None = None,
    folder: str | Path | RunFolder | None = None,
    rule: Rule | Sequence[Rule | None] | None = None,
    dataset: Dataset | None = None,
) -> DataTree:
    """Train and test, and return the labelled result; with a folder, all that ``brainlearn run`` does.

    Parameters
    ----------
    experiment : Experiment
    data : str or Path, optional
        Folder of the datasets; default: the environment variable BRAINLEARN_DATA.
    watcher : Watcher, optional
        Shows progress; default: a bar in Jupyter, elsewhere silent.
    only : str, optional
        ``"rule"``, or a baseline of the experiment, as ``"backprop_through_time"``: it trains the mirror instead of
        the circuit. Default: the rule, and in a folder all baselines after it, each in its own process.
    folder : str or Path, optional
        A new or an empty folder: checkpoints while the run continues, then result, summary, figure, baselines and
        report are written there; `RunFolder` names them. Default: nothing is written.
    rule : Rule or sequence of Rule, optional
        Learn by it instead of the experiment's rule, with its own parameters; see `brainlearn.load_experiment`.
    dataset : Dataset, optional
        Your own, instead of the one that the experiment names or was given; in a folder it is written to ``data.npz``,
        from which the run can be resumed. `Dataset.from_arrays` makes one of arrays.

    Returns
    -------
    xarray.DataTree
        Groups ``metrics``, ``test`` and ``weights``; docs/results.md describes them. Results of baselines are in
        ``RunFolder(folder).baseline(name)``.

    Raises
    ------
    UserError
        If data are missing or do not fit the circuit, the rule has mistakes, the folder is in use or cannot be
        written, or a baseline ends without a result.

    Examples
    --------
    >>> from brainlearn import load_experiment, run
    >>> experiment = load_experiment("experiments/01_forward_forward_digits/experiment.toml")
    >>> tree = run(experiment, folder="runs/digits")
    >>> tree["test"].ds["prediction"]  # (presentation,) labels
    """
    watcher = watcher or bar_in_notebook() or Silent()
    dataset = getattr(experiment, "given", None) if dataset is None else dataset
    experiment = experiment if rule is None else with_rule(experiment, rule)
    baseline, then = what_to_train(experiment, only)
    if dataset is not None:
        dataset = settle(dataset)
        experiment = told_of(experiment, dataset)
    with shared() as share:
        if folder is None or share.rank > 0:
            from brainlearn.results.tree import result_tree

            if folder is None:
                return result_tree(run_record(experiment, data, watcher, baseline, share, dataset))
            record = take_part(experiment, data, share, baseline, dataset)
            assert record is not None  # it begins
            return result_tree(record)
        prepared = prepare_run(experiment, data, watcher, baseline, then, share, dataset)
        where = new_folder(experiment, Path(folder))
        with drawn_when_interrupted(where, watcher):
            tree = begin(prepared, where).tree
    if undrawn := complete(where, tree, then, data, quiet=True, told=watcher.note):
        raise UserError(*undrawn)
    return tree


def resume(
    folder: str | Path, data: str | Path | None = None, watcher: Watcher | None = None, environment: Any = None
) -> DataTree:
    """Resume a run that was interrupted or killed, as ``brainlearn resume`` does, and return the complete result.

    Parameters
    ----------
    folder : str or Path
        A run folder; the result of a run that has ended is returned as it is.
    data, watcher
        As for `run`.
    environment : object, optional
        What the experiment was given as ``environment.make``: no folder holds it.

    Returns
    -------
    xarray.DataTree
        What the run would have given without a stop, bit for bit, but for times and memory.

    Raises
    ------
    UserError
        If it is no run folder, its files or the environment are not those that the run began with, or no checkpoint
        can be read.
    """
    from brainlearn.results.store import load_result

    run_folder, watcher = RunFolder(Path(folder)), watcher or bar_in_notebook() or Silent()
    unfinished = run_folder.unfinished()
    if unfinished is None:
        return load_result(run_folder.path)
    with shared() as share:
        if share.rank > 0:
            from brainlearn.results.tree import result_tree

            record = take_part(load_experiment(run_folder.experiment), data, share, unfinished.baseline)
            return load_result(run_folder.path) if record is None else result_tree(record)
        with drawn_when_interrupted(run_folder, watcher):
            ended = go_on(folder, data, watcher, environment, share)
    tree = None if ended is None else ended.tree
    if undrawn := complete(run_folder, tree, unfinished.then, data, quiet=True, told=watcher.note):
        raise UserError(*undrawn)
    return load_result(run_folder.path) if tree is None else tree


def what_to_train(experiment: Experiment, only: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Return the baseline that replaces the rule, if any, and those that follow."""
    if only is None:
        return None, tuple(experiment.settings.baselines.chosen())
    return (None if only == RULE else only), ()


def new_folder(experiment: Experiment, folder: Path | None) -> RunFolder:
    """Create the folder that was named, or one by the name of the experiment and the time in ``runs/``."""
    if folder is not None:
        return RunFolder(create_run_folder(folder))
    return RunFolder(create_default_folder(experiment.settings.name, datetime.datetime.now()))


@contextmanager
def drawn_when_interrupted(folder: RunFolder, watcher: Watcher) -> Iterator[None]:
    """Draw and report what a run has learned if it is interrupted within the block."""
    try:
        yield
    except Interrupted as stop:
        if (tree := stop.tree) is not None:
            for mistake in [*tried(lambda: draw(folder, tree)), *tried(lambda: write_page(folder))]:
                watcher.note(str(mistake))
        raise
