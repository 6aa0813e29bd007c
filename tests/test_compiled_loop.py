from __future__ import annotations

from pathlib import Path
from typing import Any

import numba.core.caching as caching
import numpy as np
import pytest

from brainlearn.compiled_loop import compiled_loop


def doubled(values):  # type: ignore[no-untyped-def]
    for k in range(values.shape[0]):
        values[k] *= 2


def apply(**options: Any) -> list[float]:
    values = np.array([1.0, 2.5])
    compiled_loop(**options)(doubled)(values)
    return values.tolist()


def test_a_loop_changes_the_array_once() -> None:
    assert apply(nogil=True) == [2, 5]


def test_a_loop_runs_where_no_folder_can_hold_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert apply() == [2, 5]


def test_a_loop_runs_and_changes_the_array_once_where_its_code_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(caching.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(caching.FunctionCache, "_save_overload", full)
    assert apply() == [2, 5]


def test_a_loop_that_cannot_be_compiled_says_so() -> None:
    def wrong(values):  # type: ignore[no-untyped-def]
        return values.no_such_attribute

    with pytest.raises(Exception, match="no_such_attribute"):
        compiled_loop()(wrong)(np.zeros(2))
