"""A small run with a baseline, and its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.report.page import write_report
from brainlearn.report.runs import find_runs
from brainlearn.results.record import RunRecord
from tests.results.small_run import make_baseline, make_record, write_run

CIRCUIT = (Path(__file__).parents[2] / "circuits" / "two_areas_top_down.toml").read_text(encoding="utf-8")
ASKED = '"about": {"question": "Is <b>2 < 3</b> & true?", "prediction": "Yes.", "target_error_percent": 30.0}'


def whole_record() -> RunRecord:
    """A record with a circuit that can be drawn, and a question that needs escaping."""
    record = make_record()
    record.circuit_text = CIRCUIT
    record.settings = record.settings.replace('"seed": 7', f'"seed": 7, {ASKED}')
    return record


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with one baseline and a report."""
    folder = write_run(tmp_path_factory.mktemp("report") / "run", whole_record())
    baseline = make_baseline("backprop")
    baseline.circuit_text = CIRCUIT
    write_run(folder / "baselines" / "backprop", baseline)
    write_report(find_runs([folder]), folder / "report.html")
    return folder


@pytest.fixture(scope="session")
def page(run: Path) -> str:
    """The report as text."""
    return (run / "report.html").read_text(encoding="utf-8")
