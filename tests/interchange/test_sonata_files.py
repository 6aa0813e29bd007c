"""Files of SONATA are as its specification says, with the numbers that NEST needs, and what NEST lacks is refused."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]  # no stubs
import numpy as np
import pytest

from brainlearn import load_circuit, simulate
from brainlearn.circuit import wire
from brainlearn.cli import main
from brainlearn.interchange.sonata.exporting import export_sonata
from brainlearn.interchange.sonata.plan import plan_of
from brainlearn.mistakes import UserError
from tests.interchange.nest_circuits import driven_by_one_current, kicked

PUBLISHED = Path(__file__).parents[2] / "circuits" / "published"

PAIR = """
name = "pair"
dt = "0.5 ms"

[neurons.cell]
equations = "dv/dt = (rest - v)/tau : volt (unless refractory)"
threshold = "v >= -50*mV"
reset = "v = -60*mV"
refractory = "2*ms"
method = "exact"
parameters = { tau = "10 ms", rest = "-70 mV" }
initial = { v = "-66 mV" }

[synapses.kick]
on_pre = "v_post += 2*w*mV"

[[areas]]
name = "V1"
level = 1

  [[areas.populations]]
  name = "E"
  size = 3
  neuron = "cell"
  poisson_input = [{ variable = "v", number = 20, rate = "8 Hz", weight = "0.5 mV" }]

