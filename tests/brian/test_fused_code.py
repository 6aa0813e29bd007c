"""Compiled loops compute what Brian2's own NumPy code computes.

Plain arithmetic is the same to the last bit. Functions such as ``exp`` come from another library than NumPy's and may
differ in the last bit.
"""

from __future__ import annotations

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, ms, seed

from brainlearn.brian import fused_code
from brainlearn.brian.fused_code import FusedCodeObject
from brainlearn.brian.populations import to_brian
from brainlearn.neurons import NEURONS

SIZE = 50
ARITHMETIC = ["lif_delta", "lif", "lif_adaptive", "two_compartment", "graded", "subexpression"]
TEXTS = {
    "conductances": {
        "model": """
            dv/dt = (current - v + g_excitatory*(4 - v) + g_inhibitory*(-1 - v))/(20*ms) : 1
            dg_excitatory/dt = -g_excitatory/(5*ms) : 1
            dg_inhibitory/dt = -g_inhibitory/(10*ms) : 1
            current : 1
        """,
        "threshold": "v > 0.5",
        "reset": "v = 0; g_inhibitory += 0.1",
        "method": "exponential_euler",
    },
    "functions": {
        "model": """
            dv/dt = (3*current/(1 + exp(-a)) + sin(v) - abs(v))/(10*ms) : 1
            da/dt = (v**2 - tanh(a) - sqrt(abs(v)))/(20*ms) : 1
            current : 1
        """,
        "threshold": "v > 1 and a < 2",
        "reset": "v = 0; a += 0.1*current",
        "method": "euler",
    },
    "refractory": {
        "model": """
            dv/dt = (current - v)/(10*ms) : 1 (unless refractory)
            dslow/dt = (v**2 - slow/3)/(20*ms) : 1
            current : 1
        """,
        "threshold": "v > 0.5",
        "reset": "v = 0",
        "refractory": "2.5*ms",
        "method": "euler",
    },
    "subexpression": {
        "model": "drive = clip(current - 0.2, 0, inf) : 1\ndv/dt = (drive - v)/(7*ms) : 1\ncurrent : 1",
        "threshold": "v >= 0.5",
        "reset": "v *= 0.5",
        "method": "exact",
    },
}


@pytest.fixture(autouse=True)
def _fuse_small_groups(monkeypatch) -> None:
    monkeypatch.setattr(fused_code, "SMALLEST_GROUP", 1)


def arguments_of(name: str) -> dict:
    if name in TEXTS:
        return {**TEXTS[name], "namespace": {}}
    model = NEURONS[name]
    texts = {part: getattr(model, part) for part in ("threshold", "reset", "refractory") if getattr(model, part)}
    namespace = {key: to_brian(value) for key, value in model.parameters.items()}
    return {"model": model.equations, "method": model.method, "namespace": namespace, **texts}


def simulate(name: str, code: type | None, dtype: type = np.float64) -> tuple[dict[str, np.ndarray], NeuronGroup]:
    """Run a group for 60 steps from a random state, and return its final states and its spikes."""
    label = f"{name}_{'fused' if code else 'plain'}"
    group = NeuronGroup(SIZE, codeobj_class=code, dtype=dtype, dt=1 * ms, name=label, **arguments_of(name))
    rng = np.random.default_rng(4)
    for variable, equation in group.equations.items():
        if equation.type != "subexpression" and variable not in ("lastspike", "not_refractory"):
            low, high = (-0.06, -0.05) if variable == "v" and name == "lif_conductance" else (0.0, 1.5)
            group.variables[variable].get_value()[:] = rng.uniform(low, high, SIZE)
    monitors = [SpikeMonitor(group)] if group.thresholder else []
    Network(group, *monitors).run(60 * ms, namespace={})
    found = {variable: np.array(group.variables[variable].get_value()) for variable in group.equations.diff_eq_names}
    for monitor in monitors:
        found |= {"spikes": np.array(monitor.i), "times": np.array(monitor.t_)}
        assert len(found["times"]) > SIZE
    return found, group


def is_fused(runner) -> bool:
    return runner.codeobj._fused is not None


@pytest.mark.parametrize("name", ARITHMETIC)
def test_fused_loops_are_bit_identical_to_brians_numpy_code(name):
    expected, _ = simulate(name, None)
    found, group = simulate(name, FusedCodeObject)
    assert is_fused(group.state_updater), "otherwise nothing is tested"
    for variable, values in expected.items():
        np.testing.assert_array_equal(found[variable], values, err_msg=variable)


def test_fused_loops_with_functions_give_the_same_spikes_and_states():
    expected, _ = simulate("functions", None)
    found, group = simulate("functions", FusedCodeObject)
    assert is_fused(group.state_updater), "otherwise nothing is tested"
    for variable in ("spikes", "times"):
        np.testing.assert_array_equal(found[variable], expected[variable])
    for variable, values in expected.items():
        np.testing.assert_allclose(found[variable], values, rtol=0, atol=1e-12, err_msg=variable)


