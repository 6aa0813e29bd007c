"""The bar of a notebook counts what it is told, stage by stage."""

from __future__ import annotations

import io
import math
import sys
from types import SimpleNamespace

import pytest

from brainlearn.training.notebook_bar import Bar, bar_in_notebook
from brainlearn.training.progress import Progress

pytest.importorskip("tqdm", reason="no tqdm here: pip install tqdm")


def progress(stage: str, done: int, error: float = math.nan) -> Progress:
    return Progress(stage, 2, 5, done, 10, 100.0, 0.0, 0.0, error, 3.0)


def test_one_bar_counts_epochs_and_another_the_test() -> None:
    told = io.StringIO()
    bar = Bar(file=told, mininterval=0)
    bar.started("digits by Forward-Forward", ("a note",))
    for each in (progress("training", 5), progress("validation", 3), progress("training", 10, 12.5)):
        bar.progress(each)
    bar.epoch_done(SimpleNamespace(epoch=5), 5)
    for each in (progress("test", 5, 12.5), progress("test", 10)):
        bar.progress(each)
    text = told.getvalue()
    assert text.startswith("digits by Forward-Forward\na note\n")
    for shown in ("training:  30%", "1.5 of 5 epochs", "2.0 of 5 epochs", "test:  50%", "error 12.50 %"):
        assert shown in text
    assert text.count("\n") == 4  # title, note, and the ends of two bars
    assert text.rindex("training") < text.index("test: ")


def test_a_simulation_counts_its_steps() -> None:
    told = io.StringIO()
    bar = Bar(file=told, mininterval=0)
    for done in (0, 250, 1000):
        bar(done, 1000)
    assert "time steps: 100%" in told.getvalue()
    assert "1000/1000" in told.getvalue()


def test_only_the_kernel_of_a_notebook_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert bar_in_notebook() is None
    for shell, shows in ((SimpleNamespace(), False), (SimpleNamespace(kernel=object()), True)):
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda shell=shell: shell))
        assert (bar_in_notebook() is not None) is shows
