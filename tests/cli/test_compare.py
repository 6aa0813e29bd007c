from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from brainlearn.cli import main
from brainlearn.cli.compare import angle_table, comparison_table
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.summary import summary
from tests.results.small_run import make_baseline, make_record, with_seed, with_tasks, write_run

CAPTURE = pytest.CaptureFixture[str]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with two baselines, of which only the summaries are there."""
    folder = write_run(tmp_path / "run", make_record(), result=False)
    for name in ("backprop", "backprop_through_time"):
        write_run(folder / "baselines" / name, make_baseline(name), result=False)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a baseline, all with their results; read only."""
    folder = write_run(tmp_path_factory.mktemp("compare") / "whole", make_record())
    write_run(folder / "baselines" / "backprop", make_baseline("backprop"))
    return folder


def rows(text: str, start: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.startswith(start)]


# ---- tables --------------------------------------------------------------------------------------------------------


def test_a_run_stands_beside_its_baselines(run: Path, capsys: CAPTURE) -> None:
    assert main(["compare", str(run)]) == 0
    shown = capsys.readouterr().out
    assert rows(shown, "forward_forward")[0] == "forward_forward brian 3 7 25.00 50.00 16 4.8 1.5 420 +120"
    assert rows(shown, "backprop ")[0] == "backprop mirror 3 7 25.00 – 16 4.8 1.5 420 +120"
    assert rows(shown, "backprop_through_time")[0] == "backprop_through_time mirror 3 7 25.00 – 16 4.8 1.5 420 +120"


def test_operations_of_rules_stand_beside_those_of_baselines(run: Path, capsys: CAPTURE) -> None:
    assert main(["compare", str(run)]) == 0
    shown = capsys.readouterr().out.partition("Operations of a presentation")[2]
    assert rows(shown, "backprop ") == [
        "backprop training 20 10 180 6 0.06 20 1 k 0.75",
        "backprop test 20 10 180 0 0 20 1 k 0.75",
        "backprop 144 32 500 0.333 10.8 k",
    ]
    assert len(rows(shown, "forward_forward")) == 3


def test_runs_that_counted_nothing_have_no_table_of_operations(tmp_path: Path, capsys: CAPTURE) -> None:
    runs = [dataclasses.replace(with_seed(make_record(), seed), footprint=None) for seed in (1, 2)]
    folders = [str(write_run(tmp_path / str(each.seed), each, result=False)) for each in runs]
    assert main(["compare", *folders]) == 0
    assert "Operations" not in capsys.readouterr().out


