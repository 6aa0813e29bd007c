"""Angles between changes and gradients: of matrices made by hand, and of a small run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brainlearn.alignment.angles import angle_between, angle_limit
from brainlearn.alignment.measure import compare
from brainlearn.results.record import AlignmentRecord
from brainlearn.running.conduct import run_record
from brainlearn.training.progress import Silent

SHAPE = (50, 40)
SIZE = SHAPE[0] * SHAPE[1]
ROUNDS = 64


def compared(changes: list[np.ndarray], gradients: list[np.ndarray], presentations: int = 10) -> AlignmentRecord:
    proposals = [{"p": change} for change in changes]
    return compare("contrast", 3, proposals, [{"p": g} for g in gradients], presentations, np.random.default_rng(0))


def noise(seed: int, size: float = 1.0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [size * rng.normal(size=SHAPE) for _ in range(ROUNDS)]


# ---- two vectors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "angle"),
    [
        ([1, 0], [1, 1], 45.0),
        ([2, 0], [0, 3], 90.0),
        ([1, 2], [-2, -4], 180.0),
        ([1, 2], [10, 20], 0.0),
        ([math.sqrt(3), 1], [1, 0], 30.0),
        ([[1, 0], [0, 0]], [[1, 1], [1, 1]], 60.0),
    ],
)
def test_known_angles(a, b, angle):
    assert angle_between(np.array(a), np.array(b)) == pytest.approx(angle, abs=1e-5)


def test_rounding_never_leaves_the_range_of_a_cosine():
    vector = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    assert angle_between(vector, vector) == pytest.approx(0.0, abs=1e-5)


def test_nothing_has_no_direction():
    assert math.isnan(angle_between(np.zeros(3), np.ones(3)))


# ---- matrices made by hand -----------------------------------------------------------------------------------------


def test_a_change_down_the_gradient_has_no_angle():
    gradient = np.random.default_rng(0).normal(size=SHAPE)
    found = compared([-2 * gradient] * 4, [gradient] * 4)
    np.testing.assert_allclose(found.angle["p"], 0.0, atol=1e-5)
    assert found.sign_agreement["p"] == 100.0
    assert found.norm_ratio["p"] == pytest.approx(2.0)


def test_a_change_up_the_gradient_points_away():
    found = compared([np.ones(SHAPE)] * 2, [np.ones(SHAPE)] * 2)
    np.testing.assert_allclose(found.angle["p"], 180.0, atol=1e-5)
    assert found.sign_agreement["p"] == 0.0


def test_rounds_are_averaged_by_powers_of_two_and_all_at_once():
    found = compared([np.ones(SHAPE)] * 7, [np.ones(SHAPE)] * 7, presentations=20)
    assert found.presentations.tolist() == [20, 40, 80, 140]
    assert (found.loss, found.epoch) == ("contrast", 3)
    assert compared([np.ones(SHAPE)] * 8, [np.ones(SHAPE)] * 8).presentations.tolist() == [10, 20, 40, 80]
    assert compared([np.ones(SHAPE)], [np.ones(SHAPE)]).presentations.tolist() == [10]


def test_noise_falls_with_the_root_of_the_presentations():
    changes = [change - 1 for change in noise(1, size=2.0)]  # the gradient is 1 everywhere, the noise 2
    found = compared(changes, [np.ones(SHAPE)] * ROUNDS)
    counts = found.presentations / 10
    np.testing.assert_allclose(found.angle["p"], np.degrees(np.arctan(2 / np.sqrt(counts))), atol=1.5)
    assert found.angle["p"][0] > 60
    assert found.angle["p"][-1] < 16


def test_bias_stays_however_many_are_averaged():
    across = np.ones(SHAPE)
    across[: SHAPE[0] // 2] = -1  # orthogonal to a gradient that is 1 everywhere, and as long
    found = compared([across - 1 + change for change in noise(2, size=3.0)], [np.ones(SHAPE)] * ROUNDS)
    assert found.angle["p"][0] > 65
    assert found.angle["p"][-1] == pytest.approx(45.0, abs=3.0)
    still = compared([across - 1] * ROUNDS, [np.ones(SHAPE)] * ROUNDS)
    np.testing.assert_allclose(still.angle["p"], 45.0, atol=1e-5)


def test_the_limit_takes_noise_away_and_leaves_bias():
    across = np.ones(SHAPE)
    across[: SHAPE[0] // 2] = -1
    gradients = [1 + each for each in noise(7, size=4.0)]  # both are known to 27 degrees only when all are averaged
    unbiased = compared([each - 1 for each in noise(8, size=4.0)], gradients)
    biased = compared([across - 1 + each for each in noise(8, size=4.0)], gradients)
    assert unbiased.angle["p"][-1] > 30
    assert unbiased.angle_limit["p"] < 12
    assert biased.angle_limit["p"] == pytest.approx(45.0, abs=6.0)


def test_the_limit_is_unknown_where_nothing_is_told_from_noise():
    assert math.isnan(angle_limit(np.ones((1, 3, 3)), np.ones((1, 3, 3))))
    assert math.isnan(angle_limit(np.array([[[1.0, 0.0]], [[-1.0, 0.0]]]), np.ones((2, 1, 2))))


def test_the_gradient_itself_is_compared_with_the_mean_of_all():
    gradients = [1 + each for each in noise(3)]
    found = compared([-np.ones(SHAPE)] * ROUNDS, gradients)
    itself = found.angle_gradient["p"]
    assert itself[0] == pytest.approx(45.0, abs=1.5)
    assert (np.diff(itself) < 0).all()
    assert itself[-1] == pytest.approx(0.0, abs=1e-5)


def test_exchanged_units_lose_what_is_their_own():
    gradient = np.random.default_rng(4).normal(size=SHAPE)
    found = compared([-gradient] * 2, [gradient] * 2)
    np.testing.assert_allclose(found.angle["p"], 0.0, atol=1e-5)
    np.testing.assert_allclose(found.angle_shuffled["p"], 90.0, atol=10.0)  # one column stays in place, perhaps


def test_exchanged_units_keep_what_all_have_in_common():
    gradient = np.tile(np.random.default_rng(5).normal(size=(SHAPE[0], 1)), SHAPE[1])
    found = compared([-gradient] * 2, [gradient] * 2)
    np.testing.assert_allclose(found.angle_shuffled["p"], 0.0, atol=1e-5)


def test_random_directions_lie_above_the_null_angle():
    found = compared([np.ones((10, 10))], [np.ones((10, 10))])
    assert found.null_angle["p"] == pytest.approx(90 - 1.96 * math.degrees(0.1))
    rng = np.random.default_rng(6)
    angles = [angle_between(rng.normal(size=100), np.ones(100)) for _ in range(4000)]
    assert np.mean(np.array(angles) > found.null_angle["p"]) == pytest.approx(0.975, abs=0.01)


def test_synapses_without_a_gradient_count_in_no_share():
    gradient = np.zeros((10, 10))
    gradient[:, :4] = 1.0
    change = np.ones((10, 10))
    change[:, :2] = -1.0
    found = compared([change], [gradient])
    assert found.sign_agreement["p"] == 50.0
    assert found.null_angle["p"] == pytest.approx(90 - 1.96 * math.degrees(1 / math.sqrt(40)))


def test_without_any_gradient_there_is_no_angle():
    found = compared([np.ones(SHAPE)] * 2, [np.zeros(SHAPE)] * 2)
    assert np.isnan(found.angle["p"]).all()
    assert math.isnan(found.sign_agreement["p"])
    assert math.isnan(found.norm_ratio["p"])


# ---- a run ---------------------------------------------------------------------------------------------------------

ALIGNMENT = 'alignment={epochs=[0, 2], losses=["contrast", "every_area"], presentations=320}'


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The same run with angles and without."""
    from brainlearn.experiment import load_experiment
    from tests.experiment.conftest import SMALL

    path = tmp_path_factory.mktemp("aligned") / "experiment.toml"
    path.write_text(SMALL, encoding="utf-8")
    return tuple(run_record(load_experiment(path, changes), None, Silent()) for changes in ([ALIGNMENT], []))


