"""Dropout and noise of an experiment: refused where they cannot be, and without effect on answers and other numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import Round
from brainlearn.circuit.projection_rng import projection_rng
from brainlearn.experiment.schema import StimulusTable
from brainlearn.mistakes import UserError
from brainlearn.running.conduct import conduct, prepare
from brainlearn.tasks.stimulus_maker import StimulusMaker
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import build_simulation
from tests.experiment.tiny_runs import tiny

HALF = "dropout={'V1/E'=0.5}"
REFUSED = {
    "an unknown population": ("dropout={'V1/e'=0.5}", r'dropout\."V1/e": no population "V1/e".*Did you mean "V1/E"'),
    "no fraction": ("dropout={'V1/E'=1.0}", r'dropout\."V1/E": .*1\.0; allowed: below 1'),
    "a negative one": ("dropout={'V1/E'=-0.1}", r'dropout\."V1/E": .*-0\.1; allowed: 0\.0 or more'),
    "a stimulus without spikes": (
        "dropout={'retina/image'=0.5}",
        r'dropout\."retina/image": only units that spike can be switched off; .* allowed: V1/E, IT/class',
    ),
    "the graded twin": (
        (HALF, "baselines.backprop={}"),
        r"baselines\.backprop: the graded twin has no spikes, .*Take backprop_through_time",
    ),
    "noise of spikes": (
        ("stimulus.noise=0.1", 'stimulus.encoding="spikes"'),
        r'stimulus\.noise: with encoding = "spikes", images cannot be noisy',
    ),
    "negative noise": ("stimulus.noise=-1.0", r"stimulus\.noise: .*-1\.0; allowed: 0\.0 or more"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_switched_off_or_made_noisy_is_refused(
    changes: str | tuple[str, ...], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=message):
        tiny(tmp_path, "targets", *((changes,) if isinstance(changes, str) else changes))


def test_a_fraction_of_zero_is_no_dropout_so_that_sweeps_can_name_it(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "targets", "dropout={'V1/E'=0.0}", "baselines.backprop={}")
    assert experiment.circuit == tiny(tmp_path, "targets")[0].circuit


def test_units_are_off_in_all_phases_of_a_presentation_and_change_none_of_their_weights(tmp_path: Path) -> None:
    experiment, _ = tiny(tmp_path, "targets", HALF, 'rule.updates=[{name="step", size=1.0}]', "training.copies=2")
    simulation = build_simulation(experiment)
    images, seen = np.random.default_rng(1).uniform(0, 0.6, (2, 64)), []
    shown = Round({"retina/image": images, "IT/class": np.eye(10)[:2]}, np.ones(2))
    simulation.present(iter([shown]), 1, after_phase=lambda _: seen.append(simulation.activity("V1/E").copy()))
    off = projection_rng(1, "dropout of V1/E").random((2, 12)) < 0.5
    assert len(seen) == 3
    assert not any(each[off].any() for each in seen)
    assert seen[1][~off].any()
    never = off.all(axis=0)
    assert never.any()
    for name in ("retina/image->V1/E", "V1/E->IT/class"):
        weights = simulation.weights(name)
        change = weights - simulation.wiring[name].weights.astype(weights.dtype)
        assert change.any()
        assert not (change[:, never] if name.endswith("V1/E") else change[never]).any()


NOISY = StimulusTable(noise=0.3)


def test_each_presentation_of_a_training_image_gets_its_own_noise_and_tests_get_none() -> None:
    maker = StimulusMaker(NOISY, 10)
    images = np.full((50, 64), 0.5, dtype=np.float32)
    rng = np.random.default_rng(3)
    first, second = (maker.for_training(images, rng) - images for _ in range(2))
    assert first.dtype == np.float32
    assert (first.mean(), first.std()) == pytest.approx((0.0, 0.3), abs=0.02)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.1
    clean = StimulusMaker(StimulusTable(), 10)
    assert clean.for_training(images, rng) is images
    np.testing.assert_array_equal(maker.neutral(images)["retina/image"], clean.neutral(images)["retina/image"])


@pytest.mark.parametrize("kind", ["dropout", "dropout_mirror", "dropout_backprop"])
def test_the_numbers_of_dropout_change_no_other_ones(tmp_path: Path, kind: str) -> None:
    records = []
    for fraction in (1e-9, 0.0):  # draws them, and switches off nobody
        changes = f"dropout={{'V1/E'={fraction}}}", "training.epochs=1"
        experiment, baseline = tiny(tmp_path / str(fraction), kind, *changes)
        records.append(conduct(prepare(experiment, None, Silent(), baseline)))
    for name, weights in records[0].weights.items():
        np.testing.assert_allclose(weights.final, records[1].weights[name].final, atol=1e-5)