@pytest.mark.parametrize("name", ["lif_delta", "lif", "graded"])
def test_fused_loops_agree_in_single_precision(name):
    expected, _ = simulate(name, None, np.float32)
    found, _ = simulate(name, FusedCodeObject, np.float32)
    for variable, values in expected.items():
        assert found[variable].dtype == values.dtype
        np.testing.assert_allclose(found[variable], values, rtol=0, atol=1e-5, err_msg=variable)


def test_thresholds_and_resets_of_plain_units_are_fused():
    for name in ("lif_delta", "lif", "lif_adaptive", "two_compartment", *TEXTS.keys() - {"refractory"}):
        _, group = simulate(name, FusedCodeObject)
        assert is_fused(group.thresholder["spike"]), name
        assert is_fused(group.resetter["spike"]), name


@pytest.mark.parametrize("function", ["expm1", "exprel", "log1p"])
def test_functions_that_brian_gives_to_its_own_code_alone_are_there(function):
    found = []
    for code in (None, FusedCodeObject):
        group = NeuronGroup(SIZE, f"dv/dt = {function}(v)/(10*ms) : 1", method="euler", codeobj_class=code, dt=1 * ms)
        group.v = np.linspace(-0.5, 0.5, SIZE)
        Network(group).run(5 * ms, namespace={})
        found.append(np.array(group.v))
    np.testing.assert_array_equal(found[0], found[1])


@pytest.mark.parametrize("name", ["lif_conductance", "conductances"])
def test_equations_with_functions_of_states_stay_as_brian_wrote_them(name):
    expected, _ = simulate(name, None)
    found, group = simulate(name, FusedCodeObject)
    assert not is_fused(group.state_updater)
    assert is_fused(group.thresholder["spike"])
    for variable, values in expected.items():
        np.testing.assert_array_equal(found[variable], values, err_msg=variable)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 10**6], ids=["large", "small, after many steps"])
def test_refractory_units_are_compiled_to_the_bit(size, dtype, monkeypatch):
    monkeypatch.setattr(fused_code, "SMALLEST_GROUP", size)
    monkeypatch.setattr(fused_code, "MANY_RUNS", 5)
    monkeypatch.setattr(fused_code, "FEW_UNITS", 1)
    expected, _ = simulate("refractory", None, dtype)
    found, group = simulate("refractory", FusedCodeObject, dtype)
    assert is_fused(group.state_updater), "otherwise nothing is tested"
    assert is_fused(group.thresholder["spike"])
    for variable, values in expected.items():
        np.testing.assert_array_equal(found[variable], values, err_msg=variable)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ARITHMETIC)
def test_after_many_steps_small_groups_are_compiled_to_the_bit(name, dtype, monkeypatch):
    monkeypatch.setattr(fused_code, "SMALLEST_GROUP", 10**6)
    monkeypatch.setattr(fused_code, "MANY_RUNS", 5)
    monkeypatch.setattr(fused_code, "FEW_UNITS", 1)
    expected, _ = simulate(name, None, dtype)
    found, group = simulate(name, FusedCodeObject, dtype)
    assert is_fused(group.state_updater) == (name not in ("graded", "subexpression")), "clip may round otherwise"
    for variable, values in expected.items():
        np.testing.assert_array_equal(found[variable], values, err_msg=variable)


def test_random_numbers_stay_those_of_brian():
    found = []
    for code in (None, FusedCodeObject):
        seed(5)
        group = NeuronGroup(SIZE, "dv/dt = 0/second : 1", threshold="rand() < 0.1", codeobj_class=code, dt=1 * ms)
        monitor = SpikeMonitor(group)
        Network(group, monitor).run(20 * ms, namespace={})
        found.append((np.array(monitor.i), np.array(monitor.t_)))
        assert code is None or not is_fused(group.thresholder["spike"])
    assert len(found[0][0]) > 50
    for plain, fused in zip(*found, strict=True):
        np.testing.assert_array_equal(plain, fused)


def test_noise_stays_that_of_brian():
    found = []
    for code in (None, FusedCodeObject):
        seed(5)
        group = NeuronGroup(SIZE, "dv/dt = -v/(10*ms) + xi/sqrt(10*ms) : 1", method="euler", codeobj_class=code)
        Network(group).run(3 * ms, namespace={})
        found.append(np.array(group.v))
    np.testing.assert_array_equal(*found)
    assert np.ptp(found[0]) > 0.1


def test_small_groups_are_left_alone(monkeypatch):
    monkeypatch.setattr(fused_code, "SMALLEST_GROUP", SIZE + 1)
    _, group = simulate("lif_delta", FusedCodeObject)
    assert not any(is_fused(runner) for runner in (group.state_updater, group.thresholder["spike"]))


def test_constants_that_change_between_runs_are_read_anew():
    group = NeuronGroup(SIZE, "dv/dt = (k - v)/(10*ms) : 1", method="exact", codeobj_class=FusedCodeObject)
    network = Network(group)
    for k in (1.0, 5.0):
        network.run(100 * ms, namespace={"k": k})
        np.testing.assert_allclose(group.v, k, rtol=1e-3)
