"""Baselines and angles to the gradient are recorded with their run, and stand on the page."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from xarray import DataTree

from brainlearn.mistakes import UserError
from brainlearn.results.alignment_seeds import load_alignment, save_alignment
from brainlearn.results.record import RunRecord
from brainlearn.results.tree import result_tree
from pages.evidence.__main__ import main
from pages.evidence.experiments import load_recorded
from tests.results.small_run import make_baseline, make_record, with_seed, write_run

TABLES = """
name = "01_small"
seed = 7

[training]
epochs = 3

[baselines.backprop]
epochs = 4

[baselines.backprop_through_time]
epochs = 5

[alignment]
epochs = [0, 3]
"""
SETTINGS = {
    "name": "01_small",
    "seed": 7,
    "training": {"epochs": 3},
    "baselines": {"backprop": {"epochs": 4}, "backprop_through_time": {"epochs": 5}},
    "alignment": {"epochs": [0, 3]},
}
ANGLES, COMPARISON = {"alignment.nc", "alignment.png"}, {"comparison.json", "comparison.png"}
ALWAYS = {"figure.png", "metrics.nc", "seeds.json", "summary.json"}
Make = Callable[..., Path]
Keep = Callable[[Path, RunRecord], Path]


def as_run(record: RunRecord, settings: dict[str, object]) -> RunRecord:
    return dataclasses.replace(record, settings=json.dumps({**settings, "seed": record.seed}))


Trees = dict[Path, DataTree]


@pytest.fixture
def trees(monkeypatch: pytest.MonkeyPatch) -> Trees:
    """Results by their folder, in the place of files; pictures that draw nothing. Both are faster."""
    results: Trees = {}
    monkeypatch.setattr("pages.evidence.recording.load_result", lambda folder: results[folder])
    monkeypatch.setattr("brainlearn.plots.alignment.alignment_as_recorded", lambda angles: Figure((1, 1)))
    monkeypatch.setattr("brainlearn.plots.comparison.comparison_as_recorded", lambda runs: Figure((1, 1)))
    return results


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    folder = tmp_path / "experiments" / "01_small"
    folder.mkdir(parents=True)
    (folder / "experiment.toml").write_text(TABLES)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "claims.toml").write_text("[sources]\n")
    return folder


@pytest.fixture
def keep(trees: Trees) -> Keep:
    """Write a run folder, and keep its result at hand."""

    def write(folder: Path, record: RunRecord) -> Path:
        trees[folder] = result_tree(record)
        return write_run(folder, record, result=False)

    return write


@pytest.fixture
def make(tmp_path: Path, keep: Keep) -> Make:
    def write(
        seed: int = 7, baselines: tuple[str, ...] = ("backprop", "backprop_through_time"), **tables: object
    ) -> Path:
        settings = {key: value for key, value in (SETTINGS | tables).items() if value is not None}
        folder = keep(tmp_path / f"run_{seed}", as_run(with_seed(make_record(), seed), settings))
        for name in baselines:
            keep(folder / "baselines" / name, as_run(make_baseline(name, seed), settings))
        return folder

    return write


def record(*folders: Path) -> int:
    return main(["--record", *map(str, folders)])


def kept(experiment: Path) -> set[str]:
    return {file.name for file in (experiment / "result").iterdir()}


def page(experiment: Path) -> str:
    root = experiment.parents[1]
    assert main(["--root", str(root)]) == 0
    return (root / "docs" / "evidence" / "experiments.md").read_text()


# ---- recording -----------------------------------------------------------------------------------------------------


def test_pictures_are_kept(experiment: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", as_run(make_record(), SETTINGS))
    write_run(run / "baselines" / "backprop", as_run(make_baseline("backprop"), SETTINGS))
    assert record(run, experiment) == 0
    assert kept(experiment) == ALWAYS | ANGLES | COMPARISON
    assert (experiment / "result" / "alignment.png").stat().st_size > 20_000
    assert (experiment / "result" / "comparison.png").stat().st_size > 20_000


def test_runs_are_kept_with_their_baselines_and_angles(experiment: Path, make: Make) -> None:
    assert record(make(7), make(9), experiment) == 0
    assert kept(experiment) == ALWAYS | ANGLES | COMPARISON
    runs = json.loads((experiment / "result" / "comparison.json").read_text())
    rules = ["forward_forward", "backprop", "backprop_through_time"]
    assert [(run["rule"], run["seed"]) for run in runs] == [(rule, seed) for seed in (7, 9) for rule in rules]
    assert load_alignment(experiment / "result" / "alignment.nc")["seed"].values.tolist() == [7, 9]


def test_a_run_without_baselines_is_kept_without(experiment: Path, make: Make) -> None:
    assert record(make(7, baselines=()), experiment) == 0
    assert kept(experiment) == ALWAYS | ANGLES


def test_what_an_older_record_had_beyond_is_taken_away(
    keep: Keep, experiment: Path, make: Make, tmp_path: Path
) -> None:
    assert record(make(7), experiment) == 0
    plain = dataclasses.replace(as_run(make_record(), SETTINGS), alignments=[])
    assert record(keep(tmp_path / "plain", plain), experiment) == 0
    assert kept(experiment) == ALWAYS


def test_a_baseline_that_is_not_finished_is_left_out(experiment: Path, make: Make) -> None:
    run = make(7, baselines=("backprop",))
    (run / "baselines" / "backprop_through_time").mkdir()
    assert record(run, experiment) == 0
    runs = json.loads((experiment / "result" / "comparison.json").read_text())
    assert [each["rule"] for each in runs] == ["forward_forward", "backprop"]


def test_other_seeds_may_lack_baselines_and_angles(experiment: Path, make: Make) -> None:
    other = make(9, baselines=(), alignment=None)
    assert record(make(7), other, experiment) == 0
    assert len(json.loads((experiment / "result" / "seeds.json").read_text())) == 2
    assert len(json.loads((experiment / "result" / "comparison.json").read_text())) == 4


def test_angles_of_other_settings_are_left_out(experiment: Path, make: Make) -> None:
    other = make(9, alignment={"epochs": [0, 3], "surrogate": "arctan"})
    assert record(make(7), other, experiment) == 0
    assert load_alignment(experiment / "result" / "alignment.nc")["seed"].values.tolist() == [7]


def test_a_first_run_with_other_angles_is_refused(
    experiment: Path, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    assert record(make(7, alignment={"epochs": [0]}), experiment) == 2
    assert "alignment.epochs[1]: the run had another value" in capsys.readouterr().err
    assert not (experiment / "result").exists()


@pytest.mark.parametrize("seed", [7, 9])
def test_a_baseline_with_other_settings_of_its_own_is_refused(
    keep: Keep, experiment: Path, make: Make, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [make(7, baselines=())] if seed == 9 else []
    run = make(seed, baselines=())
    other = as_run(make_baseline("backprop", seed), SETTINGS | {"baselines": {"backprop": {"epochs": 9}}})
    keep(run / "baselines" / "backprop", other)
    assert record(*runs, run, experiment) == 2
    assert "baselines.backprop.epochs: the run had another value; found 9.0 in the run" in capsys.readouterr().err
    assert not (experiment / "result").exists()


def test_settings_of_other_baselines_do_not_matter_to_a_baseline(keep: Keep, experiment: Path, make: Make) -> None:
    run = make(7, baselines=())
    alone = as_run(make_baseline("backprop"), SETTINGS | {"baselines": {"backprop": {"epochs": 4}}, "alignment": {}})
    keep(run / "baselines" / "backprop", alone)
    assert record(run, experiment) == 0


def test_a_baseline_of_another_seed_is_refused(
    keep: Keep, experiment: Path, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make(7, baselines=())
    keep(run / "baselines" / "backprop", as_run(make_baseline("backprop", 8), SETTINGS))
    assert record(run, experiment) == 2
    assert "the baseline had another seed; found seed 8; allowed: seed 7" in capsys.readouterr().err


# ---- the page ------------------------------------------------------------------------------------------------------


def test_the_page_sets_the_rule_beside_its_baselines(experiment: Path, make: Make) -> None:
    record(make(7), make(9), experiment)
    text = page(experiment)
    errors = "25.00 ± 0.00 | 50.00 ± 0.00 | 25.00 ± 0.00"
    assert f"| `forward_forward` | brian | 7, 9 | 3 | {errors} | 16 ± 0 | 5.8 ± 1.4 | 1.5 ± 0.0 |" in text
    assert "| `backprop` | mirror | 7, 9 | 3 | 25.00 ± 0.00 | – |" in text
    assert "../../experiments/01_small/result/comparison.png" in text


def test_the_page_shows_what_each_readout_costs_and_populations_read_alone(experiment: Path, make: Make) -> None:
    record(make(7), experiment)
    text = page(experiment)
    assert "| readout | test error [%] | presentations per answer | 4 answers [s] |" in text
    assert "| short list | 25.00 | 3 | 0.3 |" in text
    assert "../../experiments/01_small/README.md) | 25.00 (3) | 50.00 (1) | 25.00 (3) |" in text
    assert "Goodness of some populations alone:" in text
    assert "| V1/E | 50.00 |\n| V1/E + V2/E | 25.00 |" in text


def test_an_older_record_without_a_short_list_is_read(experiment: Path, make: Make) -> None:
    record(make(7), make(9), experiment)
    path = experiment / "result" / "comparison.json"
    older = [
        {key: value for key, value in run.items() if "short_list" not in key} for run in json.loads(path.read_text())
    ]
    path.write_text(json.dumps(older))
    assert "| `backprop` | mirror | 7, 9 | 3 | 25.00 ± 0.00 | – |" in page(experiment)


def test_older_seeds_and_baselines_may_stay(experiment: Path, make: Make, keep: Keep, tmp_path: Path) -> None:
    record(make(7), make(9), experiment)
    result = experiment / "result"
    before = json.loads((result / "comparison.json").read_text())
    slower = dataclasses.replace(as_run(make_record(), SETTINGS | {"alignment": {"epochs": []}}), train_seconds=99.0)
    assert record(keep(tmp_path / "without_angles", slower), experiment) == 2
    assert main(["--record", str(keep(tmp_path / "again", slower)), str(experiment), "--keep"]) == 0
    assert [entry["seed"] for entry in json.loads((result / "seeds.json").read_text())] == [7, 9]
    after = json.loads((result / "comparison.json").read_text())
    assert after[0] == before[0] | {"train_seconds": 99.0}
    assert after[1:] == before[1:]
    assert json.loads((result / "summary.json").read_text())["train_seconds"] == 99.0
    assert kept(experiment) == ALWAYS | ANGLES | COMPARISON


def test_what_the_first_seed_shows_stays_when_others_are_added(experiment: Path, make: Make) -> None:
    record(make(7), experiment)
    result = experiment / "result"
    shown = {name: (result / name).read_bytes() for name in ("summary.json", "metrics.nc", "figure.png")}
    assert main(["--record", str(make(8)), str(make(9)), str(experiment), "--keep"]) == 0
    assert {name: (result / name).read_bytes() for name in shown} == shown
    assert [entry["seed"] for entry in json.loads((result / "seeds.json").read_text())] == [7, 8, 9]


def test_older_angles_stay_unless_all_of_their_seeds_were_measured_again(experiment: Path, make: Make) -> None:
    first, second = make(7), make(9)
    record(first, second, experiment)
    path = experiment / "result" / "alignment.nc"
    found = load_alignment(path)
    save_alignment(found.assign(angle=found["angle"] + 1), path)
    assert main(["--record", str(first), str(experiment), "--keep"]) == 0
    assert float((load_alignment(path)["angle"] - found["angle"]).min()) == 1
    assert main(["--record", str(first), str(second), str(experiment), "--keep"]) == 0
    assert load_alignment(path).identical(found)


def test_an_older_record_with_other_settings_does_not_stay(
    experiment: Path, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make(7)
    assert main(["--record", str(run), str(experiment), "--keep"]) == 2
    assert "there is no older record to keep" in capsys.readouterr().err
    record(run, experiment)
    summary = experiment / "result" / "summary.json"
    summary.write_text(json.dumps(json.loads(summary.read_text()) | {"setup_sha256": "0" * 64}))
    assert main(["--record", str(run), str(experiment), "--keep"]) == 2
    assert "the older record was made with other settings" in capsys.readouterr().err


def test_the_page_shows_all_angles(experiment: Path, make: Make) -> None:
    record(make(7), make(9), experiment)
    text = page(experiment)
    assert "seeds 7, 9, averaged over 100 and over 400 presentations" in text
    assert "how far the gradient of 200 presentations lies from that of all" in text
    assert "| loss | projection | epochs | 100 | 400 | limit | reference | null |" in text
    assert "| contrast | `retina/image->V1/E` | 3 | 79.0 ± 1.4 | 59.0 ± 1.4 | 55.0 ± 0.0 | 15.0 ± 0.0 | 89.5 |" in text
    assert "| every_area | `V1/E->V2/E` | 3 | – | – | – | 15.0 ± 0.0 | 89.5 |" in text
    assert "../../experiments/01_small/result/alignment.png" in text


def test_the_page_of_a_plain_record_has_neither(keep: Keep, experiment: Path, tmp_path: Path) -> None:
    plain = dataclasses.replace(as_run(make_record(), SETTINGS), alignments=[])
    record(keep(tmp_path / "plain", plain), experiment)
    assert "backpropagation in the" not in page(experiment)
    assert "Angle between" not in page(experiment)


@pytest.mark.parametrize(
    ("name", "content"), [("comparison.json", "{"), ("comparison.json", '[{"rule": "x"}]'), ("alignment.nc", "x")]
)
def test_recorded_files_that_cannot_be_read_are_named(experiment: Path, make: Make, name: str, content: str) -> None:
    record(make(7), experiment)
    (experiment / "result" / name).write_text(content)
    with pytest.raises(UserError, match=name.replace(".", r"\.")):
        load_recorded(experiment)
