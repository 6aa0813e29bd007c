"""Train, test, and record the results."""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from brainlearn.alignment.measure import measure_alignment
from brainlearn.brian.share import ALONE, Share
from brainlearn.circuit import Projection, Rows
from brainlearn.circuit.connecting import listed
from brainlearn.circuit.synapse_values import synapse_values
from brainlearn.circuit.wiring import wire_projection
from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.results.record import EpochRecord, RunRecord, WeightRecord
from brainlearn.results.record_text import fill_record
from brainlearn.running.checkpoints import Checkpoints, Position, Saved
from brainlearn.running.device_check import check_devices
from brainlearn.running.peak_memory import PeakMemory
from brainlearn.running.preparation import load_data, start_record
from brainlearn.running.sequence import load_turns
from brainlearn.running.trained_state import trained_state
from brainlearn.stimuli import Dataset
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.learner import Learner
from brainlearn.training.progress import Watcher
from brainlearn.training.start import start_course
from brainlearn.training.testing import record_spikes, run_test

if TYPE_CHECKING:
    from xarray import DataTree

WORTH_A_NOTE = 1.0  # percent of the units of a population


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run; carries what has been learned.

    Parameters
    ----------
    record : RunRecord
        Without a test; its notes say where the run ended.
    tree : xarray.DataTree, optional
        The same as it was written into the folder of the run.
    """

    def __init__(self, record: RunRecord, tree: DataTree | None = None) -> None:
        super().__init__()
        self.record, self.tree = record, tree


def prepare(
    experiment: Experiment,
    data: str | Path | None,
    watcher: Watcher,
    baseline: str | None = None,
    share: Share = ALONE,
    given: Dataset | None = None,
) -> Course:
    """Load the data and build task and learner, or the share of it that this process has; mistakes are found here.

    Raises
    ------
    UserError
        If data are missing or do not fit, the experiment has no such baseline, or the circuit no mirror where one is
        needed.
    """
    how = experiment.settings.rule_name if baseline is None else baseline
    if baseline is not None:
        check_baseline(experiment, baseline)
    check_devices(experiment, [] if baseline is None else [baseline], rule=baseline is None)
    dataset, split = load_data(experiment, data, given)
    turns = load_turns(experiment, data, dataset, split)
    title = f"{experiment.settings.name}: {experiment.circuit.name} learns {dataset.name} by {how}"
    watcher.started(title, tuple(dataset.notes))
    if baseline is None and experiment.settings.alignment is not None:
        importlib.import_module("brainlearn.mirror")  # now: PyTorch is no part of the memory that training needs
    return start_course(experiment, dataset, split, watcher, baseline, share, turns)


def check_baseline(experiment: Experiment, name: str) -> None:
    """Raise a UserError if the experiment has no baseline called `name`."""
    there = experiment.settings.baselines.chosen()
    if name not in there:
        allowed = ", ".join(there) or "none: the file has no table [baselines]"
        where = f"{experiment.path}: baselines"
        raise UserError(Mistake(where, "no such baseline", f'"{name}"', allowed, closest(name, there)))


def run_record(
    experiment: Experiment,
    data: str | Path | None,
    watcher: Watcher,
    baseline: str | None = None,
    share: Share = ALONE,
    given: Dataset | None = None,
) -> RunRecord:
    """Train and test, without a folder; see `brainlearn.run`."""
    return conduct(prepare(experiment, data, watcher, baseline, share, given), notes=spread(share))


def spread(share: Share) -> list[str]:
    """Return a note if the copies are spread over several processes."""
    note = f"the copies were distributed over {share.size} processes, so angles were not measured"
    return [note] if share.size > 1 else []


def conduct(
    course: Course, keeper: Checkpoints | None = None, saved: Saved | None = None, notes: Sequence[str] = ()
) -> RunRecord:
    """Train and test what was prepared.

    Parameters
    ----------
    course : Course
    keeper : Checkpoints, optional
        Saves the run while it runs.
    saved : Saved, optional
        Where an earlier sitting of the run came to an end.
    notes : sequence of str
        Further notes of the record.

    Raises
    ------
    Interrupted
        On Ctrl-C after the first epoch.
    ForeignState
        If what was saved is the state of something else.
    """
    learner = course.learner
    record = start_record(course)
    record.notes += notes
    record.sizes, record.spiking = learner.units()
    record.unit_values = learner.unit_values()
    memory = PeakMemory()
    record.memory_before_mb = memory.mb()
    initial = initial_weights(learner)
    position = Position()
    if saved is not None:
        course.restore(saved.arrays)
        fill_record(record, saved.record)
        position = saved.position
        record.notes.append(f"resumed after epoch {len(record.epochs)} of {learner.epochs}")
        course.watcher.note(record.notes[-1])
    began = time.perf_counter() - record.train_seconds - record.alignment_seconds

    def train_seconds() -> float:
        return record.train_seconds if position.trained else time.perf_counter() - began - record.alignment_seconds

    if keeper is not None:
        keeper.attach(course, record, position, train_seconds)
    try:
        if not position.trained:
            _train(course, record, memory, position, keeper)
            record.train_seconds = train_seconds()
            position.trained = True
        if keeper is not None:
            keeper.epoch_over()
        record.trained = trained_state(course)
        if course.experiment.settings.readout.test:
            images, labels, tasks = course.tested()
            record.test = replace(run_test(course, images, labels), task=tasks)
            record.spikes = record_spikes(course, images, labels)
    except KeyboardInterrupt:
        if not record.epochs:
            raise
        record.train_seconds = train_seconds()
        record.notes.append(f"interrupted after epoch {len(record.epochs)} of {learner.epochs}")
        _finish(record, course, initial, memory)
        raise Interrupted(record) from None
    _finish(record, course, initial, memory)
    return record


def initial_weights(learner: Learner) -> dict[str, np.ndarray]:
    """Return a copy of the (pre, post) weights that a learner will change, before it learns."""
    return {name: np.array(learner.weights(name)) for name in learner.learning()}


def _finish(record: RunRecord, course: Course, initial: dict[str, np.ndarray], memory: PeakMemory) -> None:
    record.peak_memory_mb = float(np.fmax(record.peak_memory_mb, memory.mb()))
    record.weights = weight_records(course, initial)
    record.footprint = course.learner.footprint()


def _train(
    course: Course, record: RunRecord, memory: PeakMemory, position: Position, keeper: Checkpoints | None
) -> None:
    """Train epoch by epoch until the end, or until weights are no longer finite."""
    while True:
        number = len(record.epochs)
        if position.aligned < number:
            _align(course, record, number, memory)
            position.aligned = number
        if number == course.learner.epochs:
            break
        epoch = run_epoch(course, number)
        record.epochs.append(epoch)
        record.epoch_seconds.append(epoch.seconds)
        record.presentations = course.presentations
        record.peak_memory_mb = memory.mb()
        course.watcher.epoch_done(epoch, course.learner.epochs)
        if broken := list(course.learner.not_finite()):
            record.notes += [*broken, f"stopped after epoch {number + 1} of {course.learner.epochs}"]
            break
        if keeper is not None:
            keeper.epoch_over()
    record.notes += unused_units(record.epochs[-1])


def _align(course: Course, record: RunRecord, number: int, memory: PeakMemory) -> None:
    began = time.perf_counter()
    course.take_turn(max(number - 1, 0))
    with memory.left_out():
        record.alignments += measure_alignment(course, number)
    record.alignment_seconds += time.perf_counter() - began


def unused_units(epoch: EpochRecord) -> list[str]:
    """Return a note for each population with silent or saturated units in the last epoch."""
    kinds = (("silent", epoch.silent_percent), ("saturated", epoch.saturated_percent))
    return [
        f"{path}: {share:.1f} % of the units were {kind} in the last epoch"
        for kind, shares in kinds
        for path, share in shares.items()
        if share >= WORTH_A_NOTE
    ]


def weight_records(course: Course, initial: dict[str, np.ndarray]) -> dict[str, WeightRecord]:
    """Return the weights of the projections that learned, before and after."""
    circuit = course.experiment.circuit
    return {
        p.name: WeightRecord(
            initial=initial[p.name],
            final=np.array(course.learner.weights(p.name)),
            mask=course.learner.mask(p.name),
            source=p.source,
            target=p.target,
            pathway=p.pathway,
            source_sheet=circuit.population(p.source).sheet,
            **_listed(course, p),
        )
        for p in circuit.projections
        if p.name in initial
    }


def _listed(course: Course, projection: Projection) -> dict[str, Any]:
    """Return the units of synapses, and their own values, if a projection lists them."""
    circuit, seed = course.experiment.circuit, course.experiment.settings.seed
    if not listed(circuit, projection):
        return {}
    rows = wire_projection(circuit, projection, seed)
    assert isinstance(rows, Rows)
    return {"pre": rows.pres, "post": rows.posts, "of_synapses": synapse_values(circuit, projection, rows, seed)}


__all__ = ["Interrupted", "conduct", "prepare", "run_record", "spread"]
