"""The dataset of a sweep with numbers that a test knows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from xarray import Dataset

from brainlearn.results.store import save_result
from brainlearn.results.summary import summary
from brainlearn.results.tree import result_tree
from brainlearn.sweep.dataset import sweep_dataset
from brainlearn.sweep.loading import Sweep
from brainlearn.sweep.point import folder_of
from tests.results.small_run import make_record

FAILED = "ValueError: too hot"


def swept(sweep: Sweep, folder: Path) -> Dataset:
    """Write the same result for every point but the last, its test error the number of the point in percent."""
    tree = result_tree(make_record())
    folder.mkdir(exist_ok=True)
    save_result(tree, folder / "one.nc")
    for number, point in enumerate(sweep.points[:-1]):
        run = folder_of(folder, point)
        run.mkdir(parents=True)
        shutil.copy(folder / "one.nc", run / "result.nc")
        text = json.dumps({**summary(tree), "test_error_percent": float(number)})
        (run / "summary.json").write_text(text, encoding="utf-8")
    (folder / "one.nc").unlink()
    return sweep_dataset(sweep, folder, {sweep.points[-1].name: FAILED})
