from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brainlearn.results.run_list import measure_missing, of_these

ASKED = [{"rule": rule, "seed": seed} for rule in ("one", "other") for seed in (1, 2)]


def test_what_is_known_is_not_measured_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, measured = tmp_path / "runs.json", []

    def measure(each: Any) -> dict[str, Any]:
        measured.append((each["rule"], each["seed"]))
        return {"error": 10.0 * each["seed"]}

    first = measure_missing(ASKED[:2], store, measure, lambda run: f"{run['rule']}: {run['error']}")
    assert first == [{"rule": "one", "seed": 1, "error": 10.0}, {"rule": "one", "seed": 2, "error": 20.0}]
    assert capsys.readouterr().out.splitlines() == ["one: 10.0", "one: 20.0"]
    every = measure_missing(ASKED, store, measure, str)
    assert measured == [("one", 1), ("one", 2), ("other", 1), ("other", 2)]
    assert json.loads(store.read_text(encoding="utf-8")) == every
    assert of_these(every, ASKED[2:]) == every[2:]


def test_a_run_is_kept_as_soon_as_it_ends(tmp_path: Path) -> None:
    store = tmp_path / "runs.json"

    def measure(each: Any) -> dict[str, Any]:
        return {"error": 1 / (2 - each["seed"])}

    with pytest.raises(ZeroDivisionError):
        measure_missing(ASKED, store, measure, str)
    assert json.loads(store.read_text(encoding="utf-8")) == [{"rule": "one", "seed": 1, "error": 1.0}]
    assert measure_missing([], store, measure, str) == [{"rule": "one", "seed": 1, "error": 1.0}]
