"""A mirror that cannot be made here is a mistake before anything has been trained, and nothing has been written."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainlearn.cli import main
from brainlearn.experiment import load_experiment
from brainlearn.mirror import choice
from brainlearn.mistakes import UserError
from brainlearn.running import run_to_folder
from brainlearn.running.conduct import prepare
from brainlearn.training.progress import Silent
from tests.experiment.targets import CIRCUITS, TARGETS

SHIPPED = (CIRCUITS / "temporal_difference.toml").read_text(encoding="utf-8")
NOISY = """
[neurons.pyramidal]
equations = '''
dv/dt = (10*current + apical - v)/tau + 0.1*sqrt(2/tau)*xi : 1
dapical/dt = -apical/tau : 1
current : 1
'''
threshold = "v > 1"
reset = "v -= 1"
method = "euler"
feedback = "apical"
parameters = { tau = "9.5 ms" }
"""
BUILT_IN = '[neurons.pyramidal]\nmodel = "lif_apical"\nparameters = { tau_apical = "1 ms" }'
RELEASED = """
[synapses.unreliable]
on_pre = "v_post += w*int(rand() < 0.5)"
"""
THROUGH_TIME = 'baselines.backprop_through_time={surrogate="arctan"}'
ANGLES = "alignment={epochs=[1]}"


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the small experiment, with a circuit of its own that has these changes."""
    text = SHIPPED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "circuit.toml").write_text(text, encoding="utf-8")
    path = folder / "experiment.toml"
    path.write_text(TARGETS.replace(f"{CIRCUITS}/temporal_difference.toml", "circuit.toml"), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "table"), [(THROUGH_TIME, "baselines.backprop_through_time"), (ANGLES, "alignment")]
)
def test_noisy_units_are_refused_before_training(
    tmp_path: Path, change: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, experiment = tmp_path / "run", write(tmp_path, (BUILT_IN, NOISY))
    assert main(["run", str(experiment), "--quiet", "--set", change, "--output", str(folder)]) == 2
    told = capsys.readouterr().err
    assert (
        "circuit.toml: neurons.pyramidal: the mirror cannot render randn(): random numbers, including noise (xi)"
        in told
    )
    assert f"Or remove [{table}] from the experiment: it needs the mirror." in told
    assert not folder.exists()


def test_noisy_units_learn_where_no_mirror_is_asked_for(tmp_path: Path) -> None:
    load_experiment(write(tmp_path, (BUILT_IN, NOISY)))


def test_synapses_that_release_at_random_are_refused_whatever_runs(tmp_path: Path) -> None:
    path = write(tmp_path, (BUILT_IN, BUILT_IN + RELEASED), ('synapse = "delta"', 'synapse = "unreliable"'))
    with pytest.raises(UserError, match=r"synapses.unreliable.on_pre: .*rand.*; allowed: variable_post \+= w\*"):
        load_experiment(path)


def test_a_device_that_is_not_there_is_refused_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "devices", lambda: ["cpu"])
    path = tmp_path / "experiment.toml"
    path.write_text(TARGETS, encoding="utf-8")
    experiment = load_experiment(path, ['baselines.backprop={device="cuda"}'])
    said = 'baselines.backprop.device: no such device on this machine; found "cuda"; allowed: cpu. Use "cpu"'
    with pytest.raises(UserError, match=said):
        run_to_folder(experiment, tmp_path / "run", then=["backprop"])
    assert not (tmp_path / "run").exists()
    with pytest.raises(UserError, match=said):
        prepare(experiment, None, Silent(), "backprop")
