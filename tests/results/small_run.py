"""A small run with everything a run can record, without running anything."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
from matplotlib.image import imsave

from brainlearn.results.cost_record import Footprint, StageCost
from brainlearn.results.json_file import write_json
from brainlearn.results.record import AlignmentRecord, EpochRecord, RunRecord, SpikeRecord, TestRecord, WeightRecord
from brainlearn.results.store import save_result
from brainlearn.results.summary import summary
from brainlearn.results.tree import result_tree

POPULATIONS = ("V1/E", "V2/E")


def make_epoch(number: int, validation_error: float) -> EpochRecord:
    return EpochRecord(
        epoch=number,
        seconds=1.5,
        presentations=100,
        validation_error_percent=validation_error,
        one_pass_error_percent=float("nan"),
        goodness_positive=dict.fromkeys(POPULATIONS, 0.06 + 0.01 * number),
        goodness_negative=dict.fromkeys(POPULATIONS, 0.06 - 0.01 * number),
        activity={"V1/E": 2.0, "V2/E": 1.0, "V2/I": 4.0},
        silent_percent=dict.fromkeys(POPULATIONS, 2.5),
        saturated_percent=dict.fromkeys(POPULATIONS, 0.0),
        loss=0.5 / number,
        cost=make_cost(100, 6),
    )


def make_angles(epoch: int, loss: str, angle: float = 60.0) -> AlignmentRecord:
    """Angles of two projections that fall from `angle` + 20 to `angle` degrees; of the second nothing is known."""
    averaged = np.array([100, 200, 400])
    names = ("retina/image->V1/E", "V1/E->V2/E")
    falling, nothing = np.array([angle + 20, angle + 10, angle]), np.full(3, np.nan)
    return AlignmentRecord(
        epoch,
        loss,
        averaged,
        dict(zip(names, (falling, nothing), strict=True)),
        dict.fromkeys(names, np.array([90.0, 89.0, 88.0])),
        dict.fromkeys(names, np.array([30.0, 15.0, 0.0])),
        dict(zip(names, (angle - 5, np.nan), strict=True)),
        dict.fromkeys(names, 89.5),
        dict.fromkeys(names, 75.0),
        dict.fromkeys(names, 0.2),
    )


def make_cost(presentations: float, learning: float) -> StageCost:
    """What presentations of 5 steps cost, of which the first projection learns with as many MACs each."""
    image, label = "retina/image->V1/E", "retina/label->V1/E"
    return StageCost(
        presentations=presentations,
        steps=5 * presentations,
        macs={image: 0.0, label: 20.0 * presentations},
        acs={image: 10.0 * presentations, label: 0.0},
        dense={image: 120.0 * presentations, label: 60.0 * presentations},
        learning_macs={image: learning * presentations},
        learning_acs={image: 0.0},
        learning_dense={image: learning * presentations},
        weight_updates={image: learning},
        events={"retina/image": 2.0 * presentations, "V1/E": 5.0 * presentations},
        membrane_updates={"V1/E": 20.0 * presentations},
        state_updates={"V1/E": 40.0 * presentations},
        traffic_bytes=1000.0 * presentations,
    )


def make_footprint() -> Footprint:
    """Two projections, the first of which has half of its synapses."""
    image, label = "retina/image->V1/E", "retina/label->V1/E"
    pairs, there = {image: 24.0, label: 12.0}, {image: 12.0, label: 12.0}
    return Footprint(
        pairs, there, there, {image: True, label: False}, {image: 96.0, label: 48.0}, {"V1/E": 32.0}, 500.0
    )


def make_spikes() -> SpikeRecord:
    """Four spikes in two presentations of one image, with its own and with a wrong label."""
    time, unit = np.array([0.0, 1.0, 5.0, 2.0]), np.array([0, 3, 3, 1])
    phases = {"free": 3.0, "nudged": 6.0}
    return SpikeRecord(time, unit, np.array([3, 1]), np.array([1, 1]), np.array([1, 2]), 4, phases)


def make_record() -> RunRecord:
    rng = np.random.default_rng(0)
    image = WeightRecord(
        initial=rng.normal(size=(6, 4)),
        final=rng.normal(size=(6, 4)),
        mask=rng.random((6, 4)) < 0.5,
        source="retina/image",
        target="V1/E",
        pathway="bottom_up",
        source_sheet=(2, 3),
    )
    label = WeightRecord(rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), None, "retina/label", "V1/E", "bottom_up")
    return RunRecord(
        experiment="01_small",
        circuit="two_areas",
        dataset="digits",
        rule="forward_forward",
        engine="brian",
        seed=7,
        settings='{"name": "01_small", "seed": 7, "training": {"epochs": 3}}',
        circuit_text='name = "two_areas"\n',
        epochs=[make_epoch(1, 40.0), make_epoch(2, 10.0), make_epoch(3, 12.5)],
        test=TestRecord(
            label=np.array([0, 1, 2, 1]),
            prediction=np.array([0, 1, 2, 2]),
            goodness=rng.random((4, 3)),
            one_pass=np.array([0, 2, 2, 2]),
            short_list=np.array([0, 1, 2, 2]),
            of_subsets={"V1/E": np.array([0, 0, 2, 2]), "V1/E + V2/E": np.array([0, 1, 2, 2])},
            shown={"every_label": 3, "one_pass": 1, "short_list": 3},
            seconds={"every_label": 0.3, "one_pass": 0.1, "short_list": 0.3},
            cost=make_cost(12, 0),
        ),
        weights={"retina/image->V1/E": image, "retina/label->V1/E": label},
        presentations=300,
        train_seconds=4.75,
        epoch_seconds=[1.5, 1.5, 1.5],
        versions={"brainlearn": "0.1.0", "python": "3.11.7"},
        started="2026-03-09T14:05:07+00:00",
        notes=["2 units of V2/E never spiked"],
        sizes={"V1/E": 4, "V2/E": 5, "V2/I": 2},
        spiking=("V1/E", "V2/I"),
        memory_before_mb=300.0,
        peak_memory_mb=420.0,
        dataset_sha256="0123456789abcdef" * 4,
        class_names=("cat", "dog", "emu"),
        spikes={"V1/E": make_spikes()},
        footprint=make_footprint(),
        alignments=[make_angles(epoch, loss) for loss in ("contrast", "every_area") for epoch in (0, 3)],
    )


def make_baseline(name: str = "backprop_through_time", seed: int = 7) -> RunRecord:
    """What a baseline of the same experiment records: no angles, no spikes, one readout."""
    record = with_seed(make_record(), seed)
    record.rule, record.engine, record.alignments, record.spikes = name, "mirror", [], {}
    assert record.test is not None
    record.test = dataclasses.replace(record.test, one_pass=None, short_list=None, of_subsets={}, shown={}, seconds={})
    return record


def with_seed(record: RunRecord, seed: int) -> RunRecord:
    """Return the record of a run with another seed, which was a little slower and better aligned."""
    settings = json.dumps(json.loads(record.settings) | {"seed": seed})
    angles = [
        dataclasses.replace(a, angle={name: values - (seed - 7) for name, values in a.angle.items()})
        for a in record.alignments
    ]
    seconds = record.train_seconds + seed - 7
    return dataclasses.replace(record, seed=seed, settings=settings, alignments=angles, train_seconds=seconds)


def write_run(folder: Path, record: RunRecord, result: bool = True) -> Path:
    """Write the run folder that the record would have left, perhaps without its result, which takes a while."""
    folder.mkdir(parents=True)
    if result:
        save_result(result_tree(record), folder / "result.nc")
    write_json(summary(record), folder / "summary.json")
    imsave(folder / "figure.png", np.zeros((2, 2)))
    return folder


def with_tasks(record: RunRecord) -> RunRecord:
    """Return the record of a run that learned two tasks, one in the first epoch and another in two."""
    told = [("low", {"low": 20.0, "high": 90.0}), ("high", {}), ("high", {"low": 60.0, "high": 10.0})]
    epochs = [
        dataclasses.replace(epoch, task=task, task_error_percent=errors)
        for epoch, (task, errors) in zip(record.epochs, told, strict=True)
    ]
    assert record.test is not None
    test = dataclasses.replace(record.test, task=np.array(["low", "low", "high", "high"]))
    sequence = [{"name": "low", "classes": [0, 1]}, {"name": "high", "classes": [2], "permute": 3}]
    settings = json.dumps(json.loads(record.settings) | {"sequence": sequence})
    return dataclasses.replace(record, epochs=epochs, test=test, settings=settings)
