from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread, imsave

from brainlearn.mistakes import UserError
from brainlearn.results.record import EpochRecord, RunRecord
from brainlearn.results.settings import differences
from brainlearn.results.store import load_result, save_result
from brainlearn.results.summary import summary, write_json
from brainlearn.results.tree import result_tree
from pages.evidence.__main__ import main
from pages.evidence.claims import load_claims
from pages.evidence.experiments import load_experiments
from pages.evidence.pictures import shows

CLAIMS = """
[sources]
paper = "Somebody 2022"

[[claim]]
number = 1
text = "It learns."
source = "paper"
test = "Digits."
yes = "below 5 %"

[[claim]]
number = 2
text = "It | sleeps."
source = "paper"
test = "Nights."
yes = "dreams"
"""
EXPERIMENT = """
name = "01_small"
seed = 7

[about]
question = "Does it learn?"
prediction = "Yes."
claims = [1]
target_error_percent = 5.0

[training]
epochs = 1
"""
SETTINGS = {"name": "01_small", "seed": 7, "training": {"epochs": 1}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "claims.toml").write_text(CLAIMS)
    (tmp_path / "experiments" / "01_small").mkdir(parents=True)
    (tmp_path / "experiments" / "01_small" / "experiment.toml").write_text(EXPERIMENT)
    return tmp_path


def make_run(folder: Path, settings: dict[str, object] = SETTINGS) -> Path:
    folder.mkdir()
    record = RunRecord(
        "01_small",
        "two_areas",
        "digits",
        "forward_forward",
        "brian",
        7,
        json.dumps(settings),
        "",
        train_seconds=90.0,
    )
    record.epochs = [EpochRecord(1, 90.0, 10, 4.0)]
    save_result(result_tree(record), folder / "result.nc")
    write_json(summary(record), folder / "summary.json")
    draw(folder / "figure.png", 0.25)
    return folder


def make_script(project: Path, summary: str) -> Path:
    folder = project / "experiments" / "02_sweep"
    (folder / "result").mkdir(parents=True)
    (folder / "run.py").write_text("")
    (folder / "about.toml").write_text('name = "02_sweep"\n[about]\nquestion = "Which width?"\nclaims = [2]\n')
    (folder / "result" / "summary.json").write_text(summary)
    return folder


def test_a_script_stands_on_the_page_with_what_it_found(project: Path) -> None:
    folder = make_script(project, '{"experiment": "02_sweep", "found": "the wider the better"}')
    (folder / "result" / "figure.png").write_bytes(b"picture")
    text = page(project)
    assert text.count("the wider the better") == 1
    assert "`python experiments/02_sweep/run.py`" in text
    assert "(../../experiments/02_sweep/result/figure.png)" in text
    assert "- [02_sweep](../../experiments/02_sweep/README.md): the wider the better" in page(project, "claims")


