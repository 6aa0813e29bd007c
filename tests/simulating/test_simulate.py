"""What a simulation writes and returns, how it is ended, and that memory does not grow with its duration."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from brainlearn import Sampled, SpikeTrains, load_circuit, load_result, simulate
from brainlearn.mistakes import UserError
from brainlearn.results.simulation_schema import validate_simulation
from brainlearn.simulating import Stopped
from tests.simulating.circuits import ALONE, circuit_of, file_of


def test_a_circuit_without_stimuli_runs_and_spikes(tmp_path: Path) -> None:
    """A constant unit spikes every 10*ln(3) = 10.986 ms, in the 22nd step of 0.5 ms; noise spikes at random."""
    tree = simulate(circuit_of(tmp_path, ALONE), "200 ms", copies=2)
    constant, noisy = (tree[f"statistics/V1.{name}"].to_dataset() for name in "CN")
    assert np.unique(constant["mean_interval"]).tolist() == [11.0]
    assert np.unique(constant["cv"]).tolist() == [0.0]
    assert np.unique(noisy["spike_count"]).size > 3
    assert (noisy["spike_count"].values[0] != noisy["spike_count"].values[1]).any()
    assert json.loads(tree.attrs["notes"]) == []


def test_a_folder_holds_circuit_result_and_report(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    asked = ["V1/E[1:3]:v,rate,shifted", "LGN/P->V1/E:weights"]
    tree = simulate(file_of(tmp_path), "20 ms", {"V1/E:bias": "15 mV"}, asked, "2 ms", copies=3, folder=folder)
    assert sorted(path.name for path in folder.iterdir()) == ["circuit.toml", "report.html", "result.nc"]
    assert (folder / "circuit.toml").read_text() == (tmp_path / "circuit.toml").read_text()
    states = tree["states/V1.E"].to_dataset()
    assert dict(states.sizes) == {"time": 10, "copy": 3, "unit": 2}
    assert states["unit"].values.tolist() == [1, 2]
    times = states["time"].values
    first = times < 10  # before the first spike v = 15 mV (1 - exp(-t/10 ms))
    np.testing.assert_allclose(states["v"].values[first, 0, 0], 15e-3 * (1 - np.exp(-times[first] / 10)), rtol=1e-9)
    np.testing.assert_allclose(states["shifted"] - states["v"], 1e-3, rtol=1e-9)
    rates = tree["rates/V1.E"].to_dataset()
    # The unit spikes at 11 ms (15 mV (1 - exp(-1.1)) = 10.007 mV), in the bin from 10 to 12 ms: 1 / 2 ms.
    assert rates["rate"].values[:, 0].tolist() == [0.0] * 5 + [500.0] + [0.0] * 4
    assert tree["weights/LGN.P->V1.E"]["weights"].values.tolist() == np.full((4, 5), 2.0).tolist()
    loaded = load_result(folder)
    validate_simulation(loaded)
    assert loaded.identical(tree)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_precision_is_what_is_asked(tmp_path: Path) -> None:
    circuit = circuit_of(tmp_path, ALONE)
    one, two = (simulate(circuit, "50 ms", record="V1/N:v", seed=4, precision="float32") for _ in range(2))
    other = simulate(circuit, "50 ms", record="V1/N:v", seed=5, precision="float32")
    assert one["states/V1.N"]["v"].dtype == np.float32
    assert one["states"].identical(two["states"])
    assert not one["states"].identical(other["states"])


@pytest.mark.slow
def test_spikes_of_another_simulation_are_shown_again(tmp_path: Path) -> None:
    circuit = circuit_of(tmp_path)
    first = simulate(circuit, "100 ms", {"LGN/P": "100 Hz"}, copies=2, folder=tmp_path / "first")
    inputs = {"LGN/P": f"{tmp_path / 'first' / 'result.nc'}:spikes/LGN.P"}
    again = simulate(circuit, "100 ms", inputs, copies=2, seed=9)
    for group in ("spikes/LGN.P", "spikes/V1.E"):
        assert first[group]["spike_time"].values.tolist() == again[group]["spike_time"].values.tolist()
        assert first[group]["spike_copy"].values.tolist() == again[group]["spike_copy"].values.tolist()


def test_nothing_is_recorded_but_what_is_named_beside_none(tmp_path: Path) -> None:
    tree = simulate(circuit_of(tmp_path), "10 ms", {}, ["none", "V1/E:v"])
    assert list(tree.children) == ["states", "statistics", "correlations"]


def test_a_result_of_which_no_text_is_known_is_complete(tmp_path: Path) -> None:
    circuit = circuit_of(tmp_path)
    (tmp_path / "circuit.toml").unlink()
    folder = tmp_path / "run"
    simulate(circuit, "10 ms", {}, folder=folder)
    assert load_result(folder).attrs["circuit_text"] == ""


def test_ctrl_c_keeps_what_was_simulated(tmp_path: Path) -> None:
    folder, began = tmp_path / "run", threading.Event()

    def interrupt(done: int, steps: int) -> None:
        if done > 10 and not began.is_set():
            began.set()
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Stopped) as stopped:
        simulate(circuit_of(tmp_path, ALONE), "1000 s", folder=folder, watch=interrupt)
    tree = stopped.value.tree
    steps = tree.attrs["steps"]
    assert 10 < steps < 2_000_000
    assert tree.attrs["simulated"] == pytest.approx(steps * 0.5)
    assert tree["states/V1.C"].sizes["time"] == steps
    assert "stopped after" in json.loads(tree.attrs["notes"])[0]
    assert (folder / "report.html").is_file()


def test_a_full_disk_ends_the_simulation_with_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import brainlearn.simulating.run as run

    class Usage:
        free = run.SPARE_BYTES + 30_000

    monkeypatch.setattr(run.shutil, "disk_usage", lambda folder: Usage)
    folder = tmp_path / "run"
    circuit = circuit_of(tmp_path, ALONE)
    tree = simulate(circuit, "20 s", record=["none", "V1/N:v"], folder=folder)
    assert tree["states/V1.N"].sizes["time"] == 0  # a piece of 10,000 samples of 20 units has 1.6 MB
    assert tree.attrs["steps"] == 10_000
    assert "the disk is full" in json.loads(tree.attrs["notes"])[0]


def test_a_folder_in_use_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="in use"):
        simulate(circuit_of(tmp_path), "10 ms", folder=tmp_path / "run")
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["mine.txt"]


def test_no_spikes_are_no_mistake(tmp_path: Path) -> None:
    tree = simulate(circuit_of(tmp_path), "10 ms", {"LGN/P": SpikeTrains([], [])})
    assert tree["spikes/V1.E"].sizes["spike"] == 0
    assert np.isnan(tree["statistics/V1.E"]["cv"].values).all()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_duration(tmp_path: Path) -> None:
    """A simulation ten times as long, with 96 MB more of states, needs less than 20 MB more."""
    import subprocess
    import sys

    script = (
        "import sys, psutil, threading, time\n"
        "from brainlearn import simulate\n"
        "me, peak = psutil.Process(), []\n"
        "def watch(done, steps): peak.append(me.memory_info().rss)\n"
        "simulate(sys.argv[1], sys.argv[2], record=['V1/N:v', 'V1/C:v'], copies=25, folder=sys.argv[3], watch=watch)\n"
        "print(max(peak))\n"
    )
    path = file_of(tmp_path, ALONE)
    found = []
    for name, duration in (("short", "1 s"), ("long", "10 s")):
        words = [sys.executable, "-c", script, str(path), duration, str(tmp_path / name)]
        began = time.monotonic()
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert time.monotonic() - began < 300
        found.append(int(done.stdout))
    assert found[1] - found[0] < 20e6


def test_a_simulation_that_cannot_begin_leaves_no_warning(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import gc

    with pytest.raises(UserError, match="no such population"):
        simulate(circuit_of(tmp_path), "10 ms", {"V2/E": 1})
    gc.collect()
    assert capfd.readouterr().err == ""


def test_durations_of_brian_are_taken_and_those_of_another_unit_are_not(tmp_path: Path) -> None:
    import brian2

    circuit = circuit_of(tmp_path)
    with pytest.raises(UserError, match="duration: wrong unit") as error:
        simulate(circuit, 10 * brian2.mV, {}, interval=3 * brian2.nA, nudging=np.nan, copies=0, precision="float16")
    assert [each.where for each in error.value.mistakes] == ["duration", "interval", "copies", "nudging", "precision"]
    tree = simulate(circuit, 10 * brian2.ms, {}, "V1/E:v", interval=1 * brian2.ms)
    assert (tree.attrs["steps"], tree["states/V1.E"].sizes["time"]) == (20, 10)


def test_sizes_that_are_not_those_of_the_file_are_noted(tmp_path: Path) -> None:
    circuit = load_circuit(file_of(tmp_path), {"V1/E": 7})
    notes = json.loads(simulate(circuit, "1 ms", {}).attrs["notes"])
    assert notes == ["simulated with sizes that differ from circuit.toml: V1/E with 7 units"]


GRADED = """
name = "graded"
dt = "1 ms"

[[areas]]
name = "retina"
level = 0
populations = [{ name = "X", size = 2, neuron = "graded_stimulus", normalisation = { rms = 1.0 } }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 3, neuron = "graded" }]

[[projections]]
source = "retina/X"
target = "V1/E"
pathway = "bottom_up"
synapse = "graded"
weights = { distribution = "constant", value = 1.0 }
"""


@pytest.mark.parametrize("delivery", ["shared", "stock"])
def test_a_normalised_stimulus_is_normalised_in_the_step_in_which_it_changes(tmp_path: Path, delivery) -> None:
    """With dt = tau, a unit is in the next step what it gets now: the sum of (3, 4) over its rms, sqrt(12.5)."""
    shown = Sampled([[3.0, 4.0], [0.0, 5.0]], interval="2 ms")
    tree = simulate(circuit_of(tmp_path, GRADED), "5 ms", {"retina/X": shown}, "V1/E:activity", delivery=delivery)
    first, second = 7 / np.sqrt(12.5), 5 / np.sqrt(12.5)
    values = tree["states/V1.E"]["activity"].values[:, 0, 0]
    np.testing.assert_allclose(values, [0.0, first, first, second, second], rtol=1e-12)
