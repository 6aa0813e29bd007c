"""What is exported as SONATA spikes in NEST as it does here: alike where nothing is random, else as often."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainlearn import load_circuit, simulate
from brainlearn.circuit import Circuit
from brainlearn.interchange.node_names import node_names
from brainlearn.interchange.sonata.exporting import export_sonata
from tests.interchange.nest_circuits import driven_by_one_current, driven_by_two_currents, kicked
from tests.interchange.nest_python import nest_python, simulate_in_nest

HERE = Path(__file__).parents[2]
PUBLISHED = HERE / "circuits" / "published"
TIRING = 'short_term_plasticity = { utilisation = 0.4, tau_recovery = "200 ms", tau_facilitation = "50 ms" MORE }'
EQUAL = {
    "kicked": kicked(),
    "one current, each unit its own rest": driven_by_one_current(refractory="rests"),
    "two currents": driven_by_two_currents(),
    "synapses that tire, and rest": driven_by_one_current(
        plasticity=TIRING.replace("MORE", ', tau_inactivation = "3 ms"')
    ),
}
ALSO_EQUAL = {
    "kicked, no refractory period": kicked(refractory=""),
    "kicked, one step": kicked(refractory="0.1*ms"),
    "kicked, two steps": kicked(refractory="0.2*ms"),
    "kicked, each unit its own rest": kicked(refractory="rests"),
    "one current, no refractory period": driven_by_one_current(refractory=""),
    "one current, one step": driven_by_one_current(refractory="0.1*ms"),
    "one current, two steps": driven_by_one_current(refractory="0.2*ms"),
    "synapses that tire": driven_by_one_current(plasticity=TIRING.replace("MORE", "")),
}


@pytest.fixture(autouse=True)
def _needs_nest() -> None:
    nest_python()


def exported(tmp_path: Path, text: str, duration: str, seed: int = 0) -> tuple[Circuit, Path]:
    """Write a circuit file and export it; returns the circuit and the folder."""
    path = tmp_path / "circuit.toml"
    path.write_text(text)
    export_sonata(path, tmp_path / "sonata", duration, seed)
    return load_circuit(path), tmp_path / "sonata"


def spikes_of(tree: Any, path: str, dt: float) -> list[tuple[int, int]]:
    """Return step and unit of the spikes of a population in a simulation, sorted."""
    group = tree[f"spikes/{path.replace('/', '.')}"]
    steps = np.rint(group["spike_time"].values / dt).astype(int)
    return sorted(zip(steps.tolist(), group["spike_unit"].values.tolist(), strict=True))


@pytest.mark.parametrize("name", [*EQUAL, *(pytest.param(name, marks=pytest.mark.slow) for name in ALSO_EQUAL)])
def test_every_spike_is_the_same(tmp_path, name):
    circuit, folder = exported(tmp_path, {**EQUAL, **ALSO_EQUAL}[name], "300 ms", seed=3)
    there = simulate_in_nest(folder, 0.1)
    here = simulate(circuit, "300 ms", seed=3)
    for population in circuit.populations:
        spikes = spikes_of(here, population.path, 0.1)
        assert len(spikes) > 3 * population.size
        assert there[node_names(circuit)[population.path]] == spikes


@pytest.mark.slow
def test_a_published_network_spikes_the_same(tmp_path):
    """4,000 units, 320,000 synapses: Brette et al. 2007, CUBA, with delays of a step."""
    text = (PUBLISHED / "Brette_2007_CUBA.toml").read_text()
    circuit, folder = exported(tmp_path, text.replace('synapse = "excitatory"\nw', AFTER_A_STEP), "500 ms")
    there = simulate_in_nest(folder, 0.1)
    here = simulate(circuit, "500 ms")
    assert sum(map(len, there.values())) == 12_159
    assert there["cortex_E"] == spikes_of(here, "cortex/E", 0.1)
    assert there["cortex_I"] == spikes_of(here, "cortex/I", 0.1)


AFTER_A_STEP = 'synapse = "excitatory"\ndelay = "0.1 ms"\nw'


@pytest.mark.slow
def test_izhikevich_2006_spikes_the_same(tmp_path):
    """Without the random drive, from membranes some of which are about to spike; stronger, so that it goes on."""
    text = (PUBLISHED / "Izhikevich_2006.toml").read_text()
    for old, new in (
        ('  poisson_input = [{ variable = "I", rate = "1 Hz", weight = 20 }]\n', ""),
        ("low = -65, high = -55", "low = -65, high = 25"),
        ("value = 6.0", "value = 12.0"),
    ):
        assert old in text
        text = text.replace(old, new)
    circuit, folder = exported(tmp_path, text, "100 ms")
    there = simulate_in_nest(folder, 1.0)
    here = simulate(circuit, "100 ms")
    for population in circuit.populations:
        spikes = spikes_of(here, population.path, 1.0)
        assert len(spikes) > 5 * population.size
        assert there[node_names(circuit)[population.path]] == spikes


STIMULATED = """
[[areas]]
name = "LGN"
level = 0
populations = [{ name = "P", size = 30, neuron = "poisson" }]

