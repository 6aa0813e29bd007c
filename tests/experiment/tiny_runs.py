"""Runs of a second or so, of every kind that keeps a state of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.experiment import Experiment, load_experiment
from brainlearn.results.record import RunRecord
from brainlearn.stimuli import Dataset, load_dataset

TESTED = 24  # items of the digits' test set

CIRCUIT = """
name = "tiny"
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
populations = [{ name = "E", size = 12, neuron = "lif_delta", normalisation = { rms = 0.3 } }]

[[areas]]
name = "V2"
level = 2
populations = [{ name = "E", size = 9, neuron = "lif_delta", sign = "excitatory" }]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "delta"
connectivity = { kind = "probability", probability = 0.5 }
weights = { distribution = "normal", sd = 2.0, per_input = true }

[[projections]]
source = "retina/label"
target = "V1/E"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "normal", sd = 1.0, per_input = true }

[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "delta"
delay = "2 ms"
weights = { distribution = "normal", sd = 2.0, per_input = true }

[[projections]]
source = "V2/E"
target = "V2/E"
pathway = "lateral"
synapse = "delta"
delay = "3 ms"
weights = { distribution = "uniform", low = 0.0, high = 0.1 }
"""

POISSON = """
name = "tiny"
circuit = "circuit.toml"
seed = 1
dataset = { name = "digits", validation = 12 }
stimulus = { image = "retina/image", label = "retina/label", encoding = "poisson", maximum_rate = "200 Hz" }
phases = [{ name = "show", duration = "6 ms", reset = false }]
readout = { validate_on = 12 }

[rule]
name = "forward_forward"
constraints = [{ name = "momentum", rate = 0.8 }, { name = "adam", size = 0.01 }, { name = "decay", rate = 1e-3 }]

[training]
epochs = 3
copies = 60
samples = 100
"""

TRACES = f"""
{POISSON.replace('"forward_forward"', '"forward_forward_trace"')}
[negatives]
kind = "random"
"""

HYBRIDS = f"""
{POISSON}
[negatives]
kind = "hybrid"
"""

TARGETS = """
name = "tiny"
circuit = "circuit.toml"
seed = 1
sizes = { "V1/E" = 12 }
dataset = { name = "digits", validation = 12 }
stimulus = { image = "retina/image" }
target = { population = "IT/class" }
phases = [
  { name = "settle", duration = "3 ms", learn = false, reset = false },
  { name = "free", duration = "4 ms", reset = false, learn = false, remember = true, answer = true },
  { name = "nudged", duration = "4 ms", reset = false, nudge = 1.0 },
]
rule = { name = "temporal_difference" }
training = { epochs = 3, copies = 20, samples = 100 }
baselines = { backprop_through_time = { copies = 20 } }
"""

CIRCUITS = Path(__file__).parents[2] / "circuits"
KINDS = {
    "poisson": (POISSON, None, None),
    "traces": (TRACES, None, None),
    "hybrids": (HYBRIDS, None, None),
    "targets": (TARGETS, "temporal_difference.toml", None),
    "backprop": (TARGETS, "temporal_difference.toml", "backprop_through_time"),
}


def tiny(folder: Path, kind: str, *changes: str) -> tuple[Experiment, str | None]:
    """Write the files of a kind of run into a folder; return the experiment, and the baseline to train."""
    text, circuit, baseline = KINDS[kind]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "experiment.toml").write_text(text, encoding="utf-8")
    (folder / "circuit.toml").write_text((CIRCUITS / circuit).read_text() if circuit else CIRCUIT, encoding="utf-8")
    return load_experiment(folder / "experiment.toml", changes), baseline


def few_items(name: str, folder: Path | None, seed: int) -> Dataset:
    """Load a dataset of which few items are tested."""
    whole = load_dataset(name, folder, seed)
    return dataclasses.replace(whole, test_images=whole.test_images[:TESTED], test_labels=whole.test_labels[:TESTED])


def outcome(record: RunRecord) -> dict[str, Any]:
    """Return all of a record that a stop must not change, as text and bytes."""
    found: dict[str, Any] = {
        f"epoch {epoch.epoch}": repr(dataclasses.replace(epoch, seconds=0.0)) for epoch in record.epochs
    }
    for name, weights in record.weights.items():
        found |= {f"{name} {when}": getattr(weights, when).tobytes() for when in ("initial", "final")}
    for angles in record.alignments:
        found[f"angle {angles.epoch} {angles.loss}"] = repr(dataclasses.asdict(angles))
    assert record.test is not None
    for name in ("label", "prediction", "goodness", "one_pass"):
        found[f"test {name}"] = np.asarray(getattr(record.test, name)).tobytes()
    return found | {"presentations": record.presentations}
