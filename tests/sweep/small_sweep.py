"""The dataset of a sweep with numbers that a test knows."""

from __future__ import annotations

from pathlib import Path

from xarray import Dataset

from brainlearn.results.json_file import write_json
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
    for number, point in enumerate(sweep.points[:-1]):
        run = folder_of(folder, point)
        run.mkdir(parents=True)
        save_result(tree, run / "result.nc")
        write_json({**summary(tree), "test_error_percent": float(number)}, run / "summary.json")
    return sweep_dataset(sweep, folder, {sweep.points[-1].name: FAILED})