[[projections]]
source = "LGN/P"
target = "V1/E"
pathway = "bottom_up"
synapse = "up"
connectivity = { kind = "probability", probability = 0.3 }
weights = { distribution = "uniform", low = 0.2, high = 1.0 }
delay = "0.3 ms"
"""


def test_a_simulation_is_exported_with_the_spikes_of_its_stimuli(tmp_path):
    path = tmp_path / "circuit.toml"
    path.write_text(kicked() + STIMULATED)
    here = simulate(path, "200 ms", {"LGN/P": "60 Hz"}, seed=5, folder=tmp_path / "run")
    export_sonata(tmp_path / "run", tmp_path / "sonata")
    there = simulate_in_nest(tmp_path / "sonata", 0.1)
    assert len(spikes_of(here, "LGN/P", 0.1)) > 200
    assert there == {"V1_E": spikes_of(here, "V1/E", 0.1), "V1_I": spikes_of(here, "V1/I", 0.1)}


def rates_of(tmp_path: Path, text: str, duration: str, populations: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return rates [Hz] here and in NEST, (seed, population) each, for three seeds, without the first fifth."""
    here, there = [], []
    for seed in (0, 1, 2):
        (tmp_path / str(seed)).mkdir()
        circuit, folder = exported(tmp_path / str(seed), text, duration, seed)
        found = simulate_in_nest(folder, 0.1, "--seed", str(seed + 1))
        tree = simulate(circuit, duration, seed=seed)
        steps = round(float(tree.attrs["simulated"]) / 0.1)
        for rates, spikes in (
            (here, {p: spikes_of(tree, p, 0.1) for p in populations}),
            (there, {p: found[node_names(circuit)[p]] for p in populations}),
        ):
            late = [sum(step >= steps // 5 for step, _ in spikes[p]) for p in populations]
            seconds = 0.8e-4 * steps
            rates.append([n / circuit.population(p).size / seconds for n, p in zip(late, populations, strict=True)])
    return np.array(here), np.array(there)


@pytest.mark.slow
def test_brunel_2000_has_the_same_rates(tmp_path):
    """A fifth of the units and of the synapses onto each, with Poisson trains and membranes that begin at random."""
    text = (PUBLISHED / "Brunel_2000.toml").read_text()
    for old, new in (
        ("size = 10000", "size = 2000"),
        ("size = 2500", "size = 500"),
        ("[1000, 250]", "[200, 50]"),
        ("value = 0.1 }", "value = 0.2 }"),
        ("value = -0.5 }", "value = -1.0 }"),
    ):
        assert old in text
        text = text.replace(old, new)
    here, there = rates_of(tmp_path, text, "500 ms", ("cortex/E", "cortex/I"))
    assert here.mean(axis=0) == pytest.approx(there.mean(axis=0), rel=0.03)
    assert here.min() > 10


@pytest.mark.slow
def test_conductances_have_the_same_rates(tmp_path):
    """Brette et al. 2007, COBA, a quarter of it, which NEST integrates otherwise; trains from outside keep it awake."""
    text = (PUBLISHED / "Brette_2007_COBA.toml").read_text().replace('synapse = "excitatory"\nw', AFTER_A_STEP)
    for name, size in (("E", 3200), ("I", 800)):
        old = f'name = "{name}", size = {size}, neuron = "cell"'
        assert old in text
        text = text.replace(old, f'name = "{name}", size = {size // 4}, neuron = "cell", poisson_input = [{DRIVE}]')
    here, there = rates_of(tmp_path, text, "400 ms", ("cortex/E", "cortex/I"))
    assert here.mean(axis=0) == pytest.approx(there.mean(axis=0), rel=0.05)
    assert here.min() > 5


DRIVE = '{ variable = "ge", rate = "300 Hz", weight = 0.3 }'
