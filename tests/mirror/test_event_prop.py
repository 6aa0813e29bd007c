"""Spike times in continuous time are those of Brian2 with small steps; gradients are those of finite differences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from brainlearn import load_circuit
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.simulation import Simulation
from brainlearn.circuit import Circuit
from brainlearn.circuit.rows import Rows
from brainlearn.circuit.wiring import wire
from brainlearn.mirror.event_prop import EventMirror, EventRun
from brainlearn.mirror.event_prop.spike_times import SpikeTimes, Unit
from brainlearn.mistakes import UserError
from tests.mirror.delayed import LONGEST, trains

COPIES, STEPS = 4, 60
DEEP = """
name = "deep"
dt = "1 ms"
[[areas]]
name = "periphery"
level = 0
populations = [{ name = "spikes", size = 6, neuron = "spike_train" }]
[[areas]]
name = "V1"
level = 1
populations = [
  { name = "E", size = 7, neuron = "lif", parameters = { tau_membrane = "15 ms", tau_synapse = "5 ms" } },
  { name = "F", size = 5, neuron = "lif", parameters = { tau_membrane = "4 ms", tau_synapse = "9 ms" } },
]
[[areas]]
name = "IT"
level = 2
populations = [{ name = "class", size = 3, neuron = "leaky_readout" }]
"""
JOINED = {
    "periphery/spikes->V1/E": ("current", 'mean = 0.5, sd = 0.4, distribution = "normal"'),
    "periphery/spikes->V1/F": ("current", 'mean = 0.2, sd = 0.4, distribution = "normal"'),
    "V1/E->V1/F": ("current", 'mean = 0.3, sd = 0.8, distribution = "normal"'),
    "V1/E->IT/class": ("readout", 'sd = 0.5, distribution = "normal"'),
    "V1/F->IT/class": ("readout", 'sd = 0.5, distribution = "normal"'),
}
NAMES = tuple(JOINED)


def deep_text() -> str:
    """Write two populations of units, one onto the other, each with delays of its synapses."""
    parts = [DEEP]
    for name, (synapse, weights) in JOINED.items():
        source, _, target = name.partition("->")
        pathway = "lateral" if name == "V1/E->V1/F" else "bottom_up"
        parts.append(
            f'[[projections]]\nsource = "{source}"\ntarget = "{target}"\npathway = "{pathway}"\nsynapse = "{synapse}"\n'
            f'weights = {{ {weights} }}\ndelay = {{ distribution = "uniform", low = "0 ms", high = "6 ms" }}\n'
        )
    return "".join(parts)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found: Path = tmp_path_factory.mktemp("deep") / "deep.toml"
    found.write_text(deep_text(), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def circuit(path: Path) -> Circuit:
    return load_circuit(path)


@pytest.fixture
def mirror(circuit: Circuit) -> EventMirror:
    """Return one with delays that are no whole steps: no two spikes arrive at once."""
    made = EventMirror(circuit, STEPS * 1e-3, seed=3, learned_delays=dict.fromkeys(NAMES, LONGEST))
    torch.manual_seed(5)
    with torch.no_grad():
        for delays in made.delays.values():
            delays.copy_(0.5 + (LONGEST - 1) * torch.rand(delays.shape, dtype=torch.float64))
    return made


def run(mirror: EventMirror) -> EventRun:
    return mirror.present({"periphery/spikes": trains(COPIES, STEPS)})


def loss_of(found: EventRun) -> Tensor:
    """Return a loss of all readouts, and of every spike time."""
    outputs = found.outputs["IT/class"]
    loss = (outputs * torch.sin(torch.arange(outputs.numel(), dtype=torch.float64)).view(outputs.shape)).sum()
    for path in ("V1/E", "V1/F"):
        times = found.events[path].times
        loss = loss + torch.where(times.isfinite(), torch.cos(300 * times), 0.0).sum()
    return loss


def counted(found: EventRun) -> list[int]:
    return [int(found.events[path].times.isfinite().sum()) for path in ("V1/E", "V1/F")]


@pytest.mark.parametrize("of", ["weights", "delays"])
def test_gradients_are_those_of_finite_differences(mirror, of):
    found = run(mirror)
    spikes = counted(found)
    assert min(spikes) > 40
    loss_of(found).backward()
    for name in NAMES:
        parameter = getattr(mirror, of)[name]
        gradient = parameter.grad
        assert gradient is not None
        for k in range(0, len(parameter), 5):
            ends = []
            for step in (1e-6, -1e-6):
                with torch.no_grad():
                    parameter[k] += step
                    ends.append(run(mirror))
                    parameter[k] -= step
            assert all(counted(each) == spikes for each in ends)
            expected = float(loss_of(ends[0]) - loss_of(ends[1])) / 2e-6
            assert float(gradient[k]) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert torch.linalg.norm(gradient) > 0


def test_brian_comes_to_the_same_spikes_with_small_steps(path, circuit):
    """Weights and delays as drawn: whole milliseconds are whole steps of 20 us as well."""
    finer, steps, text = 50, 40, path.read_text(encoding="utf-8")
    (path.parent / "fine.toml").write_text(text.replace('dt = "1 ms"', 'dt = "0.02 ms"', 1), encoding="utf-8")
    drawn = {name: each for name, each in wire(circuit, 3).items() if isinstance(each, Rows)}
    wiring = {name: replace(each, delays=each.delays.astype(np.uint16) * finer) for name, each in drawn.items()}
    frames = np.zeros((COPIES, steps * finer, 6))
    frames[:, finer - 1 :: finer] = trains(COPIES, steps)  # a step delivers its spikes at its end
    fine, phases = load_circuit(path.parent / "fine.toml"), [Phase("show", steps * finer)]
    with Simulation(fine, COPIES, phases, precision="float64", wiring=wiring) as simulation:
        simulation.present(iter([Round({"periphery/spikes": frames}, np.ones(COPIES))]), 1)
        found = np.concatenate([simulation.activity(path) for path in ("V1/E", "V1/F")], axis=1) * steps * finer
        outputs = simulation.state("IT/class", "activity")
    exact = EventMirror(circuit, steps * 1e-3, wiring=drawn).present({"periphery/spikes": trains(COPIES, steps)})
    times = [exact.events[path].times.isfinite().view(COPIES, n, -1) for path, n in (("V1/E", 7), ("V1/F", 5))]
    expected = torch.cat([each.sum(dim=2) for each in times], dim=1).numpy()
    alike = (np.rint(found) == expected).all(axis=1)  # a membrane may reach the threshold between two steps alone
    assert expected.sum() > 200
    assert alike.sum() >= COPIES - 1
    own = exact.outputs["IT/class"].numpy(force=True)
    apart = np.abs(own - outputs)[alike] / np.abs(outputs[alike])
    assert np.median(apart) < 0.005
    assert apart.max() < 0.05  # a last spike may arrive on this or on that side of the end


def test_spike_times_are_where_the_closed_form_meets_the_threshold():
    """One input, one unit: solved by hand on a fine grid of the closed form, spike after spike."""
    tau, synapse, weight = 0.015, 0.005, 9.0
    times = SpikeTimes.apply(
        torch.tensor([[0.002]], dtype=torch.float64), torch.tensor([[weight]], dtype=torch.float64),
        torch.tensor([[0.003]], dtype=torch.float64), np.array([0]), Unit(tau, synapse, 1.0), 0.1,
    )  # fmt: skip
    grid, start, expected = np.arange(0, 0.1, 1e-7), 0.005, []
    while True:
        current = weight * np.exp(-(start - 0.005) / synapse)
        v = current * synapse / (tau - synapse) * (np.exp(-grid / tau) - np.exp(-grid / synapse))
        above = np.flatnonzero(v >= 1)
        if not len(above):
            break
        start += grid[above[0]]
        expected.append(start)
    found = times[0, 0][times[0, 0].isfinite()].numpy(force=True)
    assert len(expected) >= 2
    np.testing.assert_allclose(found, expected, atol=3e-7 * len(expected))


LIF_OF_E, TAUS_OF_F = (
    'neuron = "lif", parameters = { tau_membrane = "15 ms"',
    'tau_membrane = "4 ms", tau_synapse = "9 ms"',
)
REFUSED = {
    "other units": (LIF_OF_E, LIF_OF_E.replace("lif", "lif_adaptive"), "have no closed equation here"),
    "equal time constants": (TAUS_OF_F, TAUS_OF_F.replace("4 ms", "9 ms"), "equal time constants"),
    "a loop": ('source = "V1/E"\ntarget = "V1/F"', 'source = "V1/E"\ntarget = "V1/E"', "a circuit without loops"),
    "units that differ": (
        TAUS_OF_F,
        TAUS_OF_F.replace('"4 ms"', '{ distribution = "uniform", low = "3 ms", high = "4 ms" }'),
        "units that differ within a population",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), REFUSED.values(), ids=REFUSED)
def test_other_circuits_are_refused(tmp_path, old, new, message):
    text = deep_text().replace(old, new)
    assert text != deep_text()
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        EventMirror(load_circuit(tmp_path / "other.toml"), 0.1)
