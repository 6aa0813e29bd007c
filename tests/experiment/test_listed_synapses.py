"""An experiment whose circuit lists its synapses, with delays of their own: trained, saved, reported, exported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_experiment, load_result, run
from brainlearn.circuit import Rows, wire
from brainlearn.circuit.short_term import short_term_values
from brainlearn.interchange.learned import circuit_of
from brainlearn.results.schema import validate

CIRCUIT = """
name = "listed"
dt = "1 ms"
[[areas]]
name = "retina"
level = 0
populations = [
  { name = "image", sheet = [8, 8], neuron = "constant_current" },
  { name = "label", size = 10, neuron = "constant_current" },
]
[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 40, neuron = "lif_delta", normalisation = { rms = 0.3 } }]
[[areas]]
name = "V2"
level = 2
populations = [{ name = "E", size = 40, neuron = "lif_delta" }]
[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "constant_current"
connectivity = { kind = "fixed_in_degree", in_degree = 20, multapses = false }
weights = { distribution = "normal", sd = 1.0, per_input = true }
[[projections]]
source = "retina/label"
target = "V1/E"
pathway = "bottom_up"
synapse = "constant_current"
weights = { distribution = "normal", sd = 1.0, per_input = true }
[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "delta"
connectivity = { kind = "fixed_total_number", number = 600, multapses = true }
weights = { distribution = "normal", sd = 1.0, per_input = true }
delay = { distribution = "uniform", low = "1 ms", high = "3 ms" }
"""
EXPERIMENT = """
name = "listed"
circuit = "circuit.toml"
seed = 1
[dataset]
name = "digits"
[stimulus]
image = "retina/image"
label = "retina/label"
encoding = "constant_current"
label_strength = 3.0
rms = 0.3
[[phases]]
name = "show"
duration = "12 ms"
[rule]
name = "forward_forward"
parameters = { threshold = 0.06, width = 0.001, peer = 0.05 }
updates = [{ name = "adam", size = 2e-3 }, { name = "decay", rate = 1e-4 }]
[training]
epochs = 4
copies = 150
[baselines.backprop]
"""
SHORT = {"training.epochs": 1, "training.samples": 300, "baselines": {}, "readout.test": False}


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    (tmp_path / "circuit.toml").write_text(CIRCUIT, encoding="utf-8")
    (tmp_path / "experiment.toml").write_text(EXPERIMENT, encoding="utf-8")
    return tmp_path / "experiment.toml"


@pytest.mark.slow
def test_an_experiment_learns_at_listed_synapses(experiment: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_experiment(experiment), folder=folder)
    tree = load_result(folder / "result.nc")
    validate(tree)
    group = tree["weights/V1.E->V2.E"]
    rows = wire(load_experiment(experiment).circuit, 1)["V1/E->V2/E"]
    assert isinstance(rows, Rows)
    assert rows.delays is not None
    assert np.array_equal(group["pre"], rows.pres)
    assert np.array_equal(group["post"], rows.posts)
    assert group["delay"].values == pytest.approx(rows.delays * 1.0)
    assert group["initial"].values == pytest.approx(rows.weights, rel=1e-6)
    assert np.abs(group["final"] - group["initial"]).max() > 0.01
    assert tree["weights/retina.image->V1.E"]["final"].dims == ("synapse",)
    assert tree["weights/retina.label->V1.E"]["final"].dims == ("pre", "post")
    wrong = tree["test"]["prediction"].values != tree["test"]["true_label"].values
    assert wrong.mean() < 0.8  # of 10 classes: chance is 0.9


def test_weights_of_a_run_are_a_matrix_for_those_who_need_one(experiment: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run(load_experiment(experiment, SHORT), folder=folder)
    tree, (circuit, weights, _) = load_result(folder / "result.nc"), circuit_of(folder)
    rows = wire(circuit, 1)["retina/image->V1/E"]
    assert isinstance(rows, Rows)
    final = tree["weights/retina.image->V1.E"]["final"].values
    assert weights["retina/image->V1/E"] == pytest.approx(rows.matrix(final), rel=1e-6)
    assert np.abs(final - rows.weights).max() > 1e-3


def test_a_run_holds_how_synapses_differ_in_their_plasticity(experiment: Path, tmp_path: Path) -> None:
    drawn = '{ distribution = "uniform", low = 0.2, high = 0.8 }'
    table = f'short_term_plasticity = {{ utilisation = {drawn}, tau_recovery = "20 ms" }}\n'
    (tmp_path / "circuit.toml").write_text(CIRCUIT + table, encoding="utf-8")
    loaded = load_experiment(experiment, SHORT)
    tree = run(loaded, folder=tmp_path / "run")
    validate(tree)
    group, name = tree["weights/V1.E->V2.E"], "V1/E->V2/E"
    plasticity = loaded.circuit.projection(name).short_term_plasticity
    assert plasticity is not None
    expected = short_term_values(plasticity, name, 600, 1)["utilisation"]
    assert group["utilisation"].values == pytest.approx(expected)
    assert "tau_recovery" not in group