[[projections]]
source = "V1/E"
target = "V1/E"
pathway = "lateral"
synapse = "kick"
connectivity = { kind = "file", file = "pair.npz", multapses = true }
weights = { distribution = "file", file = "pair.npz" }
delay = { distribution = "file", file = "pair.npz", unit = "ms" }
"""
PRES, POSTS, WEIGHTS, DELAYS = [2, 0, 0, 1], [1, 2, 2, 0], [0.5, 1.5, -0.25, 0.0], [0.0, 1.5, 1.0, 20.0]
KEPT = np.exp(-0.05)  # of a membrane after a step of 0.5 ms


def written(tmp_path: Path, text: str = PAIR, **replaced: str) -> Path:
    """Export a circuit file and return the folder."""
    np.savez(tmp_path / "pair.npz", pre=PRES, post=POSTS, weight=WEIGHTS, delay=DELAYS)
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "pair.toml"
    path.write_text(text)
    export_sonata(path, tmp_path / "sonata", "250 ms")
    return tmp_path / "sonata"


def parameters(folder: Path, name: str) -> dict[str, Any]:
    """Return the parameters of a node type."""
    return json.loads((folder / "components" / "cell_models" / f"{name}.json").read_text())


def test_parameters_are_those_of_nest(tmp_path):
    found = parameters(written(tmp_path), "V1_E")
    assert found == {
        "E_L": -70.0,
        "V_th": -50.0,  # spikes at it, as the text says
        "V_m": -66.0,
        "tau_m": 10.0,
        "C_m": 250.0,
        "V_reset": pytest.approx(-70 + 10 * KEPT, rel=1e-15),  # a step after the reset
        "t_ref": 2.0,
    }


def test_edges_are_as_sonata_says(tmp_path):
    folder = written(tmp_path)
    with h5py.File(folder / "network" / "V1_E_to_V1_E_edges.h5") as file:
        assert (int(file.attrs["magic"]), file.attrs["version"].tolist()) == (0x0A7A, [0, 1])
        edges = file["edges/V1_E_to_V1_E"]
        assert edges["source_node_id"].attrs["node_population"] == "V1_E"
        assert edges["target_node_id"].attrs["node_population"] == "V1_E"
        assert edges["edge_type_id"][:].tolist() == [100] * 4
        assert edges["edge_group_id"][:].tolist() == [0] * 4
        assert edges["edge_group_index"][:].tolist() == [0, 1, 2, 3]
        columns = edges["source_node_id"][:], edges["target_node_id"][:], edges["0/syn_weight"][:], edges["0/delay"][:]
        found = np.array(sorted(zip(*(column.tolist() for column in columns), strict=True)))
    # 2 mV for a weight of 1, decayed for the step by which it comes later.
    wanted = zip(PRES, POSTS, 2 * np.array(WEIGHTS) * KEPT, np.array(DELAYS) + 0.5, strict=True)
    assert found == pytest.approx(np.array(sorted(wanted)), rel=1e-14)


def test_poisson_trains_are_a_generator_with_an_edge_to_every_unit(tmp_path):
    folder = written(tmp_path)
    assert parameters(folder, "V1_E_poisson") == {"rate": 160.0}
    types = (folder / "network" / "V1_E_poisson_node_types.csv").read_text().split()
    assert types[-3:] == ["point_neuron", "nest:poisson_generator", "V1_E_poisson.json"]
    with h5py.File(folder / "network" / "V1_E_poisson_drive_edges.h5") as file:
        edges = file["edges/V1_E_poisson_drive"]
        assert (edges["source_node_id"][:].tolist(), edges["target_node_id"][:].tolist()) == ([0] * 3, [0, 1, 2])
        assert edges["0/syn_weight"][:] == pytest.approx(0.5 * KEPT)


def test_what_units_have_of_their_own_stands_with_the_nodes(tmp_path):
    folder = written(tmp_path, **{'v = "-66 mV"': 'v = { distribution = "uniform", low = "-70 mV", high = "-60 mV" }'})
    assert "V_m" not in parameters(folder, "V1_E")
    with h5py.File(folder / "network" / "V1_E_nodes.h5") as file:
        own = file["nodes/V1_E/0/dynamics_params"]
        assert list(own) == ["V_m"]
        assert ((own["V_m"][:] > -70) & (own["V_m"][:] < -60)).all()
        assert file["nodes/V1_E/node_type_id"][:].tolist() == [100] * 3


def test_currents_have_their_own_weights_and_delays(tmp_path):
    """With iaf_psc_exp both are as in the circuit: 100 pA for a weight of 1."""
    path = tmp_path / "c.toml"
    path.write_text(driven_by_one_current())
    export_sonata(path, tmp_path / "sonata", seed=4)
    rows = wire(load_circuit(path), 4)["V1/I->V1/E"]
    with h5py.File(tmp_path / "sonata" / "network" / "V1_I_to_V1_E_edges.h5") as file:
        edges = file["edges/V1_I_to_V1_E"]
        assert edges["target_node_id"][:].tolist() == rows.posts.tolist()
        assert edges["0/syn_weight"][:] == pytest.approx(100 * rows.weights, rel=1e-14)
        assert edges["0/delay"][:] == pytest.approx(0.1 * rows.delays, rel=1e-14)


def test_configurations_name_every_file(tmp_path):
    folder = written(tmp_path)
    circuit = json.loads((folder / "circuit_config.json").read_text())
    simulation = json.loads((folder / "simulation_config.json").read_text())
    assert simulation["run"] == {"tstop": 250.0, "dt": 0.5}
    named = [name for part in circuit["networks"].values() for each in part for name in each.values()]
    assert len(named) == 8
    assert {name.removeprefix("$NETWORK_DIR/") for name in named} == {p.name for p in (folder / "network").iterdir()}


def test_stimuli_have_the_spikes_of_the_simulation_a_step_later(tmp_path):
    text = kicked() + STIMULUS
    (tmp_path / "c.toml").write_text(text)
    tree = simulate(tmp_path / "c.toml", "50 ms", {"LGN/P": "100 Hz"}, copies=2, folder=tmp_path / "run")
    export_sonata(tmp_path / "run", tmp_path / "sonata")
    first = tree["spikes/LGN.P"]["spike_copy"].values == 0
    times = tree["spikes/LGN.P"]["spike_time"].values[first]
    with h5py.File(tmp_path / "sonata" / "inputs" / "LGN_P_spikes.h5") as file:
        spikes = file["spikes/LGN_P"]
        assert len(times) > 5
        assert spikes["timestamps"][:] == pytest.approx(times + 0.1)
        assert spikes["node_ids"][:].tolist() == tree["spikes/LGN.P"]["spike_unit"].values[first].tolist()


STIMULUS = """
[[areas]]
name = "LGN"
level = 0
populations = [{ name = "P", size = 6, neuron = "poisson" }]

