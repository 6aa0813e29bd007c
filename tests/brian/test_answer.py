"""Goodness is added up over the steps that count, and what a rule reads stays as it was."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
from brian2 import Clock, ms

from brainlearn.brian.answer import Answer
from brainlearn.brian.presenter import Phase


def test_what_a_rule_reads_within_a_phase_stays_as_it_was() -> None:
    told = SimpleNamespace(
        rule=Mock(broadcasts={"goodness": "x"}), values=Mock(), per_copy={"polarity": "of the phase"}
    )
    told.update = lambda _: setattr(told, "per_copy", {"goodness": np.array([[2.0], [3.0]])})
    presenter = SimpleNamespace(clock=Clock(1 * ms), now=None)
    answer = Answer(presenter, {"V1/E": told})  # type: ignore[arg-type, dict-item]
    answer.begin(np.array([1, -1]), wanted=True)
    for step in range(4):
        presenter.now = Phase("show", 4, answer=(1, 2)), step
        answer.run()
        assert told.per_copy == {"polarity": "of the phase"}
    assert answer.total["V1/E"].tolist() == [4.0, 6.0]