def test_angles_are_measured_after_the_named_epochs(runs):
    record = runs[0]
    assert [(found.epoch, found.loss) for found in record.alignments] == [
        (0, "contrast"),
        (0, "every_area"),
        (2, "contrast"),
        (2, "every_area"),
    ]
    for found in record.alignments:
        assert list(found.angle) == ["retina/image->V1/E", "retina/label->V1/E", "V1/E->V2/E"]
        assert found.presentations.tolist() == [80, 160, 320]
        assert all(np.isfinite(angle).all() for angle in found.angle.values())
    assert runs[1].alignments == []


def test_before_learning_the_highest_area_goes_down_its_own_gradient(runs):
    found = runs[0].alignments[1]
    assert found.loss == "every_area"
    assert found.angle["V1/E->V2/E"][-1] < 30
    assert found.sign_agreement["V1/E->V2/E"] > 80
    assert found.angle["V1/E->V2/E"][-1] < found.angle_shuffled["V1/E->V2/E"][-1] - 20


def test_measuring_changes_nothing_that_is_learned(runs):
    with_angles, without = runs
    for name, weights in without.weights.items():
        np.testing.assert_array_equal(with_angles.weights[name].final, weights.final)
    np.testing.assert_array_equal(with_angles.test.goodness, without.test.goodness)
    np.testing.assert_array_equal(with_angles.test.one_pass, without.test.one_pass)


def test_measuring_is_no_part_of_the_training_time(runs):
    assert runs[0].alignment_seconds > 0
    assert runs[0].train_seconds >= sum(runs[0].epoch_seconds)
    assert runs[1].alignment_seconds < 0.1
