"""A small run with everything a run can record."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.results.record import EpochRecord, RunRecord, TestRecord, WeightRecord

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
    )


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
        ),
        weights={"retina/image->V1/E": image, "retina/label->V1/E": label},
        presentations=300,
        train_seconds=4.75,
        epoch_seconds=[1.5, 1.5, 1.5],
        versions={"brainlearn": "0.1.0", "python": "3.11.7"},
        started="2026-03-09T14:05:07+00:00",
        notes=["2 units of V2/E never spiked"],
    )


@pytest.fixture
def record() -> RunRecord:
    return make_record()
