"""A small experiment to change, and its runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from brainlearn.experiment import Experiment, load_experiment

CIRCUITS = Path(__file__).parents[2] / "circuits"

SMALL = f"""
name = "small"
circuit = "{CIRCUITS}/two_areas.toml"
seed = 1

[sizes]
"V1/E" = 40
"V2/E" = 30

[dataset]
name = "digits"
validation = 30

[stimulus]
image = "retina/image"
label_strength = 3.0

[[phases]]
name = "show"
duration = "8 ms"

[rule]
name = "forward_forward"
parameters = {{ width = 0.002 }}
updates = [{{ name = "adam", size = 0.01 }}, {{ name = "decay", rate = 1e-4 }}]

[negatives]
kind = "hard"

[training]
epochs = 2
copies = 120
samples = 200
"""

Small = Callable[..., Experiment]


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Load the small experiment after replacements in its text, and with changes as of ``--set``."""

    def load(*changes: str, replace: tuple[tuple[str, str], ...] = (), circuit: str = "") -> Experiment:
        text = SMALL
        for old, new in replace:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "experiment.toml"
        path.write_text(text, encoding="utf-8")
        return load_experiment(path, changes)

    return load
