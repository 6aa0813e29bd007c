"""``brainlearn simulate``: its example, every mistake that its options can have, and what it prints."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_result
from brainlearn.cli import main
from brainlearn.cli.simulate import EXAMPLE
from tests.docs.markdown import ROOT
from tests.simulating.circuits import DRIVEN, file_of

WRONG = {
    "--input=V1/F=3": '--input V1/F: no such population; found "V1/F"; allowed: LGN/P, LGN/X. Did you mean "V1/E"?',
    "--input=V1/E=3": "--input V1/E: the population is not a stimulus; name a variable to set",
    "--input=V1/E:v=3 mV": '--input V1/E:v: is changed by equations or projections; found "v"; allowed: V1/E:bias',
    "--input=V1/E:biass=3 mV": '--input V1/E:biass: no such variable; found "biass"; allowed: V1/E:bias',
    "--input=V1/E:bias=3 Hz": '--input V1/E:bias: wrong unit; found "3 Hz", a frequency; allowed: a voltage',
    "--input=LGN/P=20": '--input LGN/P: missing unit; found "20", which has none; allowed: a frequency',
    "--input=LGN/X=none.csv": "--input LGN/X: none.csv: no such file",
    "--record=V1/E:u": '--record V1/E:u: V1/E has no such variable; found "u"; allowed: v, ',
    "--record=V1/X:v": '--record V1/X:v: no such population; found "V1/X"',
    "--record=LGN/X:spikes": '--record LGN/X:spikes: LGN/X does not spike; found "spikes"; allowed: activity',
    "--record=V1/E[3:9]:v": "--record V1/E[3:9]:v: no such units; found [3:9]; allowed: numbers from 0 to 4",
    "--record=V1/E[2,5]:v": "--record V1/E[2,5]:v: no such units",
    "--record=V1/E": "--record V1/E: does not say what to record",
    "--record=V1/E->LGN/P:weights": "no such projection",
    "--record=LGN/P->V1/E:v": '--record LGN/P->V1/E:v: not of a projection; found "v"; allowed: weights',
    "--duration=10.2 ms": '--duration: does not fit the time step; found "10.2 ms"; allowed: a multiple of dt = 0.5 ms',
    "--interval=0.7 ms": '--interval: does not fit the time step; found "0.7 ms"',
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file_of(tmp_path)
    return tmp_path


def test_every_mistake_in_the_options_is_named_at_once_and_nothing_is_written(folder, capsys):
    assert main(["simulate", "circuit.toml", "--quiet", *WRONG]) == 2
    said = capsys.readouterr().err
    assert [text for text in WRONG.values() if text not in said] == []
    assert [path.name for path in folder.iterdir()] == ["circuit.toml"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["none.toml"], "none.toml: no such file"),
        (["circuit.toml", "--input", "LGN/P"], "not an input"),
        (["circuit.toml", "--input", "LGN/P=1 Hz", "--input", "LGN/P=2 Hz"], "given twice"),
        (["circuit.toml", "--trials", "0"], "Invalid value for '--trials'"),
        (["circuit.toml", "--duration", "10 mV"], '--duration: wrong unit; found "10 mV", a voltage; allowed: a time'),
    ],
)
def test_other_mistakes_are_named_and_nothing_is_written(folder, capsys, words, text):
    assert main(["simulate", *words]) == 2
    assert text in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["circuit.toml"]


def test_run_says_what_to_do_with_a_circuit(folder, capsys):
    assert main(["run", "circuit.toml"]) == 2
    assert "Simulate it with brainlearn simulate" in capsys.readouterr().err


def test_the_example_of_the_help_works_as_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "circuits").mkdir()
    shutil.copy(ROOT / "circuits" / "two_areas.toml", tmp_path / "circuits")
    program, *words = shlex.split(EXAMPLE.removeprefix("Example: "))
    assert program == "brainlearn"
    assert main(words) == 0
    said = capsys.readouterr().out
    (run,) = (tmp_path / "runs").glob("simulate-two_areas-*")
    assert f"Report: runs/{run.name}/report.html" in said
    tree = load_result(run)
    assert dict(tree["states/V1.E"].sizes) == {"time": 500, "copy": 4, "unit": 200}
    counts = tree["statistics/V1.E"]["spike_count"].values
    assert counts.sum() == tree["spikes/V1.E"].sizes["spike"] > 10_000
    assert f"{counts.sum():,}" in said
    page = (run / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 5  # the circuit, the raster, rates, v of all and of some units
    (run / "report.html").unlink()
    assert main(["report", str(run)]) == 0
    assert (run / "report.html").read_text(encoding="utf-8") == page
    assert main(["summary", str(run)]) == 2
    assert "found a simulation without learning" in capsys.readouterr().err


def test_poisson_drive_and_files_of_all_kinds_are_taken(folder, capsys):
    (folder / "spikes.csv").write_text("time [ms],unit\n1,0\n2.5,3\n")
    np.savez(folder / "bias.npz", values=np.array([[15.0], [0.0]]) * np.ones((1, 5)), interval=0.01, units="mV")
    files = ["--input", "LGN/P=spikes.csv", "--input", "V1/E:bias=bias.npz", "--input", "LGN/X=random", "-q"]
    assert main(["simulate", "circuit.toml", "-t", "30 ms", *files, "--record", "V1/E:bias", "--output", "out"]) == 0
    assert capsys.readouterr().out == ""
    tree = load_result(folder / "out")
    spikes = tree["spikes/LGN.P"].to_dataset()
    assert (spikes["spike_time"].values.tolist(), spikes["spike_unit"].values.tolist()) == ([1.0, 2.5], [0, 3])
    bias = tree["states/V1.E"]["bias"].values[:, 0, 4]
    np.testing.assert_allclose(bias, [15e-3] * 20 + [0.0] * 40)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "circuits").glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_circuit_is_simulated_as_it_is(path, tmp_path, capsys):
    assert main(["simulate", str(path), "--output", str(tmp_path / "run")]) == 0
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    spiking = "statistics" in load_result(tmp_path / "run").children
    assert ("Raster." in page) == spiking
    assert spiking or "as shades of grey" in page


def test_a_text_of_ones_own_with_noise_is_simulated(folder, capsys):
    noisy = "dv/dt = (-v + bias)/(10*ms) + 3*mV*xi*(10*ms)**-0.5 : volt"
    text = DRIVEN.replace("dv/dt = (-v + bias)/(10*ms) : volt", noisy).replace('method = "exact"', 'method = "euler"')
    assert noisy in text
    file_of(folder, text)
    assert main(["simulate", "circuit.toml", "-t", "50 ms", "--input", "LGN/P=80 Hz", "--trials", "3"]) == 0
    assert "LGN/P" in capsys.readouterr().out
