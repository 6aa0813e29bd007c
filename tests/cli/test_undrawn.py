"""Pictures that cannot be written are said at the end; nothing that comes after them is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.cli import outcome as command
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_record


def test_a_picture_that_cannot_be_written_does_not_end_the_baselines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def full(folder: RunFolder, tree: object) -> None:
        raise UserError(Mistake(str(folder.figure), "cannot be written", "no space left on device"))

    monkeypatch.setattr("brainlearn.running.ending.draw", full)
    monkeypatch.setattr("brainlearn.running.ending.run_baselines", lambda *arguments: done.append("baselines"))
    monkeypatch.setattr("brainlearn.running.ending.write_page", lambda folder: done.append("page"))
    with pytest.raises(UserError) as raised:
        command.finish(RunFolder(tmp_path), result_tree(make_record()), ["backprop"], None, quiet=True, part=False)
    assert done == ["baselines", "page"]
    first, second = raised.value.mistakes
    assert first.where == str(tmp_path / "figure.png")
    assert second.suggestion == f"Fix the cause, then run: brainlearn report {tmp_path}"
