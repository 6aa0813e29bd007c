"""One table of checks: every entrance knows the same mistakes, and one mistake neither hides others nor makes more."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from brainlearn import load_circuit, load_experiment
from brainlearn.cli import main
from brainlearn.mistakes import Mistake, UserError
from brainlearn.rules.reads import Reads
from tests.experiment.conftest import CIRCUITS, SMALL, Small
from tests.experiment.targets import TARGETS

NOISE = "dv/dt = (10*current - v)/tau + 0.1*sqrt(2/tau)*xi : 1\ncurrent : 1"
NOISY = {"equations": NOISE, "threshold": "v > 1", "reset": "v = 0", "parameters": {"tau": "9 ms"}}


def places(error: UserError) -> list[str]:
    """Return the keys that an error names, without the file."""
    return sorted(mistake.where.rpartition(": ")[2] for mistake in error.mistakes)


def test_a_mistake_of_form_hides_no_other(small: Small) -> None:
    replace = (
        ("seed = 1", "seed = -1"),
        ('"forward_forward"', '"forward_foward"'),
        ('"digits"', '"digit"'),
        ('image = "retina/image"', 'image = "retina/images"'),
        ('"adam"', '"adams"'),
        ('"8 ms"', '"8.5 ms"'),
        ('"hard"', '"tough"'),
    )
    with pytest.raises(UserError) as raised:
        small("drift.'V1/E->V9/E'.per_epoch=0.1", replace=replace)
    assert places(raised.value) == [
        "dataset.name",
        'drift."V1/E->V9/E"',
        "negatives.kind",
        "phases[0].duration",
        "rule.name",
        "rule.updates[0].name",
        "seed",
        "stimulus.image",
    ]


def test_mistakes_of_the_circuit_hide_none_of_the_experiment(small: Small, tmp_path: Path) -> None:
    data = tomllib.loads((CIRCUITS / "two_areas.toml").read_text(encoding="utf-8"))
    data["projections"][0]["delay"] = "-1 ms"
    data["neurons"]["custom"] = {**NOISY, "reset": "v = 1*mV"}
    (tmp_path / "circuit.toml").write_text(tomli_w.dumps(data), encoding="utf-8")
    with pytest.raises(UserError) as raised:
        small("circuit=circuit.toml", 'readout.populations=["V9/E"]', "rule.name=forwards")
    assert places(raised.value) == [
        "neurons.custom.reset",
        "projections[0].delay",
        "readout.populations[0]",
        "rule.name",
    ]


def test_what_a_circuit_with_mistakes_may_lack_is_not_missed(small: Small, tmp_path: Path) -> None:
    data = tomllib.loads((CIRCUITS / "two_areas.toml").read_text(encoding="utf-8"))
    data["areas"][1]["populations"][0]["name"] = "no name"
    (tmp_path / "circuit.toml").write_text(tomli_w.dumps(data), encoding="utf-8")
    with pytest.raises(UserError) as raised:
        small("circuit=circuit.toml", "rule.name=forwards", 'readout.populations=["V1/E"]')
    own = [mistake for mistake in raised.value.mistakes if "experiment.toml" in mistake.where]
    assert [mistake.where.rpartition(": ")[2] for mistake in own] == ["rule.name"]


WHOLE = tomllib.loads(TARGETS) | {
    "about": {"question": "why?"},
    "weights": {"V1/E->IT/class": {"distribution": "normal", "sd": 0.2}},
    "drift": {"V1/E->IT/class": {"per_epoch": 0.1}},
    "dropout": {"V1/E": 0.0},
    "alignment": {"epochs": [0]},
    "baselines": {"backprop": {"epochs": 1}},
    "readout": {"one_pass": False},
    "negatives": {"kind": "hard"},
}


def keys_of(table: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the steps to every value of nested tables and lists, and to the tables themselves."""
    found = [above] if above else []
    inside: Any = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    return found + [steps for step, value in inside for steps in keys_of(value, (*above, step))]


@pytest.mark.parametrize("steps", keys_of(WHOLE), ids=lambda steps: ".".join(map(str, steps)))
def test_a_value_of_the_wrong_kind_is_one_mistake_and_nothing_follows(
    tmp_path: Path, steps: tuple[str | int, ...]
) -> None:
    data: Any = tomllib.loads(tomli_w.dumps(WHOLE))
    above = data
    for step in steps[:-1]:
        above = above[step]
    above[steps[-1]] = "no table" if isinstance(above[steps[-1]], dict) else {"no": [{}]}
    (tmp_path / "experiment.toml").write_text(tomli_w.dumps(data), encoding="utf-8")
    with pytest.raises(UserError) as raised:
        load_experiment(tmp_path / "experiment.toml")
    broken = f"experiment.toml: {steps[0]}"
    assert all(broken in str(mistake) for mistake in raised.value.mistakes), str(raised.value)
    assert len({mistake.where for mistake in raised.value.mistakes}) <= 2  # a size may be written in two ways


# ---- every entrance ------------------------------------------------------------------------------------------------


def weights_missing(circuit: dict[str, Any], experiment: dict[str, Any]) -> None:
    circuit["projections"][1]["weights"] = {"distribution": "file", "file": "missing.npz"}


def endless_delay(circuit: dict[str, Any], experiment: dict[str, Any]) -> None:
    circuit["projections"][2]["delay"] = "1e9 s"


def bad_equation(circuit: dict[str, Any], experiment: dict[str, Any]) -> None:
    circuit["neurons"]["custom"] = {**NOISY, "equations": "dv/dt = -u/tau : 1\ncurrent : 1"}


