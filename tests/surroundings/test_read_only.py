"""The package where nothing can be written but the working directory: no cache of Numba, Matplotlib or Brian2."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITHOUT_PRIVILEGE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]
FIRST_EXPERIMENT = "experiments/01_forward_forward_digits/experiment.toml"
TINY = ["--set", "training.epochs=1", "--set", "sizes.V1/E=20", "--set", "sizes.V2/E=20"]


def as_others() -> list[str]:
    """Return what to put before a command so that read-only folders are so for root too; skip where nothing does."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root writes everywhere, and there is no setpriv")
    return WITHOUT_PRIVILEGE


def read_only(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def writable(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with a read-only copy of the package and the home of a user who can write nowhere."""
    folder = tmp_path_factory.mktemp("installed")
    for name in ("brainlearn", "circuits", "experiments/01_forward_forward_digits"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "home").mkdir()
    read_only(folder)
    yield folder
    writable(folder)


def command(installed: Path, work: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    threads = {name: os.environ[name] for name in os.environ if name.endswith("_NUM_THREADS")}
    surroundings = kept | threads | {"HOME": str(installed / "home"), "PYTHONPATH": str(installed)}
    return subprocess.run(
        [*as_others(), sys.executable, "-m", "brainlearn", *arguments],
        capture_output=True,
        text=True,
        cwd=work,
        env=surroundings,
        timeout=600,
        check=False,
    )


@pytest.mark.slow
def test_nothing_can_be_written_there(installed: Path, tmp_path: Path) -> None:
    for place in ("brainlearn/x", "home/x"):
        done = subprocess.run([*as_others(), "touch", str(installed / place)], capture_output=True, check=False)
        assert done.returncode != 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", FIRST_EXPERIMENT],
        ["verify", "circuits/one_area.toml", "--duration", "20 ms"],
        ["run", FIRST_EXPERIMENT, *TINY, "--output", "run"],
        ["describe", "circuits/two_areas.toml", "--output", "drawing.png"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_read_only_package_works_without_a_writable_home(
    installed: Path, tmp_path: Path, arguments: list[str]
) -> None:
    placed = [str(installed / each) if each.endswith(".toml") else each for each in arguments]
    done = command(installed, tmp_path, *placed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Traceback" not in done.stdout
