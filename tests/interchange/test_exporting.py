"""What is written as NIR spikes in two other libraries as it does here, and what NIR cannot say is refused."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.recorder import Recorder
from brainlearn.brian.simulation import Simulation
from brainlearn.circuit import Circuit, wire
from brainlearn.circuit.unit_values import unit_values
from brainlearn.cli import main
from brainlearn.experiment import load_experiment
from brainlearn.interchange.node_names import node_names
from brainlearn.interchange.units import NotSaid, unit_of
from brainlearn.mistakes import UserError
from brainlearn.neurons import NEURONS, quantities
from brainlearn.running import preparation, run_to_folder
from tests.experiment.tiny_runs import few_items
from tests.experiment.tiny_runs import tiny as tiny_run

nir = pytest.importorskip("nir", reason='no NIR here: pip install ".[interchange]"')

from brainlearn.interchange.exporting import to_nir  # noqa: E402
from brainlearn.interchange.nir_file import write_nir  # noqa: E402

HERE = Path(__file__).parents[2]
SHIPPED = sorted([*(HERE / "circuits").glob("*.toml"), *(HERE / "experiments").glob("*/circuit.toml")])
EXPORTABLE = ("one_area", "two_areas_top_down", "slice_protocol", "two_choices", "water_maze", "cart_pole")
STEPS, COPIES = 120, 2
RATE = 200.0  # Hz

TINY = """
name = "tiny"
dt = "0.5 ms"

[neurons.zero]
model = "UNIT"
reset = "v = 0"
parameters = { tau_membrane = "7 ms" }

[[areas]]
name = "retina"
level = 0
populations = [{ name = "image", size = 20, neuron = "STIMULUS" }]

[[areas]]
name = "V1"
level = 1
populations = [{ name = "E", size = 15, neuron = "zero" }]

[[areas]]
name = "V2"
level = 2
populations = [{ name = "E", size = 10, neuron = "lif" }]

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "FIRST"
weights = { distribution = "normal", sd = 3.0, per_input = true }

[[projections]]
source = "V1/E"
target = "V2/E"
pathway = "bottom_up"
synapse = "current"
connectivity = { kind = "probability", probability = 0.6 }
weights = { distribution = "uniform", low = -0.5, high = 2.0 }

[[projections]]
source = "V2/E"
target = "V2/E"
pathway = "lateral"
synapse = "current"
delay = "1.5 ms"
weights = { distribution = "normal", sd = 1.0, per_input = true }
"""


def tiny(
    folder: Path, unit: str = "lif_delta", stimulus: str = "constant_current", first: str = "constant_current"
) -> Circuit:
    text = TINY.replace("UNIT", unit).replace("STIMULUS", stimulus).replace("FIRST", first)
    (folder / "tiny.toml").write_text(text)
    return load_circuit(folder / "tiny.toml")


def differing(folder: Path) -> Circuit:
    """Return the tiny circuit with units that have time constants, thresholds and resistances of their own."""
    tau = 'tau_membrane = { distribution = "gamma", mean = "7 ms", sd = "2 ms", low = "2 ms" }'
    own = ', threshold_v = { distribution = "uniform", low = 0.5, high = 1.5 }'
    resistance = ', resistance = { distribution = "lognormal", mean = 1.0, sd = 0.3 }'
    text = TINY.replace('tau_membrane = "7 ms"', tau + own + resistance)
    text = text.replace('neuron = "lif" }', f'neuron = "lif", parameters = {{ {tau}{own} }} }}')
    text = (
        text.replace("UNIT", "lif_delta").replace("STIMULUS", "constant_current").replace("FIRST", "constant_current")
    )
    (folder / "differing.toml").write_text(text)
    return load_circuit(folder / "differing.toml")


def here(circuit: Circuit) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Show random stimuli; return all spikes, and what the input of the graph is: (step, copy, unit)."""
    simulation = Simulation(
        circuit, COPIES, [Phase("show", STEPS)], delivery="shared", seed=1, precision="float64", wiring=wire(circuit, 1)
    )
    recorder, rng = Recorder(simulation), np.random.default_rng(2)
    stimuli = [p for p in circuit.populations if circuit.neurons[p.neuron].kind == "stimulus"]
    shown = {
        p.path: rng.random((COPIES, p.size)) * (RATE if circuit.neurons[p.neuron].threshold else 1.0) for p in stimuli
    }
    simulation.present(iter([Round(shown, np.zeros(COPIES))]), 1)
    spikes = {path: np.stack(each) for path, each in recorder.spikes.items()}
    given = [
        spikes[p.path].astype(float) if p.path in spikes else np.broadcast_to(shown[p.path], (STEPS, COPIES, p.size))
        for p in stimuli
    ]
    return spikes, np.concatenate(given, axis=2)