[[projections]]
source = "LGN/P"
target = "V1/E"
pathway = "bottom_up"
synapse = "up"
weights = { distribution = "constant", value = 0.2 }
"""

REFUSED = {
    "another reset": ('"v = -60*mV"', '"v -= 10*mV"', "neuron cell", "NEST resets the membrane to a value"),
    "another threshold": ('"v >= -50*mV"', '"v**2 >= -50*mV*v"', "neuron cell", "NEST's thresholds are constants"),
    "noise": ("(rest - v)/tau : volt", "(rest - v)/tau + mV*xi/ms**0.5 : volt", "neuron cell", "no noise"),
    "no term of NEST": ("(rest - v)/tau :", "(rest - v)/tau + mV*sin(v/mV)/ms :", "neuron cell", "has such a term"),
    "membranes that go on": (" (unless refractory)", "", "neuron cell", "NEST's membranes rest while refractory"),
    "no leak": ("(rest - v)/tau :", "(rest + v)/tau :", "neuron cell", "NEST's leaky units leak"),
    "another variable": ("(rest - v)/tau : volt", "(rest - v)/tau : volt\\nds/dt = -s/tau : 1", "cell", "nothing more"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_nest_lacks_is_refused(tmp_path, name):
    old, new, where, wrong = REFUSED[name]
    with pytest.raises(UserError) as raised:
        written(tmp_path, **{old: new, 'method = "exact"': 'method = "euler"'})
    (mistake,) = raised.value.mistakes
    assert where in mistake.where
    assert wrong in mistake.wrong
    assert not (tmp_path / "sonata").exists()


CONDUCTANCES = """equations = '''
dv/dt = (g_leak*(rest - v) + ge*(0*mV - v) - gi*(v + 80*mV) + background)/capacitance : volt (unless refractory)
dge/dt = -ge/(5*ms) : siemens
dgi/dt = -gi/(10*ms) : siemens
'''"""
VALUES = 'parameters = { g_leak = "10 nS", rest = "-70 mV", capacitance = "200 pF", background = "100 pA" }'


def conducting(kick: str) -> dict[str, str]:
    """Return replacements that make units with conductances of the circuit, and delays of a step and more."""
    return {
        'equations = "dv/dt = (rest - v)/tau : volt (unless refractory)"': CONDUCTANCES,
        'parameters = { tau = "10 ms", rest = "-70 mV" }': VALUES,
        'on_pre = "v_post += 2*w*mV"': f'on_pre = "{kick}"',
        'variable = "v", number = 20': 'variable = "ge"',
        'weight = "0.5 mV"': 'weight = "2 nS"',
        'delay = { distribution = "file", file = "pair.npz", unit = "ms" }': 'delay = "0.5 ms"',
        '{ distribution = "file", file = "pair.npz" }': '{ distribution = "constant", value = 1.5 }',
        'method = "exact"': 'method = "euler"',
    }


def test_conductances_are_those_of_nest(tmp_path):
    """100 pA through a leak of 10 nS lift the rest by 10 mV; what inhibits has negative weights in NEST."""
    folder = written(tmp_path, **conducting("gi_post += 2*w*nS"))
    found = parameters(folder, "V1_E")
    wanted = {"E_L": -60.0, "g_L": 10.0, "C_m": 200.0, "E_ex": 0.0, "E_in": -80.0, "t_ref": 1.5, "V_reset": -60.0}
    wanted |= {"tau_syn_ex": 5.0, "tau_syn_in": 10.0, "g_ex": 0.0, "g_in": 0.0, "V_th": -50.0, "V_m": -66.0}
    assert found == pytest.approx(wanted, rel=1e-12)
    for name, weight, delay in (("V1_E_to_V1_E", -3.0, 0.5), ("V1_E_poisson_drive", 2.0, 0.5)):
        with h5py.File(folder / "network" / f"{name}_edges.h5") as file:
            edges = file[f"edges/{name}/0"]
            assert edges["syn_weight"][:] == pytest.approx(weight, rel=1e-12)
            assert set(edges["delay"][:]) == {delay}


def test_conductances_do_not_go_below_0(tmp_path):
    with pytest.raises(UserError, match="conductances cannot be negative; found weights that lower ge"):
        written(tmp_path, **conducting("ge_post -= 2*w*nS"))


def test_adaptive_exponential_units_are_those_of_nest():
    circuit = load_circuit(PUBLISHED / "Destexhe_2009.toml")
    units = plan_of(circuit, wire(circuit, 0), 0).units["A/E"]
    wanted = {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "Delta_T": 2.5, "V_th": -50.0, "V_peak": -50.0, "V_reset": -60.0}
    wanted |= {"a": 1.0, "b": 20.0, "tau_w": 600.0, "w": 0.0, "E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0}
    wanted |= {"tau_syn_in": 10.0, "t_ref": 2.4, "V_m": -60.0, "g_in": 0.0}
    started = {name: value for name, value in units.parameters.items() if name != "g_ex"}
    assert units.model == "aeif_cond_exp"
    assert started == pytest.approx(wanted, rel=1e-12)
    assert np.ptp(units.parameters["g_ex"]) > 20


def test_everything_that_nest_lacks_is_said_at_once():
    circuit = load_circuit(PUBLISHED / "Tsodyks_2000.toml")
    with pytest.raises(UserError) as raised:
        plan_of(circuit, wire(circuit, 0), 0)
    said = [str(mistake) for mistake in raised.value.mistakes]
    delays = [text for text in said if "in NEST, delays onto iaf_psc_exp are at least one step" in text]
    own = [text for text in said if "NEST reads weights and delays of single synapses only" in text]
    assert (len(delays), len(own), len(said)) == (4, 4, 8)
    assert 'Write delay = "0.5 ms"' in delays[0]


def test_a_circuit_file_has_no_spikes_of_stimuli(tmp_path):
    (tmp_path / "c.toml").write_text(kicked() + STIMULUS)
    with pytest.raises(UserError, match=r"LGN/P: SONATA's virtual nodes need spikes.*Simulate it with its inputs"):
        export_sonata(tmp_path / "c.toml", tmp_path / "sonata")


WIDE = (
    kicked().split("[[projection_tables]]")[0]
    + """