def test_runs_that_differ_in_their_seed_only_get_a_mean(run: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    other = write_run(tmp_path / "other", with_seed(make_record(), 9), result=False)
    assert main(["compare", str(run), str(other)]) == 0
    lines = capsys.readouterr().out.splitlines()
    place = next(k for k, line in enumerate(lines) if " mean " in line)
    assert " ".join(lines[place].split()) == "forward_forward brian 3 mean 25.00 50.00 16 5.8 1.5 420 +120"
    assert "± 1.4" in lines[place + 1]  # training took 4.75 and 6.75 seconds
    assert not any("backprop" in line and "mean" in line for line in lines)


def test_tables_fit_into_a_hundred_columns(run: Path, capsys: CAPTURE) -> None:
    main(["compare", str(run)])
    shown = capsys.readouterr().out
    assert max(len(line) for line in shown.splitlines()) <= 100
    assert "backprop_through_time" in shown  # not wrapped


def test_several_seeds_have_an_interval(run: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    other = write_run(tmp_path / "other", with_seed(make_record(), 9), result=False)
    main(["compare", str(run), str(other)])
    shown = capsys.readouterr().out
    intervals = shown[shown.index("Test error over seeds") :]
    assert rows(intervals, "forward_forward")[0] == "forward_forward 7, 9 25.00 25.00 to 25.00"
    main(["compare", str(run), str(other), "--json"])
    (found,) = json.loads(capsys.readouterr().out)["intervals"]
    assert (found["rule"], found["seeds"], found["interval"]["mean"]) == ("forward_forward", [7, 9], 25.0)


def test_what_runs_forgot_has_a_column(tmp_path: Path, capsys: CAPTURE) -> None:
    runs = [with_tasks(make_record()), with_seed(make_record(), 9)]
    folders = [write_run(tmp_path / f"{k}", run, result=False) for k, run in enumerate(runs)]
    assert main(["compare", *map(str, folders)]) == 0
    shown = rows(capsys.readouterr().out, "forward_forward")
    assert shown[0].startswith("forward_forward brian 3 7 25.00 50.00 40.00 ")
    assert shown[1].startswith("forward_forward brian 3 9 25.00 50.00 – ")


def test_angles_have_a_table_of_their_own(run: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    other = write_run(tmp_path / "other", with_seed(make_record(), 9), result=False)
    main(["compare", str(run), str(other)])
    shown = capsys.readouterr().out
    angles = shown[shown.index("Angle to the negative gradient") :]
    assert "contrast" in angles
    assert "every_area" in angles
    assert rows(angles, "forward_forward")[0] == "forward_forward 7, 9 retina/image->V1/E 59.0 ± 1.4 59.0 ± 1.4"
    assert rows(angles, "forward_forward")[1].endswith("V1/E->V2/E – –")
    assert "averaged over most presentations" in " ".join(angles.split())


def test_without_angles_there_is_no_table_of_them(run: Path, capsys: CAPTURE) -> None:
    assert main(["compare", *map(str, RunFolder(run).runs()[1:])]) == 0
    assert "Angle" not in capsys.readouterr().out
    assert angle_table([summary(make_baseline())]) is None


def test_the_table_of_different_experiments_names_each(tmp_path: Path) -> None:
    first, second = summary(make_record()), summary(make_record()) | {"experiment": "02_other"}
    console = Console(width=100, record=True, file=(tmp_path / "out").open("w"))
    console.print(comparison_table([first, second]))
    shown = console.export_text()
    assert shown.index("01_small") < shown.index("forward_forward") < shown.index("02_other")
    console.file.close()


def test_summaries_of_an_older_version_are_compared(run: Path, capsys: CAPTURE) -> None:
    path = run / "baselines" / "backprop" / "summary.json"
    found = json.loads(path.read_text())
    for key in ("memory_before_mb", "peak_memory_mb", "angles", "spikes_per_presentation", "setup_sha256", "cost"):
        del found[key]
    path.write_text(json.dumps(found))
    assert main(["compare", str(run)]) == 0
    assert rows(capsys.readouterr().out, "backprop ") == ["backprop mirror 3 7 25.00 – – 4.8 1.5 – –"]


# ---- JSON and figure -----------------------------------------------------------------------------------------------


def test_json_holds_every_run_and_the_mean_over_seeds(run: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    other = write_run(tmp_path / "other", with_seed(make_record(), 9), result=False)
    assert main(["compare", str(run), str(other), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["folder"] for each in found["runs"]] == [str(path) for path in (*RunFolder(run).runs(), other)]
    assert found["runs"][0]["memory_growth_mb"] == 120.0
    assert found["runs"][0]["angles"]["contrast"]["retina/image->V1/E"] == 60.0
    (seeds,) = found["seeds"]
    assert (seeds["rule"], seeds["seeds"], seeds["mean"]["train_seconds"]) == ("forward_forward", [7, 9], 5.75)
    assert found["notes"] == ["the peak memory of runs that measured angles also holds PyTorch, which does that"]


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_figure_is_written_on_demand(whole: Path, tmp_path: Path, ending: str, capsys: CAPTURE) -> None:
    figure = tmp_path / f"figure.{ending}"
    assert main(["compare", str(whole), "--output", str(figure)]) == 0
    assert figure.stat().st_size > 1000
    assert f"Figure: {figure}" in capsys.readouterr().out.replace("\n", "")


# ---- mistakes and notes --------------------------------------------------------------------------------------------


def test_every_folder_that_is_no_run_is_named(run: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    (tmp_path / "empty").mkdir()
    named = [tmp_path / "absent", tmp_path / "empty", run / "summary.json", run]
    assert main(["compare", *map(str, named)]) == 2
    error = capsys.readouterr().err
    assert "absent: no such folder" in error
    assert "empty: not a run; found neither summary.json nor result.nc" in error
    assert "summary.json: no such folder; found summary.json is a file" in error


def test_one_run_without_baselines_has_nothing_beside_it(tmp_path: Path, capsys: CAPTURE) -> None:
    run = write_run(tmp_path / "run", make_record(), result=False)
    for named in ([run], [run, run]):
        assert main(["compare", *map(str, named)]) == 2
        assert "nothing to compare it with; found one run" in capsys.readouterr().err


def test_a_broken_summary_is_named(run: Path, capsys: CAPTURE) -> None:
    (run / "summary.json").write_text("{")
    assert main(["compare", str(run)]) == 2
    assert "summary.json: cannot be read" in capsys.readouterr().err


def test_a_broken_result_is_named_where_a_figure_needs_it(run: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    (run / "result.nc").write_bytes(b"nothing")
    assert main(["compare", str(run)]) == 0
    assert main(["compare", str(run), "--output", str(tmp_path / "figure.png")]) == 2
    assert "result.nc: cannot be read as a result" in capsys.readouterr().err
    assert not (tmp_path / "figure.png").exists()


def test_a_missing_result_is_named_where_a_figure_needs_it(run: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    assert main(["compare", str(run), "--output", str(tmp_path / "figure.png")]) == 2
    assert "run: holds no result; found no result.nc" in capsys.readouterr().err


def test_an_unknown_format_of_figures_is_named(whole: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    assert main(["compare", str(whole), "--output", str(tmp_path / "figure.jpg")]) == 2
    assert "no format for figures" in capsys.readouterr().err


def test_different_datasets_are_noted(run: Path, tmp_path: Path, capsys: CAPTURE) -> None:
    record = make_record()
    record.dataset = "mnist"
    other = write_run(tmp_path / "other", record, result=False)
    assert main(["compare", str(run), str(other)]) == 0
    assert "Note: the runs learned different datasets: digits, mnist" in capsys.readouterr().out


def test_a_baseline_without_a_result_is_noted(run: Path, capsys: CAPTURE) -> None:
    (run / "baselines" / "checkpointing").mkdir()
    assert main(["compare", str(run)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "checkpointing holds no result and is left out" in shown


def test_no_simulator_is_imported(whole: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from brainlearn.cli import main;"
        f"code = main(['compare', {str(whole)!r}, '--output', {str(tmp_path / 'figure.png')!r}]);"
        "print(sorted({'brian2', 'torch', 'numba', 'sklearn'} & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"
