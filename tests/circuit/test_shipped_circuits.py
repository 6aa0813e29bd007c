from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.brian.text.text_check import find_mistakes
from brainlearn.circuit import wire
from brainlearn.circuit.shipped import shipped_circuits
from brainlearn.mistakes import UserError
from brainlearn.neurons import NEURONS
from tests.docs.markdown import ROOT

NAMES = [
    "black_box",
    "boltzmann",
    "boltzmann_noisy",
    "boltzmann_spiking",
    "burst",
    "cart_pole",
    "convolutional_temporal_difference",
    "cortical_forward_forward",
    "cortical_temporal_difference",
    "dendritic_microcircuit",
    "e_prop",
    "equilibrium_propagation",
    "expecting",
    "graded_three_areas",
    "graded_two_areas",
    "helmholtz",
    "node_perturbation",
    "one_area",
    "predictive_coding",
    "recurrent_graded",
    "recurrent_spiking",
    "spike_times",
    "target_propagation",
    "temporal_difference",
    "temporal_difference_bottleneck",
    "temporal_difference_curves",
    "temporal_difference_two_areas",
    "three_areas_recurrent",
    "two_areas",
    "two_areas_top_down",
    "two_choices",
    "vestibulo_ocular",
    "water_maze",
]


def test_the_shipped_circuits_are_these(shipped: list[Path]) -> None:
    assert [path.stem for path in shipped] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_circuit_has_no_mistakes_and_can_be_wired(name: str, shipped: list[Path]) -> None:
    circuit = load_circuit(next(path for path in shipped if path.stem == name))
    assert circuit.name == name
    assert circuit.description
    assert find_mistakes(circuit) == []
    for wiring in wire(circuit, 0).values():
        assert np.isfinite(wiring.weights).all()
        assert wiring.mask is None or wiring.mask.any(axis=0).mean() > 0.9  # nearly all units have inputs


def test_the_shipped_circuits_use_every_pathway_and_connectivity(shipped: list[Path]) -> None:
    projections = [projection for path in shipped for projection in load_circuit(path).projections]
    assert {projection.pathway for projection in projections} == {"bottom_up", "top_down", "lateral"}
    assert {projection.connectivity.kind for projection in projections} == {
        "all_to_all",
        "probability",
        "local",
        "fixed_in_degree",
        "fixed_out_degree",
        "reciprocal",
        "one_to_one",
        "convolution",
    }
    assert {projection.sign for projection in projections} == {"excitatory", "inhibitory", "mixed"}
    assert {projection.delay.text for projection in projections} == {
        "0 ms",
        "1 ms",
        "2 ms",
        "3 ms",
        "uniform (low 1 ms, high 5 ms)",
    }


def test_the_learning_circuits_keep_four_fifths_and_add_the_whole_current(shipped: list[Path]) -> None:
    circuit = load_circuit(next(path for path in shipped if path.stem == "two_areas"))
    parameters = circuit.neurons["integrator"].parameters
    decay = np.exp(-circuit.dt.value / parameters["tau_membrane"].value)
    assert decay == pytest.approx(0.8, abs=2e-6)
    assert parameters["resistance"].value * (1 - decay) == pytest.approx(1, abs=1e-5)


def test_a_model_with_other_parameters_keeps_the_rest(shipped: list[Path]) -> None:
    circuit = load_circuit(next(path for path in shipped if path.stem == "three_areas_recurrent"))
    adapting, built_in = circuit.neurons["adapting"], NEURONS["lif_adaptive"]
    assert adapting.parameters["tau_membrane"].text == "10 ms"
    assert adapting.parameters["tau_synapse"] == built_in.parameters["tau_synapse"]
    assert (adapting.equations, adapting.reset) == (built_in.equations, built_in.reset)


def test_a_circuit_that_comes_along_is_found_by_its_name() -> None:
    assert load_circuit("Izhikevich_2003") == load_circuit("circuits/published/Izhikevich_2003.toml")


def test_names_of_circuits_are_unique_so_that_each_is_found() -> None:
    files = sorted((ROOT / "circuits").rglob("*.toml"))
    assert sorted(shipped_circuits().values()) == files


def test_a_name_that_is_no_circuit_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r'"?Brunel_2001"?.*no such file or circuit.*Did you mean "Brunel_2000"'):
        load_circuit("Brunel_2001")


def test_a_file_of_the_user_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one_area").write_text((ROOT / "circuits/two_areas.toml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_circuit("one_area").name == "two_areas"
