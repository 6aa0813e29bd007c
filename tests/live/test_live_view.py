"""A view of a circuit that trains: values that NumPy computes again, and never more than asked for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from brainlearn.results.record import EpochRecord
from brainlearn.results.run_folder import LIVE, RunFolder
from brainlearn.running import conduct, live_view, preparation, run_to_folder
from brainlearn.running.live_view import BINS, CURVE, LiveView, few, histogram, of_hundred
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from tests.experiment.tiny_runs import few_items, tiny

SHORT = ("training.epochs=1", "training.samples=40")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    experiment, _ = tiny(tmp_path_factory.mktemp("targets"), "targets", *SHORT)
    return conduct.prepare(experiment, None, Silent())


@pytest.fixture
def view(course: Course, tmp_path: Path) -> LiveView:
    return LiveView(course, RunFolder(tmp_path))


def test_a_view_shows_activity_stimuli_and_weights(course: Course, tmp_path: Path) -> None:
    initial = {name: np.array(course.learner.weights(name)) for name in course.learner.learning()}
    view = LiveView(course, RunFolder(tmp_path))
    run_epoch(course, 0)
    found = json.loads(json.dumps(view.view(), allow_nan=False))
    learner, name = course.learner, "retina/image->V1/E"
    activity, weights = learner.activity("V1/E"), learner.weights(name)
    assert found["populations"]["V1/E"]["mean"] == pytest.approx(np.abs(activity).mean())
    np.testing.assert_allclose(
        found["populations"]["V1/E"]["units"], 100 * activity[0] / max(activity[0].max(), 1e-9), atol=0.5
    )
    image = course.shown.stimuli["retina/image"]  # type: ignore[union-attr]
    np.testing.assert_allclose(
        found["populations"]["retina/image"]["units"], 100 * image[0] / np.abs(image[0]).max(), atol=0.5
    )
    projection = found["projections"][name]
    assert projection["rms"] == pytest.approx(np.sqrt(np.mean(weights**2)), rel=1e-6)
    assert projection["rms_before"] == pytest.approx(np.sqrt(np.mean(initial[name] ** 2)), rel=1e-6)
    assert projection["rms"] != projection["rms_before"]
    assert projection["strength"] == pytest.approx(64 * np.abs(image).mean() * np.abs(weights).mean(), rel=1e-5)
    assert sum(projection["histogram"]) == pytest.approx(1000, abs=BINS)
    assert set(found["projections"]) == {p.name for p in course.experiment.circuit.projections}


def test_views_are_a_second_apart_and_take_a_small_share_of_the_time(
    view: LiveView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, written = [100.0], []

    def slow(folder: RunFolder, data: object) -> None:
        written.append(now[0])
        now[0] += 0.05  # seconds: at most half a percent is one in ten seconds

    monkeypatch.setattr(live_view.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(RunFolder, "write_live", slow)
    for _ in range(2000):
        view.look()
        now[0] += 0.01
    assert len(written) == 2
    assert np.diff(written) == pytest.approx([10.05], abs=0.02)


def test_the_curve_keeps_its_shape_and_stays_small(view: LiveView) -> None:
    for epoch in range(1, 3 * CURVE):
        view.epoch_done(EpochRecord(epoch, 1.0, 1, 100 / epoch))
    view.epoch_done(EpochRecord(3 * CURVE, 1.0, 1, float("nan")))
    curve = view.view()["curve"]
    assert CURVE / 2 <= len(curve) <= CURVE
    assert curve[0] == (1, 100.0)
    assert all(error == 100 / epoch for epoch, error in curve)


def test_a_run_removes_its_view_when_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "load_dataset", few_items)
    written: list[str] = []
    replace = RunFolder.write_live
    monkeypatch.setattr(
        RunFolder, "write_live", lambda folder, data: (written.append(data["written"]), replace(folder, data))
    )
    experiment, _ = tiny(tmp_path / "files", "targets", *SHORT)
    run_to_folder(experiment, tmp_path / "run")
    assert written
    assert not (tmp_path / "run" / LIVE).exists()


def test_values_that_are_no_numbers_are_shown_as_none() -> None:
    assert of_hundred(np.array([np.nan, 1.0])) == [0, 0]
    assert of_hundred(np.zeros(2)) == [0, 0]


def test_values_beyond_the_limit_are_in_the_outer_bins() -> None:
    found = histogram(np.array([-9.0, 0.1, 9.0, 9.0]), 1.0)
    assert (found[0], found[BINS // 2 + 1], found[-1]) == (250, 250, 500)


@pytest.mark.parametrize(("size", "most"), [(10, 10), (1025, 1024), (0, 5), (7, 3)])
def test_few_values_are_few(size: int, most: int) -> None:
    assert len(few(np.arange(size), most)) <= most