def there(circuit: Circuit, library: str, given: np.ndarray, folder: Path) -> dict[str, np.ndarray]:
    """Write a file for a library and show it the same."""
    pytest.importorskip(library, reason='the libraries come with pip install ".[bench]"')
    from tests.interchange.readers import spikes_in

    write_nir(to_nir(circuit, weights_of(circuit), library, subtract=True, seed=1), folder / "a.nir")
    return spikes_in(library, folder / "a.nir", given)


def weights_of(circuit: Circuit) -> dict[str, np.ndarray]:
    return {name: wiring.weights for name, wiring in wire(circuit, 1).items()}


def assert_same(circuit: Circuit, library: str, folder: Path) -> None:
    spikes, given = here(circuit)
    found = there(circuit, library, given, folder)
    units = [p.path for p in circuit.populations if circuit.neurons[p.neuron].kind == "spiking"]
    names = node_names(circuit)
    assert sorted(found) == sorted(names[path] for path in units)
    for path in units:
        assert spikes[path].sum() > 100
        assert np.array_equal(found[names[path]], spikes[path]), path


@pytest.mark.parametrize("library", ["snntorch", "norse"])
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(HERE)))
def test_shipped_circuits_spike_alike_or_are_refused_by_name(path: Path, library: str, tmp_path: Path) -> None:
    circuit = load_circuit(path)
    if circuit.name in EXPORTABLE:
        assert_same(circuit, library, tmp_path)
        return
    with pytest.raises(UserError) as refusal:
        to_nir(circuit, weights_of(circuit), library, subtract=True)
    assert all("NIR" in mistake.wrong and mistake.found for mistake in refusal.value.mistakes)


@pytest.mark.parametrize("library", ["snntorch", "norse"])
def test_synaptic_currents_and_resets_to_zero_spike_alike(library: str, tmp_path: Path) -> None:
    assert_same(tiny(tmp_path), library, tmp_path)


@pytest.mark.parametrize("library", ["snntorch", "norse"])
def test_the_importers_of_the_libraries_take_the_file_as_it_is(library: str, tmp_path: Path) -> None:
    pytest.importorskip(library)
    from tests.interchange.readers import imported_whole

    text = (
        (HERE / "circuits" / "one_area.toml")
        .read_text()
        .replace('model = "lif_delta"', 'model = "lif_delta"\nreset = "v = 0"')
    )
    (tmp_path / "zero.toml").write_text(text)
    circuit = load_circuit(tmp_path / "zero.toml")
    spikes, given = here(circuit)
    write_nir(to_nir(circuit, weights_of(circuit), library), tmp_path / "a.nir")
    assert np.array_equal(imported_whole(library, tmp_path / "a.nir", given), spikes["V1/E"])


def test_in_continuous_time_numbers_are_those_of_the_circuit(tmp_path: Path) -> None:
    circuit = tiny(tmp_path)
    graph = to_nir(circuit, weights_of(circuit), subtract=True)
    assert np.allclose(graph.nodes["V1_E"].tau, 7e-3)
    assert np.allclose(graph.nodes["V2_E"].tau_syn, 5e-3)
    assert np.allclose(graph.nodes["V2_E_to_V2_E_delay"].delay, 1.5e-3)
    assert "V1_E_to_V2_E_delay" not in graph.nodes
    weights = weights_of(circuit)["V1/E->V2/E"]
    assert np.allclose(graph.nodes["V1_E_to_V2_E"].weight, weights.T * 5e-3)  # an impulse adds its weight
    assert graph.nodes["V2_E"].metadata == {"population": "V2/E", "level": 2, "reset": "subtract"}
    assert graph.nodes["V1_E"].metadata == {"population": "V1/E", "level": 1}


def test_subtraction_is_refused_unless_it_is_asked_for(tmp_path: Path) -> None:
    circuit = tiny(tmp_path)
    with pytest.raises(
        UserError, match=r"V2/E: NIR resets to a value, but this unit resets by subtraction.*--subtract"
    ):
        to_nir(circuit, weights_of(circuit))


def test_spikes_that_a_reset_wipes_out_are_refused_for_step_by_step_readers(tmp_path: Path) -> None:
    circuit = tiny(tmp_path, stimulus="poisson", first="delta")
    to_nir(circuit, weights_of(circuit), subtract=True)
    with pytest.raises(UserError, match="discards a spike that arrives in the step of a reset"):
        to_nir(circuit, weights_of(circuit), "norse", subtract=True)


