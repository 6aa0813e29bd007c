"""The hashes of a recorded result are those of the texts that it holds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import h5py
import pytest

from brainlearn.results.settings import setup_sha256

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
RECORDS = sorted(EXPERIMENTS.glob("**/result/metrics.nc"))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.parents[1].name)
def test_hashes_are_those_of_the_texts_beside_them(path: Path) -> None:
    with h5py.File(path) as record:
        said = dict(record.attrs)
    for text, name in (("settings", "experiment_sha256"), ("circuit_text", "circuit_sha256")):
        assert said[name] == hashlib.sha256(said[text].encode()).hexdigest()
    summary = json.loads(path.with_name("summary.json").read_text(encoding="utf-8"))
    settings, circuit = json.loads(said["settings"]), said["circuit_text"]
    assert summary["setup_sha256"] == setup_sha256(settings, circuit, said["rule"], said["engine"])
