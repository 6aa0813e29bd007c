"""Circuits that learn while they are simulated: what is recorded, and what is refused before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from xarray import DataTree

from brainlearn import load_circuit, load_result, simulate
from brainlearn.mistakes import UserError
from brainlearn.results.simulation_schema import validate_simulation
from brainlearn.rules import RULES
from brainlearn.simulating.learning import memory_of_states
from brainlearn.simulating.rules_file import rules_of_file
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
    "no rule": ({"learn": "all"}, "learn: learning needs a rule"),
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


# ---- several rules -------------------------------------------------------------------------------------------------

TWO = """
[[rules]]
name = "pair_stdp"
projections = ["LGN/P->V1/E"]
updates = [{ name = "step", size = 0.5 }]

[[rules]]
name = "inhibitory_stdp"
projections = ["V1/E->V1/E"]
parameters = { target_rate = "20 Hz" }
updates = [{ name = "step", size = 0.1 }]
"""


def two_rules(folder: Path) -> Path:
    """Return a circuit file in which two projections may learn."""
    path = file_of(folder)
    lateral = '[[projections]]\nsource = "V1/E"\ntarget = "V1/E"\npathway = "lateral"\nsynapse = "jump"\n'
    path.write_text(f'{path.read_text()}\n{lateral}weights = {{ distribution = "constant", value = 0.5 }}\n')
    return path


IN_PYTHON = [
    {"rule": "pair_stdp", "learn": PROJECTION, "updates": [{"name": "step", "size": 0.5}]},
    {
        "rule": RULES["inhibitory_stdp"],
        "learn": ["V1/E->V1/E"],
        "parameters": {"target_rate": "20 Hz"},
        "updates": [{"name": "step", "size": 0.1}],
    },
]


def trains(tree: DataTree, group: str, size: int) -> list[np.ndarray]:
    """Return the spike times of every unit [ms]."""
    found = tree[f"spikes/{group}"]
    return [found["spike_time"].values[found["spike_unit"].values == k] for k in range(size)]


@pytest.mark.parametrize("rules", [IN_PYTHON, TWO], ids=["Python", "file"])
def test_each_of_several_rules_changes_its_projection(tmp_path: Path, rules: list[dict] | str) -> None:
    if isinstance(rules, str):
        (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
        rules = str(tmp_path / "rules.toml")
    folder = tmp_path / "run"
    simulate(two_rules(tmp_path), "200 ms", RATES, seed=3, folder=folder, rules=rules)
    tree = load_result(folder)
    validate_simulation(tree)
    pre, post = trains(tree, "LGN.P", 4), trains(tree, "V1.E", 5)
    forward, lateral = np.full((4, 5), 2.0), np.full((5, 5), 0.5)
    for j, after in enumerate(post):
        for i, before in enumerate(pre):
            late = after[None, :] - before[:, None]
            forward[i, j] += 0.5 * 0.01 * np.exp(-late[late >= 0] / 20).sum()
            forward[i, j] -= 0.5 * 0.0105 * np.exp(late[late < 0] / 20).sum()
        for i, before in enumerate(post):  # Vogels et al. 2011: all pairs alike, less 2 ρ τ for every presynaptic spike
            near = np.exp(-np.abs(after[None, :] - before[:, None]) / 20).sum()
            lateral[i, j] += 0.1 * (near - 2 * 20e-3 * 20 * len(before))
    np.fill_diagonal(lateral, 0)  # no unit has a synapse onto itself
    for name, expected in (("LGN.P->V1.E", forward), ("V1.E->V1.E", lateral)):
        weights = tree[f"weights/{name}"]["weights"].values
        np.testing.assert_allclose(weights, expected, rtol=0, atol=1e-9)
        assert (weights != weights[0, 0]).any()
    assert [each["rule"] for each in json.loads(tree.attrs["asked"])["learning"]] == ["pair_stdp", "inhibitory_stdp"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "learning by pair_stdp and inhibitory_stdp" in page
    assert "The rules" in page


def test_one_rule_among_several_is_that_rule(tmp_path: Path) -> None:
    one, several = (
        simulate(file_of(tmp_path), "100 ms", RATES, seed=3, **options)
        for options in (
            {"rule": "pair_stdp", "learn": PROJECTION},
            {"rules": [{"rule": "pair_stdp", "learn": PROJECTION}]},
        )
    )
    path = "weights/LGN.P->V1.E/weights"
    np.testing.assert_array_equal(one[path].values, several[path].values)


def test_the_rules_of_an_experiment_are_taken_with_its_updates(tmp_path: Path) -> None:
    experiment = ROOT / "experiments" / "30_target_propagation_digits" / "experiment.toml"
    up, down = rules_of_file(experiment)
    assert (up.rule, len(up.learn), len(down.learn)) == (RULES["target_propagation"], 3, 2)
    assert up.updates == [{"name": "adam", "size": 3e-3}, {"name": "decay", "rate": 3e-4}]
    (tmp_path / "one.toml").write_text('[rule]\nname = "pair_stdp"\n', encoding="utf-8")
    (one,) = rules_of_file(tmp_path / "one.toml")
    assert (one.learn, one.updates) == ("all", [{"name": "adam", "size": 1e-3}])


WRONG_AMONG_SEVERAL = {
    "one and several": ({"rule": "oja", "rules": IN_PYTHON}, "rules: both one rule and several were given"),
    "no such key": ({"rules": [{"rule": "oja", "learns": "all"}]}, r'rules\[0\].learns: no such key; .*"learn"'),
    "no rule": ({"rules": [{"learn": "all"}]}, r"rules\[0\].rule: no rule is named"),
    "no such rule": ({"rules": [{"rule": "ojja", "learn": "all"}]}, r'rules\[0\].rule: no rule "ojja"'),
    "no such projection": ({"rules": [{"rule": "oja", "learn": "a"}]}, r'rules\[0\].learn: no projection "a"'),
    "no such parameter": (
        {"rules": [{"rule": "oja", "learn": "all", "parameters": {"b": 1}}]},
        r'rules\[0\].parameters.b: no parameter of oja "b"',
    ),
    "twice": (
        {"rules": [{"rule": "pair_stdp", "learn": "all"}, {"rule": "pair_stdp", "learn": [PROJECTION]}]},
        r"rules\[1\].learn: LGN/P->V1/E already learns by rules\[0\]",
    ),
}


@pytest.mark.parametrize(("options", "message"), WRONG_AMONG_SEVERAL.values(), ids=WRONG_AMONG_SEVERAL.keys())
def test_what_is_wrong_with_one_of_several_is_named_at_it(tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        simulate(two_rules(tmp_path), "20 ms", RATES, **options)


WRONG_FILES = {
    "neither": ('name = "x"', "rule: the key is missing"),
    "an unknown key": ('[[rules]]\nname = "oja"\nlearn = "all"', r"rules\[0\].learn: unknown key"),
    "no such rule": ('[[rules]]\nname = "ojja"', r'rules.toml: rules\[0\].rule: no rule "ojja"'),
    "no such projection": (
        '[[rules]]\nname = "oja"\nprojections = ["a->b"]',
        r'rules.toml: rules\[0\].projections: no projection "a->b"',
    ),
    "text": (
        '[[rules]]\nname = "own"\nchanges = [{ pre = "activty", post = "1" }]',
        r"rules.toml: rules\[0\].changes\[0\].pre",
    ),
    "no table": ('rules = "oja"', "rules"),
}


@pytest.mark.parametrize(("text", "message"), WRONG_FILES.values(), ids=WRONG_FILES.keys())
def test_mistakes_of_a_file_of_rules_are_named_in_it(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        simulate(two_rules(tmp_path), "20 ms", RATES, rules=tmp_path / "rules.toml", folder=tmp_path / "run")
    assert not (tmp_path / "run").exists() or not list((tmp_path / "run").iterdir())


def test_kernels_are_recorded_with_their_channels(tmp_path: Path) -> None:
    circuit, folder = load_circuit(ROOT / "tests" / "circuit" / "convolving.toml"), tmp_path / "run"
    chain = [{"name": "step", "size": 0.1}]
    inputs = {"retina/image": np.full(112, 0.5)}
    record = ["V1/E->V2/E:weights", "V1/E->V2/pool:weights"]
    options = {"rule": "pair_stdp", "learn": "V1/E->V2/E", "updates": chain, "weights_every": "20 ms"}
    simulate(circuit, "60 ms", inputs, record=record, folder=folder, **options)
    tree = load_result(folder)
    validate_simulation(tree)
    weights, learning = tree["weights/V1.E->V2.E"]["weights"], tree["learning/V1.E->V2.E"].to_dataset()
    assert weights.dims == ("pre_channel", "post_channel", "kernel_row", "kernel_column")
    assert weights.shape == (5, 3, 2, 3)
    assert tree["weights/V1.E->V2.pool"]["weights"].values.item() == 0.5  # 2 times the mean of four
    last = learning["weights"].values[-1]
    np.testing.assert_array_equal(last, weights.values.reshape(-1))
    np.testing.assert_array_equal(learning["post"], np.tile(np.repeat(np.arange(3), 6), 5))
    assert np.abs(last - learning["weights"].values[0]).max() > 1e-4
