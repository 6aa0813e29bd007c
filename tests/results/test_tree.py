from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from brainlearn.results.record import RunRecord
from brainlearn.results.schema import ALIGNMENT, METRICS, SPIKES, TEST, WEIGHTS, validate
from brainlearn.results.tree import group_name, result_tree
from tests.results.small_run import with_tasks


def test_a_recorded_run_follows_the_schema(record: RunRecord) -> None:
    validate(result_tree(record))


def test_a_run_that_recorded_nothing_yet_follows_the_schema(record: RunRecord) -> None:
    validate(result_tree(dataclasses.replace(record, epochs=[], test=None, weights={})))


def test_every_variable_of_the_schema_is_made(record: RunRecord) -> None:
    tree = result_tree(with_tasks(record))
    of_values = {"validation_mean_squared_error", "target", "output"}  # targets here are classes
    assert set(tree["metrics"].variables) == set(METRICS) - of_values
    assert set(tree["test"].variables) == set(TEST) - of_values
    assert set(tree["alignment"].variables) == set(ALIGNMENT)
    assert set(tree["spikes/V1.E"].variables) == set(SPIKES)
    assert set(tree["weights/retina.image->V1.E"].variables) == set(WEIGHTS)


def test_metrics_stand_at_their_epoch_and_population(record: RunRecord) -> None:
    metrics = result_tree(record)["metrics"]
    assert metrics["validation_error"].sel(epoch=2).item() == 10.0
    assert metrics["goodness_positive"].sel(epoch=3, population="V1/E").item() == pytest.approx(0.09)


def test_what_a_population_did_not_record_is_nan(record: RunRecord) -> None:
    metrics = result_tree(record)["metrics"]
    assert np.isnan(metrics["goodness_positive"].sel(population="V2/I").values).all()
    assert metrics["activity"].sel(epoch=1, population="V2/I").item() == 4.0


def test_weights_are_pre_by_post(record: RunRecord) -> None:
    group = result_tree(record)["weights"][group_name("retina/image->V1/E")]
    assert group["final"].dims == ("pre", "post")
    assert group["final"].shape == (6, 4)
    assert group.attrs["projection"] == "retina/image->V1/E"


def test_two_projections_never_share_a_group(record: RunRecord) -> None:
    record.weights["retina.image->V1.E"] = record.weights["retina/image->V1/E"]
    with pytest.raises(ValueError, match=r"retina\.image->V1\.E"):
        result_tree(record)


def test_other_settings_have_another_hash(record: RunRecord) -> None:
    other = dataclasses.replace(record, settings="{}")
    assert result_tree(record).attrs["experiment_sha256"] != result_tree(other).attrs["experiment_sha256"]
    assert result_tree(record).attrs["circuit_sha256"] == result_tree(other).attrs["circuit_sha256"]


def test_labels_that_are_no_whole_numbers_are_refused(record: RunRecord) -> None:
    assert record.test is not None
    test = dataclasses.replace(record.test, prediction=np.array([0.5, 1, 2, 2]))
    with pytest.raises(TypeError, match="cast"):
        result_tree(dataclasses.replace(record, test=test))


def test_what_no_run_measured_is_left_out(record: RunRecord) -> None:
    record.epochs = [dataclasses.replace(epoch, loss=float("nan")) for epoch in record.epochs]
    tree = result_tree(dataclasses.replace(record, sizes={}, spiking=(), alignments=[]))
    validate(tree)
    assert not {"loss", "size", "spiking"} & set(tree["metrics"].variables)
    assert "alignment" not in tree.children


def test_sizes_stand_at_their_population(record: RunRecord) -> None:
    metrics = result_tree(record)["metrics"]
    assert metrics["size"].sel(population="V2/E").item() == 5
    assert metrics["spiking"].sel(population=["V1/E", "V2/E", "V2/I"]).values.tolist() == [1, 0, 1]


def test_angles_stand_at_their_loss_epoch_projection_and_count(record: RunRecord) -> None:
    record.alignments[0].angle["retina/image->V1/E"][1] = 33.0
    angles = result_tree(record)["alignment"]
    here = {"loss": "contrast", "epoch": 0, "projection": "retina/image->V1/E", "averaging": 200}
    assert angles["angle"].sel(here).item() == 33.0
    assert angles["angle"].sel(here | {"epoch": 3}).item() == 70.0
    assert np.isnan(angles["angle"].sel(here | {"projection": "V1/E->V2/E"}).item())


def test_memory_is_an_attribute_of_the_root(record: RunRecord) -> None:
    attrs = result_tree(record).attrs
    assert (attrs["memory_before_mb"], attrs["peak_memory_mb"]) == (300.0, 420.0)
