from __future__ import annotations

import datetime
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from brainlearn.mistakes import UserError
from brainlearn.results.new_folder import create_default_folder, create_run_folder
from brainlearn.results.whole_file import write_text

NOW = datetime.datetime(2026, 3, 9, 14, 5, 7)


def test_the_default_folder_bears_experiment_date_and_time(tmp_path: Path) -> None:
    folder = create_default_folder("01_digits", NOW, tmp_path / "runs")
    assert folder == tmp_path / "runs" / "01_digits-2026-03-09-140507"
    assert folder.is_dir()


def test_an_odd_name_stays_inside_the_root(tmp_path: Path) -> None:
    assert create_default_folder("../a b/c", NOW, tmp_path).parent == tmp_path


def test_runs_that_begin_in_the_same_second_get_a_folder_each(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        folders = list(threads.map(lambda _: create_default_folder("a", NOW, tmp_path), range(16)))
    assert len(set(folders)) == 16
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(folder.name for folder in folders)


@pytest.mark.parametrize("name", ["x" * 300, "ä" * 120], ids=["300 letters", "240 bytes"])
def test_a_long_name_is_cut(tmp_path: Path, name: str) -> None:
    folder = create_default_folder(name, NOW, tmp_path)
    assert folder.is_dir()
    assert len(folder.name.encode()) == 100 + len("-2026-03-09-140507")


def test_a_path_that_the_system_refuses_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written; found file name too long"):
        create_run_folder(tmp_path / ("x" * 300))


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    assert create_run_folder(tmp_path / "a" / "b").is_dir()


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    assert create_run_folder(tmp_path) == tmp_path
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "summary.json").touch()
    with pytest.raises(UserError, match=r"in use; found summary\.json; allowed: .*--output"):
        create_run_folder(tmp_path)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(UserError, match=r"found .*a is a file"):
        create_run_folder(tmp_path / "a" / "b")
    with pytest.raises(UserError, match=r"found .*a is a file"):
        create_run_folder(tmp_path / "a")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="cannot be written; found permission denied"):
        create_run_folder(tmp_path / "a")


def test_a_refusal_of_the_system_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UserError, match="cannot be written; found permission denied"):
        create_run_folder(tmp_path / "a")


def test_text_replaces_a_file_whole(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    write_text(tmp_path / "a.txt", "µ")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "µ"
    assert len(list(tmp_path.iterdir())) == 1