OF_CIRCUITS: dict[str, tuple[Callable[..., None], str]] = {
    "missing weights": (weights_missing, "projections[1].weights.file: no such file"),
    "a delay of 30 years": (endless_delay, "projections[2].delay: the delay is too long"),
    "an undefined name": (bad_equation, 'neurons.custom.equations: undefined identifier "u"'),
}


def noise_and_gradients(circuit: dict[str, Any], experiment: dict[str, Any]) -> None:
    circuit["neurons"]["custom"] = NOISY
    circuit["areas"][1]["populations"][0]["neuron"] = "custom"
    experiment["baselines"] = {"backprop_through_time": {}}


def endless_phase(circuit: dict[str, Any], experiment: dict[str, Any]) -> None:
    experiment["phases"][0]["duration"] = "1e9 s"


def too_few_items(circuit: dict[str, Any], experiment: dict[str, Any]) -> None:
    experiment["dataset"]["validation"] = 1437


def many_labels(circuit: dict[str, Any], experiment: dict[str, Any]) -> None:
    experiment["readout"] = {"short_list": 11}


OF_EXPERIMENTS: dict[str, tuple[Callable[..., None], str]] = OF_CIRCUITS | {
    "noise beside a baseline": (noise_and_gradients, "random numbers, including noise (xi)"),
    "a phase of 30 years": (endless_phase, "phases[0].duration: too long"),
    "no item to learn from": (too_few_items, "dataset.validation: "),
    "a list longer than all": (many_labels, "readout.short_list: the short list is longer"),
}


def write(folder: Path, fault: Callable[..., None]) -> tuple[Path, Path]:
    """Write the small experiment and its circuit with a fault."""
    circuit = tomllib.loads((CIRCUITS / "two_areas.toml").read_text(encoding="utf-8"))
    experiment = tomllib.loads(SMALL) | {"circuit": "circuit.toml"}
    fault(circuit, experiment)
    for name, data in (("circuit.toml", circuit), ("experiment.toml", experiment)):
        (folder / name).write_text(tomli_w.dumps(data), encoding="utf-8")
    return folder / "circuit.toml", folder / "experiment.toml"


@pytest.mark.parametrize(("fault", "text"), OF_CIRCUITS.values(), ids=OF_CIRCUITS)
def test_every_entrance_for_circuits_knows_the_same(
    tmp_path: Path, fault: Callable[..., None], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    circuit, _ = write(tmp_path, fault)
    with pytest.raises(UserError) as raised:
        load_circuit(circuit)
    assert text in str(raised.value)
    for command in (["check"], ["describe"], ["verify"], ["export", "--format", "nir"]):
        assert main([command[0], str(circuit), *command[1:]]) == 2
        told = capsys.readouterr().err
        assert str(raised.value) in told, command


@pytest.mark.parametrize(("fault", "text"), OF_EXPERIMENTS.values(), ids=OF_EXPERIMENTS)
def test_every_entrance_for_experiments_knows_the_same(
    tmp_path: Path, fault: Callable[..., None], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, experiment = write(tmp_path, fault)
    with pytest.raises(UserError) as raised:
        load_experiment(experiment)
    (mistake,) = raised.value.mistakes
    assert text in str(mistake)
    sweep = tmp_path / "sweep.toml"
    sweep.write_text('name = "two"\nexperiment = "experiment.toml"\nseeds = [1, 2]\n', encoding="utf-8")
    asked = [
        ["check", str(experiment)],
        ["check", str(sweep)],
        ["describe", str(experiment)],
        ["verify", str(experiment)],
        ["run", str(experiment), "--output", str(tmp_path / "run")],
        ["sweep", str(sweep), "--output", str(tmp_path / "sweep")],
    ]
    for command in asked:
        assert main(command) == 2, command
        assert mistake.wrong in capsys.readouterr().err, command
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "sweep").exists()


def test_a_rule_on_spikes_needs_spiking_units_at_both_ends() -> None:
    graded = Path(__file__).parents[2] / "experiments" / "12_predictive_coding_digits" / "experiment.toml"
    with pytest.raises(UserError, match=r'rule.name: the rule "pair_stdp" acts on spikes, but "'):
        load_experiment(graded, {"rule.name": "pair_stdp", "rule.parameters": {}, "alignment": None})


@pytest.mark.parametrize(
    ("name", "read", "hint"),
    [
        ("target_propagation", "slope", "Choose another rule"),
        ("node_perturbation", "target", "Name the population that broadcasts: broadcasts_from"),
    ],
)
def test_a_built_in_rule_reads_only_what_units_define(name: str, read: str, hint: str) -> None:
    digits = Path(__file__).parents[2] / "experiments" / "04_temporal_difference_digits" / "experiment.toml"
    with pytest.raises(UserError) as caught:
        load_experiment(digits, {"rule": {"name": name}, "alignment": None})
    (mistake,) = (each for each in caught.value.mistakes if read in each.wrong)
    assert mistake.where.endswith("rule.name")
    assert mistake.wrong == f'the rule "{name}" reads "{read}", which units of V1/E do not define'
    assert mistake.suggestion.startswith(hint)


def test_what_units_lack_for_a_built_in_rule_is_found_however_it_is_worded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(reads: Reads, place: str, name: str) -> Mistake | None:
        lacks = reads.unit.names is not None and name not in reads.known
        return Mistake(place, f"wants {name}") if lacks else None

    monkeypatch.setattr(Reads, "refuse", refuse)
    digits = Path(__file__).parents[2] / "experiments" / "04_temporal_difference_digits" / "experiment.toml"
    with pytest.raises(UserError, match='the rule "target_propagation" wants slope'):
        load_experiment(digits, {"rule": {"name": "target_propagation"}, "alignment": None})
