from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from brainlearn.circuit import Circuit
from brainlearn.circuit.wiring import Wiring
from brainlearn.cli import display, main
from brainlearn.mirror import Mirror
from brainlearn.verification import verify as verification
from brainlearn.verification.outcome import Verification, closing_line
from brainlearn.verification.same_spikes import Comparison, Record
from tests.docs.markdown import ROOT

CIRCUIT = """\
name = "small"
dt = "0.5 ms"
areas = [
  { name = "retina", level = 0, populations = [{ name = "image", size = 6, neuron = "constant_current" }] },
  { name = "V1", level = 1, populations = [{ name = "E", size = 5, neuron = "lif_delta" }] },
  { name = "V2", level = 2, populations = [{ name = "E", size = 4, neuron = "lif_delta" }] },
]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "constant_current"
weights = { distribution = "uniform", low = 0.0, high = 0.3 }

[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "delta"
delay = "1 ms"
weights = { distribution = "uniform", low = 0.0, high = 0.8 }
"""
SHORT = ["--duration", "30 ms", "--copies", "2"]


@pytest.fixture
def circuit(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(CIRCUIT, encoding="utf-8")
    return file


def changed(file: Path, old: str, new: str) -> Path:
    assert old in CIRCUIT
    file.write_text(CIRCUIT.replace(old, new), encoding="utf-8")
    return file


def test_a_circuit_that_agrees_is_verified(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(circuit), *SHORT]) == 0
    shown = capsys.readouterr().out
    assert "Verified in 60 steps of 0.5 ms, 2 copies: all spikes are the same" in shown
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in shown.splitlines() if "│" in line]
    assert [row[:2] for row in rows] == [
        *(["retina/image", "activity"], ["V1/E", "spikes"], ["", "v"], ["", "current"]),
        *(["V2/E", "spikes"], ["", "v"], ["", "current"]),
    ]
    number = rows[1][2]
    assert int(number) > 20
    assert rows[1][3:] == [f"{number} of {number}"] * 2


def test_the_table_fits_and_counts_of_one_have_no_plural(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["verify", str(circuit), "--duration", "0.5 ms", "--copies", "1"])
    shown = capsys.readouterr().out
    assert "1 step of 0.5 ms, 1 copy:" in shown
    assert max(map(len, shown.splitlines()[1:])) <= 100


def test_an_experiment_stands_for_its_circuit(capsys: pytest.CaptureFixture[str]) -> None:
    experiment = ROOT / "experiments" / "01_forward_forward_digits" / "experiment.toml"
    assert main(["verify", str(experiment), "--duration", "20 ms", "--copies", "1"]) == 0
    assert "V2/E" in capsys.readouterr().out


def test_quiet_prints_nothing_if_verified(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(circuit), *SHORT, "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_quiet_says_on_stderr_why_it_is_not(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(circuit), *SHORT, "--quiet", "--strength", "0.001"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Not verified")


def test_lines_of_progress_where_there_is_no_terminal(
    circuit: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "PLAIN_EVERY", -1.0)
    main(["verify", str(circuit), *SHORT])
    lines = r"  0 of 60 steps\n  50 of 60 steps, \d+ s left\n  60 of 60 steps\n"
    assert re.search(lines, capsys.readouterr().out)


def test_ctrl_c_exits_with_130(circuit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(verification, "verify", interrupted)
    assert main(["verify", str(circuit)]) == 130


# ---- not verified --------------------------------------------------------------------------------------------------


def test_a_silent_circuit_is_not_verified(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(circuit), *SHORT, "--strength", "0.001"]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "Not verified in 60 steps of 0.5 ms, 2 copies: V1/E, V2/E never spiked" in shown
    assert "Raise --strength or --duration, or the weights onto it." in shown


def test_one_silent_population_is_enough(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(changed(circuit, "high = 0.8", "high = 0.001")), *SHORT]) == 1
    assert "copies: V2/E never spiked" in capsys.readouterr().out


def test_a_graded_population_that_puts_out_nothing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = CIRCUIT.replace("constant_current", "graded_stimulus").replace("lif_delta", "graded")
    text = text.replace('delay = "1 ms"\n', "").replace('"delta"', '"graded"')
    text = text.replace('synapse = "graded_stimulus"', 'synapse = "graded"')
    text = text.replace("low = 0.0, high = 0.8", "low = -0.8, high = -0.1")
    (tmp_path / "graded.toml").write_text(text, encoding="utf-8")
    assert main(["verify", str(tmp_path / "graded.toml"), *SHORT]) == 1
    assert "V2/E never put out anything" in capsys.readouterr().out


