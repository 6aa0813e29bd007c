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
updates = [{ name = "momentum", rate = 0.8 }, { name = "adam", size = 0.01 }, { name = "decay", rate = 1e-3 }]

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

SHIFTED = POISSON.replace('encoding = "poisson"', 'encoding = "poisson", shift = 1').replace(
    "validate_on = 12", "validate_on = 12, short_list = 3"
)

RECURRENT = """
name = "tiny"
circuit = "circuit.toml"
seed = 1
sizes = { "retina/image" = [8, 8], "V1/E" = 12, "V2/E" = 9 }
dataset = { name = "digits", validation = 12 }
stimulus = { image = "retina/image", label = "task/label", encoding = "graded", label_strength = 6.0, rms = 1.0 }
phases = [{ name = "watch", duration = "5 ms", answer = ["3 ms", "5 ms"] }]
negatives = { kind = "hard" }
training = { epochs = 3, copies = 60, samples = 100 }
readout = { validate_on = 12 }

[rule]
name = "forward_forward_recurrent"
parameters = { threshold = 0.5, width = 0.01, peer = 0.03, sense = -1 }
updates = [{ name = "adam", size = 0.01 }, { name = "decay", rate = 1e-4 }]
"""

RECURRENT_BACKPROP = f"""
{RECURRENT}
[baselines.backprop_through_time]
copies = 20
epochs = 2
"""

SPIKING_LOOP = (
    RECURRENT.replace('"graded"', '"constant_current"')
    .replace("rms = 1.0", "rms = 0.3")
    .replace('"5 ms", answer = ["3 ms", "5 ms"]', '"8 ms", reset = false')
    .replace("forward_forward_recurrent", "forward_forward")
    .replace(", sense = -1", "")
)

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

SYMBOLS = (
    TARGETS.replace('{ "V1/E" = 12 }', '{ "V1/E" = 12, "retina/image" = 36, "IT/class" = 24 }')
    .replace('"digits"', '"family_trees"')
    .replace('"IT/class" }', '"IT/class", symbols = true }')
    .replace("samples = 100", "samples = 80")
)

UNIT_CLASSES_CIRCUIT = """
name = "tiny"
dt = "1 ms"

[neurons.adapting]
equations = '''
    dv/dt = -v/(10*ms) : 1
    dtheta/dt = -theta/(1*second) : 1
'''
threshold = "v > 0.5 + theta"
reset = '''
    v = 0
    theta += 0.01
'''
method = "exact"
kept = ["theta"]

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", sheet = [8, 8], neuron = "poisson" }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 15, neuron = "adapting" }]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "delta"
weights = { distribution = "uniform", low = 0.0, high = 0.1 }

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "delta"
weights = { distribution = "constant", value = -0.5 }
connectivity = { kind = "all_but_own" }
"""

UNIT_CLASSES = """
name = "tiny"
circuit = "circuit.toml"
seed = 1
dataset = { name = "digits", validation = 12 }
stimulus = { image = "retina/image", encoding = "poisson", maximum_rate = "200 Hz" }
phases = [
  { name = "rest", duration = "5 ms", learn = false, show = false, reset = false },
  { name = "show", duration = "15 ms", reset = false },
]
unit_classes = { population = "V1/E", share = 0.5 }
training = { epochs = 3, copies = 20, samples = 100 }

[rule]
name = "pair_stdp"
projections = ["retina/image->V1/E"]
updates = [{ name = "step", size = 1.0 }, { name = "clip", low = 0.0, high = 0.5 }, { name = "normalise", sum = 3.2 }]
"""

OVER_TIME = """
name = "tiny"
circuit = "circuit.toml"
seed = 1
sizes = { "V1/E" = 12, "periphery/spikes" = 40, "IT/class" = 2 }
dataset = { name = "delayed_match", validation = 12 }
stimulus = { image = "periphery/spikes", encoding = "spikes" }
target = { population = "IT/class" }
phases = [
  { name = "sample", duration = "100 ms", reset = false, learn = false },
  { name = "wait", duration = "20 ms", reset = false, learn = false, show = false },
  { name = "test", duration = "400 ms", reset = false, nudge = 1.0, answer = ["350 ms", "400 ms"] },
]
rule = { name = "e_prop" }
training = { epochs = 3, copies = 20, samples = 40 }
baselines = { backprop_through_time = { copies = 20 } }
"""

CURVES = """
name = "tiny"
circuit = "circuit.toml"
seed = 1
sizes = { "V1/E" = 12, "periphery/spikes" = 100, "IT/class" = 3 }
dataset = { name = "pattern_generation", validation = 5 }
stimulus = { image = "periphery/spikes", encoding = "spikes" }
target = { population = "IT/class" }
phases = [{ name = "show", duration = "1 s", reset = false, nudge = 1.0, answer = true }]
rule = { name = "e_prop" }
training = { epochs = 3, copies = 5, samples = 10 }
baselines = { backprop_through_time = { copies = 5 } }
"""

SEQUENCE = f"""
{TARGETS.replace("epochs = 3", "epochs = 1")}
[[sequence]]
name = "low"
epochs = 2
classes = [0, 1, 2, 3, 4]

[[sequence]]
name = "high"
classes = [5, 6, 7, 8, 9]
labels = [0, 1, 2, 3, 4]

[[sequence]]
name = "exchanged"
permute = 3
"""

