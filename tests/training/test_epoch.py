"""What an epoch writes down is of its own rounds, whatever is asked after them."""

from __future__ import annotations

from pathlib import Path

from brainlearn.running.conduct import prepare
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from tests.experiment.tiny_runs import tiny

EARLY = 'phases=[{name="show", duration="6 ms", answer=["1 ms", "2 ms"]}]'


def test_activity_is_that_of_training_where_a_test_ends_earlier(tmp_path: Path):
    found = []
    for every in (1, 2):
        changes = (EARLY, "readout.one_pass=false", f"readout.validate_every={every}", "training.epochs=2")
        experiment, _ = tiny(tmp_path / str(every), "traces", *changes)
        found.append(run_epoch(prepare(experiment, None, Silent()), 0))
    validated, not_validated = found
    assert validated.validation_error_percent >= 0
    assert not not_validated.validation_error_percent >= 0
    assert validated.activity == not_validated.activity
    assert validated.activity["V1/E"] > 0
