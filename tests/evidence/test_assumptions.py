"""The small print follows from files: looked up here by hand in a few experiments."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from brainlearn.experiment.loading import load_experiment
from pages.evidence.assumptions import HARD, assumptions_of, of_experiment
from pages.evidence.conditions import what_differs
from pages.evidence.swept import trained_by
from pages.evidence.verdicts import judge
from tests.evidence.recomputed import ROOT
from tests.evidence.test_every_verdict import claims

EXPERIMENTS = ROOT / "experiments"


def test_forward_forward_with_spikes_has_hard_negatives_and_clamps_the_label() -> None:
    (found,) = assumptions_of(EXPERIMENTS / "02_forward_forward_mnist")
    assert (found.units, found.weights, found.dale) == ("spiking", "3 bottom-up learned", "not kept")
    assert (found.update, found.mean_over, found.epochs) == ("Adam, decay", "300 copies", "20")
    assert (found.negatives, found.clamped, found.engine) == (HARD, "retina/image, retina/label", "Brian2")


def test_tied_and_learned_top_down_weights_are_told_apart() -> None:
    (tied,) = assumptions_of(EXPERIMENTS / "05_temporal_difference_mnist")
    (learned,) = assumptions_of(EXPERIMENTS / "10_learned_top_down")
    assert tied.weights == "2 bottom-up learned; 1 top-down tied"
    assert learned.weights == "2 bottom-up learned; 1 top-down learned"
    assert tied.negatives == "none"
    assert tied.clamped == "retina/image, IT/class nudged by -1, 1"


def test_a_sweep_has_the_settings_of_its_experiment_with_its_own_values(tmp_path: Path) -> None:
    (tmp_path / "sweeps").mkdir()
    base = EXPERIMENTS / "04_temporal_difference_digits" / "experiment.toml"
    for name, more in (("rule", ""), ("backprop", 'train = "backprop"\n')):
        text = f'name = "{name}"\nexperiment = "{base.as_posix()}"\n{more}[set]\n"training.epochs" = 7\n'
        text += '"training.copies" = 20\n'
        (tmp_path / "sweeps" / f"{name}.toml").write_text(f'{text}"alignment.epochs" = []\n', encoding="utf-8")
    backprop, rule = assumptions_of(tmp_path)
    assert (rule.experiment, rule.update, rule.mean_over, rule.epochs, rule.engine) == (
        f"{tmp_path.name}: rule", "Adam, decay", "20 copies", "7", "Brian2",
    )  # fmt: skip
    assert (backprop.update, backprop.mean_over, backprop.epochs) == ("Adam", "50 copies", "7")
    assert (backprop.clamped, backprop.engine) == ("retina/image", "mirror (PyTorch)")


def test_what_differs_from_a_baseline_is_named() -> None:
    comparison = claims()[1].comparisons[1]
    found = what_differs(judge(comparison, EXPERIMENTS), EXPERIMENTS)
    assert found == (
        "epochs 20 / 15; presentations 2,000,000 / 750,000; presentations in a step 300 / 100; "
        "weight decay 0.0002 / 0; settings tried: 9 / not recorded"
    )


def test_a_search_has_its_best_settings_as_recorded(tmp_path: Path) -> None:
    (tmp_path / "sweeps").mkdir()
    (tmp_path / "result").mkdir()
    base = EXPERIMENTS / "04_temporal_difference_digits" / "experiment.toml"
    text = f'name = "a"\nexperiment = "{base.as_posix()}"\n[search]\ntrials = 2\n[search.arms.b]\ntrain = "backprop"\n'
    (tmp_path / "sweeps" / "a.toml").write_text(text, encoding="utf-8")
    decay = ("arm", "trial"), [[0.5, 2.5]], {"key": "baselines.backprop.decay"}
    data = xr.Dataset({"best": ("arm", [1]), "decay": decay}, {"arm": ["b"], "trial": [0, 1]})
    data.to_netcdf(tmp_path / "result" / "a.nc", engine="h5netcdf")
    _, baseline = trained_by(tmp_path / "sweeps" / "a.toml")
    assert baseline is not None
    assert baseline.decay == 2.5
    assert [each.update for each in assumptions_of(tmp_path)] == ["Adam, decay"]


def test_negatives_that_goodness_chooses_are_said_to_come_from_the_circuit() -> None:
    changes = {"negatives.kind": "by_goodness", "negatives.candidates": 4}
    experiment = load_experiment(EXPERIMENTS / "01_forward_forward_digits" / "experiment.toml", changes)
    found = of_experiment("a", experiment).negatives
    assert found == "hard: of 4 random wrong labels, that of the greatest goodness in the circuit itself"


def test_hard_negatives_are_drawn_by_a_softmax_also_where_it_answers_nothing() -> None:
    changes = {"readout": {"one_pass": False}}
    experiment = load_experiment(EXPERIMENTS / "01_forward_forward_digits" / "experiment.toml", changes)
    assert of_experiment("a", experiment).negatives == HARD
