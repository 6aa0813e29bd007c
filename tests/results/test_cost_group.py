"""What a run cost, as it is labelled and summed up."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from brainlearn.results.cost_group import cost_summary
from brainlearn.results.schema import validate
from brainlearn.results.summary import summary
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_cost, make_record

IMAGE, LABEL = "retina/image->V1/E", "retina/label->V1/E"


def test_training_is_the_sum_over_epochs():
    cost = result_tree(make_record())["cost"].to_dataset()
    assert cost["presentations"].sel(stage="training") == 3 * 100
    assert cost["acs"].sel(stage="training", projection=IMAGE) == 3 * 100 * 10
    assert cost["learning_macs"].sel(stage="training").values.tolist() == [3 * 100 * 6, 0]
    assert cost["macs"].sel(stage="test", projection=LABEL) == 12 * 20


def test_the_group_follows_the_schema():
    tree = result_tree(make_record())
    validate(tree)
    wrong = tree.copy()
    wrong["cost"] = tree["cost"].to_dataset().drop_vars("macs")
    with pytest.raises(ValueError, match="/cost: variable macs is missing"):
        validate(wrong)


def test_a_summary_has_means_over_presentations():
    found = summary(make_record())["cost"]
    assert found["training"]["macs"] == 20
    assert found["training"]["acs"] == 10
    assert found["training"]["learning"] == 6
    assert found["training"]["weight_updates"] == 6 / 100
    assert found["training"]["operations"] == 300 * (20 + 10 + 6)
    assert found["test"]["operations"] == 12 * 30
    assert found["training"]["activation_sparsity"] == 1 - 5 / 20  # spikes of stimuli are left out
    assert found["footprint"] == {
        "parameter_bytes": 144,
        "state_bytes": 32,
        "learning_bytes": 500,
        "connection_sparsity": pytest.approx(1 - 24 / 36),
    }


def test_runs_that_were_not_counted_have_none():
    record = dataclasses.replace(make_record(), footprint=None)
    assert cost_summary(result_tree(record)) is None


def test_costs_add_up_by_name():
    both = make_cost(1, 6) + dataclasses.replace(make_cost(2, 6), acs={"other": 1.0})
    assert both.presentations == 3
    assert both.acs == {IMAGE: 10, LABEL: 0, "other": 1}
    assert np.isclose(both.traffic_bytes, 3000)
