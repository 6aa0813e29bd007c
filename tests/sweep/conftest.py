"""An experiment whose run takes a fraction of a second, and sweeps over it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

CIRCUIT = Path(__file__).parents[2] / "circuits" / "one_area.toml"

EXPERIMENT = f"""
name = "tiny"
circuit = "{CIRCUIT.as_posix()}"
seed = 5

[sizes]
"V1/E" = 12

[dataset]
name = "digits"

[[phases]]
name = "show"
duration = "3 ms"

[rule]
name = "forward_forward"
updates = [{{ name = "adam", size = 0.01 }}, {{ name = "decay", rate = 1e-4 }}]

[negatives]
kind = "random"

[training]
epochs = 1
copies = 1800
samples = 1400

[readout]
one_pass = false

[baselines.backprop_through_time]
"""

Files = Callable[..., Path]


@pytest.fixture
def sweep_file(tmp_path: Path) -> Files:
    """Write a sweep file with the text that is given, beside the tiny experiment."""
    return partial(write_sweep, tmp_path)


def write_sweep(folder: Path, text: str, name: str = "sweep.toml") -> Path:
    (folder / "experiment.toml").write_text(EXPERIMENT, encoding="utf-8")
    path = folder / name
    path.write_text(f'name = "tiny_sweep"\nexperiment = "experiment.toml"\n{text}', encoding="utf-8")
    return path