[[projections]]
source = "V1/E"
target = "V1/I"
pathway = "lateral"
synapse = "up"
connectivity = { kind = "probability", probability = 0.002 }
weights = { distribution = "normal", mean = 0.2, sd = 0.05 }
delay = "1 ms"
"""
)


def test_no_matrix_of_pairs_is_made(tmp_path):
    """20,000 × 20,000 units with 800,000 synapses: a matrix of bytes alone would take 400 MB."""
    text = WIDE.replace("size = 80", "size = 20000").replace("size = 20,", "size = 20000,")
    (tmp_path / "wide.toml").write_text(text)
    circuit = load_circuit(tmp_path / "wide.toml")
    wiring = wire(circuit, 0)
    tracemalloc.start()
    written_now = _write(circuit, wiring, tmp_path / "sonata")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 790_000 < written_now.synapses < 810_000
    assert written_now.bytes < 25e6
    assert most < 100e6


def _write(circuit: Any, wiring: Any, folder: Path) -> Any:
    from brainlearn.interchange.sonata.folder import write_sonata

    return write_sonata(plan_of(circuit, wiring, 0), folder, 1.0, {})


def test_the_command_says_what_it_wrote_and_overwrites_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.toml").write_text(kicked(method="euler"))
    arguments = ["export", "c.toml", "--format", "sonata", "--duration", "20 ms"]
    assert main(arguments) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "100 units, 2,500 synapses" in said
    assert "Note: V1/E: NEST integrates exactly, and this circuit by euler: the same rates" in said
    assert json.loads((tmp_path / "c-sonata" / "simulation_config.json").read_text())["run"]["tstop"] == 20.0
    assert main(arguments) != 0
    assert "already exists" in " ".join(capsys.readouterr().err.split())
