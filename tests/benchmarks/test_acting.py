"""The benchmark of circuits that act: what it compares is the same."""

from __future__ import annotations

import pytest

from benchmarks.environments import NAME, Copies, Stock

gymnasium = pytest.importorskip("gymnasium")


def test_stock_brian_lives_the_first_episode_of_a_copy() -> None:
    copies, stock = Copies(lambda: gymnasium.make(NAME), 1, "float64"), Stock(gymnasium.make(NAME), "numpy")
    for each in (copies, stock):
        each.run(40)
    assert copies.lengths[0] == stock.lengths[0] > 8
