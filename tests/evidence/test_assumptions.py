"""The small print follows from files: looked up here by hand in a few experiments."""

from __future__ import annotations

from pathlib import Path

from pages.evidence.assumptions import HARD, assumptions_of
from pages.evidence.conditions import what_differs
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
        "weight decay 0.0002 / 0; settings tried: not recorded / not recorded"
    )