DRIFTING = f"""
{TARGETS}
[drift."V1/E->IT/class"]
per_epoch = 0.5
"""

DROPOUT = (
    TARGETS.replace('{ image = "retina/image" }', '{ image = "retina/image", noise = 0.3 }')
    + """
[dropout]
"V1/E" = 0.5
"""
)


ACTING = """
name = "tiny"
circuit = "circuit.toml"
seed = 1
phases = [{ name = "swim", duration = "8 ms", reset = false, remember = true }]
training = { epochs = 3, copies = 6 }

[environment]
name = "water_maze"
settings = { max_steps = 7, radius = 0.5 }
rounds = 12
test_episodes = 8
observations = [{ population = "retina/image", encoding = "place_cells", cells = [8, 8], maximum = "200 Hz" }]
action = { populations = ["V1/E"], choice = "population_vector" }

[rule]
name = "actor_critic"
projections = ["retina/image->V1/E"]
broadcasts_from = "V2/E"
updates = [{ name = "momentum", rate = 0.8 }, { name = "step", size = 0.1 }]
"""


COMPLETION = """
name = "tiny"
circuit = "circuit.toml"
seed = 1
dataset = { name = "digits", validation = 10 }
stimulus = { encoding = "log_odds" }
training = { epochs = 3, copies = 8 }
completion = { population = "V1/label", settle = "3 ms", duration = "4 ms" }
phases = [
  { name = "see", duration = "2 ms", learn = false },
  { name = "wake", duration = "1 ms", reset = false },
  { name = "fall_asleep", duration = "1 ms", reset = false, learn = false, show = false },
  { name = "sleep", duration = "1 ms", reset = false, show = false, polarity = -1 },
]

[sizes]
"V2/hidden" = 7

[rule]
name = "contrastive_divergence"
projections = ["V1/image->V2/hidden", "V1/label->V2/hidden", "V1/bias->V1/image", "V1/bias->V2/hidden"]
updates = [{ name = "gather", count = 3 }, { name = "step", size = 0.1 }]
"""


def on_mirror(text: str) -> str:
    """Return an experiment that learns in the mirror."""
    inside = 'training = { engine = "mirror",'
    return text.replace("training = {", inside).replace("[training]\n", '[training]\nengine = "mirror"\n')


CIRCUITS = Path(__file__).parents[2] / "circuits"
KINDS = {
    "poisson": (POISSON, None, None),
    "traces": (TRACES, None, None),
    "hybrids": (HYBRIDS, None, None),
    "shifted": (SHIFTED, None, None),
    "recurrent": (RECURRENT, "recurrent_graded.toml", None),
    "recurrent_backprop": (RECURRENT_BACKPROP, "recurrent_graded.toml", "backprop_through_time"),
    "spiking_loop": (SPIKING_LOOP, "recurrent_spiking.toml", None),
    "unit_classes": (UNIT_CLASSES, None, None),
    "drifting": (DRIFTING, "temporal_difference.toml", None),
    "dropout": (DROPOUT, "temporal_difference.toml", None),
    "dropout_mirror": (on_mirror(DROPOUT), "temporal_difference.toml", None),
    "dropout_backprop": (DROPOUT, "temporal_difference.toml", "backprop_through_time"),
    "targets": (TARGETS, "temporal_difference.toml", None),
    "over_time": (OVER_TIME, "spike_times.toml", None),
    "curves": (CURVES, "spike_times.toml", None),
    "curves_backprop": (CURVES, "spike_times.toml", "backprop_through_time"),
    "symbols": (SYMBOLS, "temporal_difference.toml", None),
    "sequence": (SEQUENCE, "temporal_difference.toml", None),
    "sequence_backprop": (SEQUENCE, "temporal_difference.toml", "backprop_through_time"),
    "poisson_mirror": (on_mirror(POISSON), None, None),
    "unit_classes_mirror": (on_mirror(UNIT_CLASSES), None, None),
    "drifting_mirror": (on_mirror(DRIFTING), "temporal_difference.toml", None),
    "over_time_mirror": (on_mirror(OVER_TIME), "spike_times.toml", None),
    "completion": (COMPLETION, "boltzmann.toml", None),
    "completion_mirror": (on_mirror(COMPLETION), "boltzmann_spiking.toml", None),
    "acting": (ACTING, None, None),
    "acting_mirror": (on_mirror(ACTING), None, None),
    "backprop": (TARGETS, "temporal_difference.toml", "backprop_through_time"),
}


def tiny(folder: Path, kind: str, *changes: str) -> tuple[Experiment, str | None]:
    """Write the files of a kind of run into a folder; return the experiment, and the baseline to train."""
    text, circuit, baseline = KINDS[kind]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "experiment.toml").write_text(text, encoding="utf-8")
    own = UNIT_CLASSES_CIRCUIT if text is UNIT_CLASSES else CIRCUIT
    (folder / "circuit.toml").write_text((CIRCUITS / circuit).read_text() if circuit else own, encoding="utf-8")
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
    for name in ("label", "prediction", "goodness", "one_pass", "target", "output", "task"):
        found[f"test {name}"] = np.asarray(getattr(record.test, name)).tobytes()
    return found | {"presentations": record.presentations, "test episodes": repr(record.test.episodes)}