def test_a_mirror_that_differs_is_found(
    circuit: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(circuit: Circuit, wiring: dict[str, Wiring], **options: str) -> Mirror:
        other = replace(wiring["V1/E->V2/E"], weights=1.5 * wiring["V1/E->V2/E"].weights)
        return Mirror(circuit, wiring={**wiring, "V1/E->V2/E": other}, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(verification, "Mirror", wrong)
    assert main(["verify", str(circuit), *SHORT]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "the mirror differs from stock Brian2 in V2/E (spikes), V2/E.v: V2/E first, in step " in shown
    assert "the copies differ" not in shown


def test_rounding_that_grows_is_said_and_verified(
    circuit: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    present = verification._BrianMachine.present

    def drifting(machine: verification._BrianMachine, *arguments: object) -> Record:
        record = present(machine, *arguments)  # type: ignore[arg-type]
        if machine.simulation.delivery == "shared":
            values = record.states["V1/E.v"]
            values[:] = [value + 1e-15 * 10 ** min(k, 6) for k, value in enumerate(values)]
        return record

    monkeypatch.setattr(verification._BrianMachine, "present", drifting)
    assert main(["verify", str(circuit), *SHORT]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "In the copies rounding grows: all spikes are the same, and states differ by up to" in shown
    assert "from step 6 on by more than 1e-10" in shown


def test_populations_may_have_other_sizes(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(circuit), *SHORT, "--size", "V1/E=50", "--size", "retina/image=3x4"]) == 0
    few = int(re.search(r"V1/E +│ spikes +│ +([0-9,]+)", capsys.readouterr().out)[1].replace(",", ""))  # type: ignore[index]
    main(["verify", str(circuit), *SHORT])
    own = int(re.search(r"V1/E +│ spikes +│ +([0-9,]+)", capsys.readouterr().out)[1].replace(",", ""))  # type: ignore[index]
    assert few > 5 * own


def test_sizes_of_an_experiment_are_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    experiment = ROOT / "experiments" / "04_temporal_difference_digits" / "experiment.toml"
    assert main(["verify", str(experiment), "--size", "V1/E=5"]) == 2
    assert "--size: an experiment has its own sizes" in " ".join(capsys.readouterr().err.split())


def test_copies_that_differ_are_found(
    circuit: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    present = verification._BrianMachine.present

    def wrong(machine: verification._BrianMachine, *arguments: object) -> Record:
        record = present(machine, *arguments)  # type: ignore[arg-type]
        if machine.simulation.delivery == "shared":
            record.states["V1/E.v"][3] = record.states["V1/E.v"][3] + 1e-9
        return record

    monkeypatch.setattr(verification._BrianMachine, "present", wrong)
    assert main(["verify", str(circuit), *SHORT]) == 1
    assert "the copies differ from stock Brian2 in V1/E.v, by up to 1e-09" in " ".join(capsys.readouterr().out.split())


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_circuit_that_diverges_is_not_verified(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = '[neurons.wild]\nequations = "dv/dt = (1 + v**2)/ms : 1"\noutput = "v"\n'
    text = CIRCUIT.split("[[projections]]", 1)[0] + model
    circuit.write_text(text.replace('size = 5, neuron = "lif_delta"', 'size = 5, neuron = "wild"'), encoding="utf-8")
    assert main(["verify", str(circuit), *SHORT]) == 1
    assert "V1/E.v: no finite number in stock Brian2 itself. Take a smaller dt." in " ".join(
        capsys.readouterr().out.split()
    )


# ---- mistakes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "value", "answer"),
    [
        ("--duration", "300", "missing unit"),
        ("--duration", "300 mV", "wrong unit"),
        ("--duration", "300 mss", "unknown unit"),
        ("--duration", "long", "not a quantity"),
        ("--duration", "", "not a quantity"),
        ("--duration", "0 ms", "does not fit the time step"),
        ("--duration", "-5 ms", "does not fit the time step"),
        ("--duration", "0.7 ms", "a multiple of dt = 0.5 ms"),
        ("--duration", "1e300 s", "does not fit the time step"),
        ("--duration", "1e999 s", "not finite"),
        ("--copies", "0", "greater than or equal to 1"),
        ("--copies", "many", "valid integer"),
        ("--seed", "-1", "greater than or equal to 0"),
        ("--seed", "4294967296", "less than or equal to 4294967295"),
        ("--seed", "1.5", "valid integer"),
        ("--strength", "0", "a finite number above 0"),
        ("--strength", "-1", "a finite number above 0"),
        ("--strength", "nan", "a finite number above 0"),
        ("--strength", "inf", "a finite number above 0"),
        ("--strength", "strong", "valid number"),
        ("--device", "cuda:99", "no such device"),
        ("--device", "gpu", "no such device"),
        ("--size", "V1/E", "as V1/E=100"),
        ("--size", "V1/E=-5", "as V1/E=100"),
        ("--device", "", "no such device"),
        ("--durations", "300 ms", "--duration"),
    ],
)
def test_a_mistake_in_an_option_is_answered(
    circuit: Path, option: str, value: str, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(circuit), option, value]) == 2
    error = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert option.rstrip("s") in error
    assert answer in error


def test_all_mistakes_are_named_at_once(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = changed(circuit, '"lif_delta" }] },\n]', '"lif_delt" }] },\n]')
    options = ["--duration", "30 mV", "--strength", "0", "--device", "gpu"]
    assert main(["verify", str(file), *options]) == 2
    error = capsys.readouterr().err
    for place in ("small.toml: areas[2].populations[0].neuron: ", "--duration: ", "--strength: ", "--device: "):
        assert f"\n{place}" in "\n" + error.replace(str(file.parent) + "/", "")
    assert 'Did you mean "lif_delta"?' in error


def test_mistakes_in_equations_are_found_before_anything_is_built(
    circuit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = '[neurons.mine]\nequations = "dv/dt = -v/tau : 1"\nthreshold = "v > 1"\nreset = "v = rest"\n'
    text = CIRCUIT.replace("[[projections]]", model + "[[projections]]", 1).replace('"lif_delta"', '"mine"')
    circuit.write_text(text, encoding="utf-8")
    assert main(["verify", str(circuit)]) == 2
    error = capsys.readouterr().err
    assert 'undefined identifier "tau"' in error
    assert 'undefined identifier "rest"' in error


@pytest.mark.parametrize(
    ("name", "content", "answer"),
    [
        ("absent.toml", None, "no such file"),
        ("folder", b"", "a folder"),
        ("picture.toml", b"\x89PNG\xff", "not a text file"),
        ("broken.toml", b"dt = ", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_mistake(
    tmp_path: Path, name: str, content: bytes | None, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    if name == "folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    assert main(["verify", str(file)]) == 2
    assert answer in capsys.readouterr().err


def test_random_stimuli_are_handed_to_the_mirror(circuit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = CIRCUIT.replace('neuron = "constant_current"', 'neuron = "poisson"')
    text = text.replace('synapse = "constant_current"', 'synapse = "delta"').replace("high = 0.3", "high = 0.9")
    circuit.write_text(text.replace("high = 0.8", "high = 3.0"), encoding="utf-8")
    assert main(["verify", str(circuit), "--duration", "100 ms"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "it was handed the spikes of retina/image" in shown


def found(deviation: float, spikes: int) -> Verification:
    """Return a verification in which one state deviates, in multiples of its largest value, and some spikes agree."""
    mirror = Comparison({"V1/E.v": 2 * deviation}, {"V1/E.v": 2.0}, {"V1/E": spikes}, {"V1/E": 9})
    return Verification(300, 4, {"mirror": mirror}, {"V1/E": 9}, (), (), 1e-10)


def test_where_only_states_differ_it_is_said_by_how_much_and_that_spikes_agree() -> None:
    assert closing_line(found(3e-10, 9), "1 ms") == (
        "Not verified in 300 steps of 1 ms, 4 copies: the mirror differs from stock Brian2 in V1/E.v, by up to 3e-10 "
        "of its largest value, where 1e-10 is allowed; all spikes are the same."
    )
    assert closing_line(found(3e-10, 8), "1 ms").endswith("in V1/E (spikes), V1/E.v.")


def test_states_may_differ_by_more_after_very_many_steps() -> None:
    assert [verification.allowed_difference(steps) for steps in (1, 1000)] == [1e-10, 1e-10]
    assert verification.allowed_difference(100_000) == pytest.approx(1e-8)
