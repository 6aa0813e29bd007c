"""Circuits that learn while they are simulated: what is recorded, and what is refused before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit, load_result, simulate
from brainlearn.mistakes import UserError
from brainlearn.results.simulation_schema import validate_simulation
from brainlearn.rules import RULES
from brainlearn.simulating.learning import memory_of_states
from tests.simulating.circuits import file_of

ROOT = Path(__file__).parents[2]
PROJECTION = "LGN/P->V1/E"
RATES = {"LGN/P": "60 Hz", "V1/E:bias": "15 mV"}


def test_weights_learn_by_the_spikes_that_are_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    chain = [{"name": "step", "size": 0.5}]
    options = {"rule": "pair_stdp", "learn": PROJECTION, "parameters": {"tau_plus": "10 ms"}, "updates": chain}
    simulate(file_of(tmp_path), "200 ms", RATES, seed=3, weights_every="50 ms", folder=folder, **options)
    tree = load_result(folder)
    validate_simulation(tree)
    spikes = {
        path: [np.rint(found["spike_time"].values[found["spike_unit"].values == k] / 0.5) for k in range(size)]
        for path, size, found in (("pre", 4, tree["spikes/LGN.P"]), ("post", 5, tree["spikes/V1.E"]))
    }
    expected = np.full((4, 5), 2.0)
    for i, pre in enumerate(spikes["pre"]):
        for j, post in enumerate(spikes["post"]):
            late = (post[None, :] - pre[:, None]) * 0.5  # ms
            expected[i, j] += 0.5 * 0.01 * np.exp(-late[late >= 0] / 10).sum()
            expected[i, j] -= 0.5 * 0.0105 * np.exp(late[late < 0] / 20).sum()
    learning = tree["learning/LGN.P->V1.E"].to_dataset()
    assert learning["time"].values.tolist() == [0.0, 50.0, 100.0, 150.0, 200.0]
    assert (learning["weights"].values[0] == 2.0).all()
    np.testing.assert_allclose(learning["weights"].values[-1].reshape(4, 5), expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(tree["weights/LGN.P->V1.E"]["weights"].values.reshape(-1), learning["weights"][-1])
    assert json.loads(tree.attrs["asked"])["learning"]["rule"] == "pair_stdp"
    assert "learning by pair_stdp" in (folder / "report.html").read_text(encoding="utf-8")


WRONG = {
    "no rule": ({"learn": "all"}, "learn: nothing learns without a rule"),
    "no such rule": ({"rule": "pair_stpd", "learn": "all"}, 'rule: no rule "pair_stpd"; .*Did you mean "pair_stdp"'),
    "nothing learns": ({"rule": "pair_stdp"}, "learn: no projection learns"),
    "no such projection": ({"rule": "pair_stdp", "learn": "V1/E->LGN/P"}, 'no projection "V1/E->LGN/P"'),
    "no such parameter": (
        {"rule": "pair_stdp", "learn": "all", "parameters": {"tau": "1 ms"}},
        r'parameters.tau: no parameter of pair_stdp "tau"',
    ),
    "wrong unit": (
        {"rule": "pair_stdp", "learn": "all", "parameters": {"tau_plus": "1 mV"}},
        "parameters.tau_plus: wrong unit",
    ),
    "no such update": (
        {"rule": "pair_stdp", "learn": "all", "updates": [{"name": "clib"}]},
        r"updates\[0\].name: no update",
    ),
    "a membrane in other units": ({"rule": "e_prop", "learn": "all"}, 'reads "threshold_v"'),
}


@pytest.mark.parametrize(("options", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_learn_is_named_before_anything_runs(tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        simulate(file_of(tmp_path), "20 ms", RATES, folder=tmp_path / "run", **options)
    assert not (tmp_path / "run").exists() or not list((tmp_path / "run").iterdir())


def test_memory_of_states_is_that_of_all_synapses_in_all_copies() -> None:
    assert memory_of_states(RULES["calcium"], 1000, 3, "float64") == 24_000
    assert memory_of_states(RULES["pair_stdp"], 1000, 3, "float64") == 0


def test_synaptic_scaling_as_text_keeps_ratios_and_slows_a_unit_that_spikes_too_fast() -> None:
    circuit = load_circuit(ROOT / "circuits" / "published" / "Song_2000.toml", {"input/P": 1000})
    rule = ROOT / "examples" / "synaptic_scaling.toml"
    tree = simulate(circuit, "300 ms", {"input/P": "15 Hz"}, "none", rule=rule, learn="all", weights_every="50 ms")
    weights = tree["learning/input.P->cortex.E"]["weights"].values
    here = weights[0] > 1e-3
    ratios = weights[-1, here] / weights[0, here]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-10)
    # before the trace of the rate has risen, dw/dt = w/tau_scaling; later the rate is above 10 Hz, and weights shrink
    assert weights[1, here][0] > weights[0, here][0]
    assert weights[-1, here][0] < weights[-2, here][0]