LINES = {
    'refractory = "2*ms"': "no refractory period",
    'threshold = "v > 1 + v/2"': "fixed thresholds only",
    'reset = "v -= 0.5"': "only the threshold itself",
    'reset = "v = 0; u = 1"': "set the membrane, nothing more",
    'method = "rk4"': "step the membrane exactly",
    "initial = { v = 0.5 }": "no initial states",
    'kept = ["v"]': "no variables that persist",
    'equations = """\ndv/dt = (current + 1 - v)/tau_membrane : 1\ncurrent : 1\n"""': "leaky integrators of a current",
}


@pytest.mark.parametrize("line", LINES)
def test_what_nir_cannot_say_is_refused_by_name(line: str) -> None:
    key, _, _ = line.partition(" = ")
    parsed = tomllib.loads(line)[key]
    changed = {"initial": quantities(**parsed)} if key == "initial" else {key: parsed}
    with pytest.raises(NotSaid, match=LINES[line]):
        unit_of(dataclasses.replace(NEURONS["lif_delta"], **changed))


def test_a_run_is_exported_with_what_it_has_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "load_dataset", few_items)
    tiny_run(tmp_path, "poisson")
    text = (tmp_path / "circuit.toml").read_text()
    (tmp_path / "circuit.toml").write_text(text.replace(", normalisation = { rms = 0.3 }", ""))
    record = run_to_folder(
        load_experiment(tmp_path / "experiment.toml", ["training.epochs=1"]), tmp_path / "run"
    ).record
    options = ["--format", "nir", "--reader", "norse", "--subtract"]
    assert main(["export", str(tmp_path / "run"), *options]) == 0
    graph = nir.read(tmp_path / "run" / "circuit.nir")
    learned = record.weights["V1/E->V2/E"]
    assert not np.array_equal(learned.initial, learned.final)
    share = np.exp(-1 / 4.5)
    assert np.allclose(graph.nodes["V1_E_to_V2_E"].weight, learned.final.T * share / (1 - share), rtol=1e-6)
    assert np.allclose(graph.nodes["V1_E_to_V2_E_delay"].delay, 3e-3)  # 2 ms, and the step in which ours act


def test_the_command_names_what_it_cannot_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(HERE / "circuits" / "two_areas.toml"), "--format", "nir", "--subtract"]) == 2
    assert "two_areas.toml: V1/E->V2/E: NIR has no divisive normalisation" in capsys.readouterr().err


@pytest.mark.parametrize("library", ["snntorch", "norse"])
def test_units_that_differ_spike_alike_elsewhere(library: str, tmp_path: Path) -> None:
    assert_same(differing(tmp_path), library, tmp_path)


def test_units_that_differ_are_arrays_and_come_back(tmp_path: Path) -> None:
    circuit = differing(tmp_path)
    values = {name: each[0] for name, each in unit_values(circuit, "V1/E", 1, seed=5).items()}
    graph = to_nir(circuit, weights_of(circuit), subtract=True, seed=5)
    np.testing.assert_array_equal(graph.nodes["V1_E"].tau, values["tau_membrane"])
    np.testing.assert_array_equal(graph.nodes["V1_E"].v_threshold, values["threshold_v"])
    write_nir(graph, tmp_path / "differing.nir")
    assert main(["import", str(tmp_path / "differing.nir"), "--output", str(tmp_path / "again.toml")]) == 0
    again = load_circuit(tmp_path / "again.toml")
    for name in ("tau_membrane", "threshold_v"):
        np.testing.assert_allclose(unit_values(again, "V1/E", 1, seed=0)[name][0], values[name], rtol=1e-14)
    name = "retina/image->V1/E"  # resistances are in the weights of a file, whose own resistance is 1
    expected = weights_of(circuit)[name] * values["resistance"]
    np.testing.assert_allclose(weights_of(again)[name], expected, rtol=1e-14)


def test_values_of_each_copy_and_initial_ones_are_refused(tmp_path: Path) -> None:
    model = differing(tmp_path).models["V1/E"]
    table = model.varied["tau_membrane"]
    with pytest.raises(NotSaid, match="no initial states"):
        unit_of(dataclasses.replace(model, varied_initial={"v": table}))
    each = dataclasses.replace(model, varied={"tau_membrane": table.model_copy(update={"each_copy": True})})
    with pytest.raises(NotSaid, match="each copy has its own"):
        unit_of(each)
