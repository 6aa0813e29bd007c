"""The same experiment file with another rule, by one ``--set``: it learns otherwise, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from brainlearn.experiment import load_experiment
from brainlearn.results.record import RunRecord
from brainlearn.running.conduct import run_record
from brainlearn.training.progress import Silent
from tests.experiment.targets import TARGETS

LOWER, UPPER, DOWN = "retina/image->V1/E", "V1/E->IT/class", "IT/class->V1/E"
FIXED = 'weights."IT/class->V1/E"={distribution="tied", to="V1/E->IT/class", scale=0.1, correlation=0.0}'
LEARNED = 'weights."IT/class->V1/E"={distribution="normal", sd=0.05}'
EXCHANGES = {
    "as it stands": "rule.name=temporal_difference",
    "differences of spikes": "rule.name=spike_difference",
    "contrastive Hebbian": "rule.name=contrastive_hebbian",
    "equilibrium propagation": "rule.name=equilibrium_propagation",
    "kinase": "rule.name=kinase",
    "kinase in every step": "rule.name=kinase_continuous",
    "feedback alignment": FIXED,
    "learned top-down weights": LEARNED,
}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunRecord]:
    path = tmp_path_factory.mktemp("exchanged") / "experiment.toml"
    path.write_text(TARGETS, encoding="utf-8")
    return {
        name: run_record(load_experiment(path, [change, "training.samples=100"]), None, Silent())
        for name, change in EXCHANGES.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", EXCHANGES)
def test_the_same_file_learns_by_another_rule(records: dict[str, RunRecord], name: str) -> None:
    record = records[name]
    assert record.rule == dict([EXCHANGES[name].split("=", 1)]).get("rule.name", "temporal_difference")
    assert list(record.weights) == [LOWER, UPPER, *([DOWN] if name == "learned top-down weights" else [])]
    for weights in record.weights.values():
        assert np.isfinite(weights.final).all()
        assert (weights.final != weights.initial).any()


@pytest.mark.slow
def test_every_rule_learns_something_else(records: dict[str, RunRecord]) -> None:
    same = "equilibrium propagation"  # with a nudge of 1 it is contrastive Hebbian learning
    learned = {name: record.weights[LOWER].final for name, record in records.items() if name != same}
    alike = [(a, b) for a in learned for b in learned if a < b and np.array_equal(learned[a], learned[b])]
    assert alike == []


@pytest.mark.slow
def test_another_rule_begins_with_the_same_weights(records: dict[str, RunRecord]) -> None:
    for name in (LOWER, UPPER):
        first, *others = (record.weights[name].initial for record in records.values())
        assert all(np.array_equal(first, other) for other in others)
