"""Contrastive-signal-dependent plasticity learns digits, with Poisson spikes all through."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn import load_experiment, run

CIRCUIT = """
name = "one_poisson_area"
dt = "1 ms"

[[areas]]
name = "retina"
level = 0
populations = [
  { name = "image", sheet = [8, 8], neuron = "poisson" },
  { name = "label", size = 10, neuron = "poisson" },
]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 200, neuron = "lif_delta" }]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "normal", sd = 1.5, per_input = true }

[[projections]]
source = "retina/label"
target = "V1/E"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "normal", sd = 1.5, per_input = true }
"""

EXPERIMENT = """
name = "csdp_digits"
circuit = "circuit.toml"
seed = 1
dataset = { name = "digits", validation = 200 }
stimulus = { image = "retina/image", label = "retina/label", encoding = "poisson", maximum_rate = "400 Hz" }
phases = [{ name = "show", duration = "30 ms" }]
negatives = { kind = "random" }
readout = { one_pass = false }
training = { epochs = 8, copies = 100 }

[rule]
name = "csdp"
parameters = { threshold = 2.0, width = 0.3 }
updates = [{ name = "step", size = 0.01 }]
"""


@pytest.mark.slow
def test_it_tells_digits_apart_far_better_than_guessing(tmp_path: Path) -> None:
    (tmp_path / "circuit.toml").write_text(CIRCUIT, encoding="utf-8")
    (tmp_path / "experiment.toml").write_text(EXPERIMENT, encoding="utf-8")
    metrics = run(load_experiment(tmp_path / "experiment.toml"))["metrics"]
    errors = metrics["validation_error"].values  # (epoch,) percent
    assert errors[-1] < 60 < errors[0]
    last = metrics.sel(epoch=metrics["epoch"][-1], population="V1/E")
    assert float(last["goodness_positive"]) > 1.2 * float(last["goodness_negative"])