@pytest.mark.parametrize("summary", ["{", "[]", '{"experiment": "02_sweep"}', '{"experiment": "x", "found": "y"}'])
def test_a_script_without_a_summary_of_its_own_is_named(
    project: Path, summary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_script(project, summary)
    assert main(["--root", str(project)]) == 2
    assert "02_sweep" in capsys.readouterr().err


def make_recorded(project: Path, **values: object) -> None:
    run = make_run(project / "run")
    found = json.loads((run / "summary.json").read_text()) | values
    write_json_to = project / "experiments" / "01_small" / "result"
    write_json_to.mkdir()
    write_json(found, write_json_to / "summary.json")


def page(project: Path, name: str = "experiments") -> str:
    assert main(["--root", str(project)]) == 0
    return (project / "docs" / "evidence" / f"{name}.md").read_text()


def row(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def test_a_recorded_result_stands_beside_its_experiment_and_its_claim(project: Path) -> None:
    make_recorded(project, test_error_percent=3.456, one_pass_test_error_percent=7.0)
    found = "test error **3.46 %**; one pass 7.00 %; validation 4.00 %; 1 epoch, 1.5 min, seed 7; target of 5 % reached"
    assert found in row(page(project), "| [01_small]")
    assert f"- [01_small](../../experiments/01_small/README.md): {found}" in page(project, "claims")


def test_an_experiment_without_a_record_says_so(project: Path) -> None:
    assert "| not yet recorded |" in row(page(project), "| [01_small]")
    assert "01_small" not in page(project, "claims")


def test_a_missed_target_is_said(project: Path) -> None:
    make_recorded(project, test_error_percent=5.1)
    assert "target of 5 % missed" in row(page(project), "| [01_small]")


def test_the_first_prediction_stands_beside_the_second(project: Path) -> None:
    path = project / "experiments" / "01_small" / "experiment.toml"
    path.write_text(EXPERIMENT.replace('prediction = "Yes."', 'prediction = "Yes."\nfirst_prediction = "No."'))
    assert "Yes. *First prediction:* No." in row(page(project), "| [01_small]")


def test_the_page_names_the_command(project: Path) -> None:
    assert "`brainlearn run experiments/01_small/experiment.toml`" in page(project)


def test_the_same_results_give_the_same_page(project: Path) -> None:
    make_recorded(project)
    assert page(project) == page(project)


def test_an_unknown_claim_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "experiments" / "01_small" / "experiment.toml"
    path.write_text(EXPERIMENT.replace("claims = [1]", "claims = [1, 99]"))
    assert main(["--root", str(project)]) == 2
    assert "about.claims: no such claim; found 99" in capsys.readouterr().err


def test_all_mistakes_in_claims_are_named(project: Path) -> None:
    path = project / "docs" / "claims.toml"
    path.write_text(CLAIMS.replace("number = 2", "number = 1") + '[[claim]]\ntxt = "x"\n')
    with pytest.raises(UserError) as caught:
        load_claims(path)
    text = str(caught.value)
    assert "claim[1]: number 1 is given twice" in text
    allowed = "number, text, source, test, yes, needs, shown, comparison"
    assert f'claim[2].txt: unknown key; allowed: {allowed}. Did you mean "text"?' in text
    assert "claim[2].number: must be int" in text


def test_a_result_of_another_experiment_is_refused(project: Path) -> None:
    make_recorded(project, experiment="02_other")
    with pytest.raises(UserError, match="belongs to another experiment"):
        load_experiments(project / "experiments")


def draw(path: Path, value: float) -> None:
    imsave(path, np.full((2, 2), value), cmap="gray", vmin=0, vmax=1)


def grey(path: Path) -> float:
    return float(imread(path)[0, 0, 0])


def test_recording_keeps_summary_metrics_and_figure(project: Path) -> None:
    run, experiment = make_run(project / "run"), project / "experiments" / "01_small"
    assert main(["--record", str(run), str(experiment)]) == 0
    result = experiment / "result"
    assert sorted(file.name for file in result.iterdir()) == ["figure.png", "metrics.nc", "seeds.json", "summary.json"]
    assert json.loads((result / "summary.json").read_text()) == json.loads((run / "summary.json").read_text())
    assert set(load_result(result / "metrics.nc").children) == {"metrics"}
    assert grey(result / "figure.png") == pytest.approx(0.25, abs=0.01)


def test_recording_again_replaces_the_result(project: Path) -> None:
    run, experiment = make_run(project / "run"), project / "experiments" / "01_small"
    main(["--record", str(run), str(experiment)])
    draw(run / "figure.png", 0.75)
    assert main(["--record", str(run), str(experiment)]) == 0
    assert grey(experiment / "result" / "figure.png") == pytest.approx(0.75, abs=0.01)
    assert shows(experiment / "result" / "figure.png", experiment / "result" / "metrics.nc")


def test_runs_with_other_seeds_give_the_spread(project: Path) -> None:
    experiment = project / "experiments" / "01_small"
    first, second = make_run(project / "run"), make_run(project / "other", SETTINGS | {"seed": 9})
    assert main(["--record", str(first), str(second), str(experiment)]) == 0
    seeds = json.loads((experiment / "result" / "seeds.json").read_text())
    assert len(seeds) == 2
    assert "2 seeds" not in page(project)  # these runs end without a test
    (experiment / "result" / "seeds.json").write_text('[{"test_error_percent": 2}, {"test_error_percent": 4}]')
    found = page(project)
    assert "2 seeds: 3.00 ± 1.41 %" in found
    assert "95 % interval -9.71 to 15.71 %" in found  # 3 ± 12.706 × 1.414 / √2


def test_intervals_over_recorded_seeds_are_printed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    experiment = project / "experiments" / "01_small"
    first, second = make_run(project / "run"), make_run(project / "other", SETTINGS | {"seed": 9})
    main(["--record", str(first), str(second), str(experiment)])
    seeds = '[{"seed": 1, "test_error_percent": 2}, {"seed": 2, "test_error_percent": 4}]'
    (experiment / "result" / "seeds.json").write_text(seeds)
    capsys.readouterr()
    assert main(["--intervals", str(experiment)]) == 0
    assert capsys.readouterr().out.endswith("\n  forward_forward, seeds 1, 2: 3.00, -9.71 to 15.71\n")


def test_a_new_seed_is_within_the_prediction_interval_or_not(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    experiment = project / "experiments" / "01_small"
    first, second = make_run(project / "run"), make_run(project / "other", SETTINGS | {"seed": 9})
    main(["--record", str(first), str(second), str(experiment)])
    seeds = [{"seed": seed, "test_error_percent": error} for seed, error in ((1, 2.0), (2, 3.0), (3, 4.0))]
    (experiment / "result" / "seeds.json").write_text(json.dumps(seeds))
    half = 4.3027 * 1.0 * (1 + 1 / 3) ** 0.5  # Student's t of two degrees of freedom, standard deviation 1
    for error, said in ((3 + half - 0.01, "within"), (3 + half + 0.01, "OUTSIDE")):
        summary = json.loads((second / "summary.json").read_text())
        (second / "summary.json").write_text(json.dumps(summary | {"test_error_percent": error}))
        capsys.readouterr()
        assert main(["--expected", str(second), str(experiment)]) == 0
        out = capsys.readouterr().out
        assert "0.00 to 7.97 %" in out
        assert out.endswith(f"{error:.2f} %, {said}\n")
    (second / "summary.json").write_text(json.dumps(summary | {"seed": 3}))
    assert main(["--expected", str(second), str(experiment)]) == 2
    assert "its seed is one of those recorded; found seed 3" in capsys.readouterr().err


def test_no_interval_is_printed_without_several_seeds(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    experiment = project / "experiments" / "01_small"
    assert main(["--intervals", str(experiment)]) == 2
    assert "no record of several seeds" in capsys.readouterr().err


def test_a_spread_of_different_experiments_is_refused(project: Path) -> None:
    experiment = project / "experiments" / "01_small"
    first = make_run(project / "run")
    second = make_run(project / "other", SETTINGS | {"training": {"epochs": 2}})
    assert main(["--record", str(first), str(second), str(experiment)]) == 2
    assert not (experiment / "result").exists()


def test_seeds_that_cannot_be_read_are_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    experiment = project / "experiments" / "01_small"
    assert main(["--record", str(make_run(project / "run")), str(experiment)]) == 0
    (experiment / "result" / "seeds.json").write_text('{"seed": 1}')
    assert main(["--root", str(project)]) == 2
    assert "seeds.json" in capsys.readouterr().err


def test_a_run_with_other_settings_is_not_recorded(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = make_run(project / "run", SETTINGS | {"training": {"epochs": 2}})
    experiment = project / "experiments" / "01_small"
    assert main(["--record", str(run), str(experiment)]) == 2
    assert "training.epochs: the run had another value; found 2.0 in the run" in capsys.readouterr().err
    assert not (experiment / "result").exists()


def test_an_incomplete_run_is_not_recorded(project: Path) -> None:
    run, experiment = make_run(project / "run"), project / "experiments" / "01_small"
    (run / "figure.png").unlink()
    assert main(["--record", str(run), str(experiment)]) == 2
    assert not (experiment / "result").exists()


def test_equal_settings_written_differently_do_not_differ() -> None:
    quantity = {"value": 0.012, "dimension": [0, 0, 1, 0, 0, 0, 0], "text": "12 ms"}
    ran = {
        "phases": [{"duration": quantity}],
        "rule": {"size": 0.002},
        "about": {"question": "?"},
        "left": None,
    }
    assert differences(ran, {"phases": [{"duration": "12 ms"}], "rule": {"size": 2e-3}}) == []
