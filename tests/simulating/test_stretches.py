"""A recording is the same whether steps are run one by one or many at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import Sampled, load_circuit, simulate
from brainlearn.brian.stretch import section
from brainlearn.brian.stretch.driver import Driver

TEXT = """
name = "driven_from_outside"
dt = "0.5 ms"

[neurons.membrane]
equations = '''
    dv/dt = (-v + bias)/(10*ms) : volt
    bias : volt
'''
threshold = "v > 10*mV"
reset = "v = 0*mV"
method = "exact"

[[areas]]
name = "V1"
level = 1

  [[areas.populations]]
  name = "E"
  size = 30
  neuron = "membrane"
  poisson_input = [{ variable = "v", number = 10, rate = "20 Hz", weight = "3 mV" }]
"""


@pytest.mark.parametrize(
    ("record", "calls"),
    [
        # the bias changes every 7.5 ms, 15 steps; states are sampled every 10 ms
        ("V1/E:rate", [15, 15, 15, 15]),
        ("V1/E:rate,v", [15, 5, 10, 10, 5, 15]),
    ],
)
def test_what_is_recorded_is_the_same(
    record: str, calls: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "circuit.toml").write_text(TEXT)
    circuit = load_circuit(tmp_path / "circuit.toml")
    bias = Sampled(np.outer([0.0, 0.009, 0.012, 0.002], np.ones(30)), interval="7.5 ms")
    found: list[int] = []
    run = Driver.run

    def counted(driver: Driver, steps: int, times: tuple[Any, ...]) -> None:
        found.append(steps)
        run(driver, steps, times)

    monkeypatch.setattr(Driver, "run", counted)
    trees = []
    for worth in (0, 10**15):
        monkeypatch.setattr(section, "WORTH", worth)
        trees.append(simulate(circuit, "30 ms", {"V1/E:bias": bias}, record, "10 ms", copies=2, seed=4))
    together, apart = trees
    assert found == calls
    assert together["statistics/V1.E"]["spike_count"].values.sum() > 20
    for name in ("spikes", "rates", "statistics", "correlations", *(["states"] if "v" in record.split(",") else [])):
        assert together[name].identical(apart[name]), name
