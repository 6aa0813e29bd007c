"""Baselines learn by backpropagation and leave the same kind of result."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.results.comparison import brief
from brainlearn.results.read_summary import read_summary
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.store import load_result
from brainlearn.running import run_to_folder
from brainlearn.running.conduct import run_record
from brainlearn.training.progress import Silent

BASELINES = """
[baselines.backprop]
epochs = 3
copies = 20
step_size = 5e-3

[baselines.backprop_through_time]
epochs = 1
copies = 20

[baselines.checkpointing]
epochs = 1
copies = 20

[negatives]"""
TABLES = ("[negatives]", BASELINES)


@pytest.mark.parametrize(("name", "spiking"), [("backprop", ()), ("backprop_through_time", ("V1/E", "V2/E"))])
def test_a_baseline_records_what_a_rule_does(small, name, spiking):
    record = run_record(small(replace=(TABLES,)), None, Silent(), name)
    assert (record.rule, record.engine) == (name, "mirror")
    assert record.sizes == {"V1/E": 40, "V2/E": 30}
    assert record.spiking == spiking
    assert record.alignments == []
    assert set(record.weights) == {"retina/image->V1/E", "retina/label->V1/E", "V1/E->V2/E"}
    assert record.presentations == 200 * len(record.epochs)
    assert record.test is not None
    assert record.test.one_pass is None
    assert record.test.goodness.shape == (360, 10)


def test_a_baseline_learns(small):
    record = run_record(small(replace=(TABLES,)), None, Silent(), "backprop")
    losses = [epoch.loss for epoch in record.epochs]
    assert len(losses) == 3
    assert losses[0] > losses[-1] > 0
    assert losses[-1] < math.log(10)  # less than by chance
    for weights in record.weights.values():
        if not weights.source.endswith("label"):
            assert (weights.initial != weights.final).any()


def test_checkpointing_learns_the_same(small):
    experiment = small(replace=(TABLES,))
    whole, checkpointed = (
        run_record(experiment, None, Silent(), name) for name in ("backprop_through_time", "checkpointing")
    )
    for name, weights in whole.weights.items():
        np.testing.assert_allclose(checkpointed.weights[name].final, weights.final, atol=1e-5)


def test_a_baseline_has_a_run_folder_within_that_of_its_rule(small, tmp_path: Path):
    experiment = small("training.samples=60", "training.epochs=1", replace=(TABLES,))
    run_to_folder(experiment, tmp_path / "run")
    run_to_folder(experiment, tmp_path / "run" / "baselines" / "backprop", baseline="backprop")
    rule, baseline = RunFolder(tmp_path / "run").runs()
    assert load_result(baseline).attrs["rule"] == "backprop"
    found = brief(read_summary(baseline.summary))
    assert found["spikes_per_presentation"] is None
    assert found["peak_memory_mb"] >= found["memory_before_mb"] > 0
    assert brief(read_summary(rule.summary))["spikes_per_presentation"] > 0


@pytest.mark.parametrize(
    ("replace", "allowed"),
    [((), "none: the file has no table [baselines]"), ((TABLES,), "backprop_through_time, checkpointing, backprop")],
)
def test_an_unknown_baseline_is_named(small, tmp_path: Path, replace, allowed):
    with pytest.raises(UserError, match="no such baseline") as raised:
        run_to_folder(small(replace=replace), tmp_path / "run", baseline="backpropp")
    assert allowed in str(raised.value)
    assert not (tmp_path / "run").exists()
