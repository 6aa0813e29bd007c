"""Delays learn: their gradients are those of finite differences, and they end as delays of an ordinary circuit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
from brainlearn.mirror import Mirror, MirrorState
from brainlearn.mirror.backprop import Backprop, Stretch
from brainlearn.mirror.output_activity import OutputActivity
from brainlearn.mirror.surrogates import Spike
from brainlearn.mistakes import UserError
from tests.mirror.delayed import INTO, LONGEST, OUT, TEXT, trains

STEPS, COPIES = 40, 3


@pytest.fixture(scope="module")
def circuit(tmp_path_factory: pytest.TempPathFactory) -> Circuit:
    path: Path = tmp_path_factory.mktemp("delayed") / "delayed.toml"
    path.write_text(TEXT, encoding="utf-8")
    return load_circuit(path)


def mirrored(circuit: Circuit, **settings: Any) -> Mirror:
    return Mirror(circuit, seed=3, dtype="float64", learned_delays={INTO: LONGEST, OUT: LONGEST}, **settings)


def smooth(ctx: Any, margin: Tensor, spiked: Tensor, derivative: Any, slope: float, scale: float) -> Tensor:
    """Put the function whose derivative the surrogate is in the place of the spike: 1/2 + x/(1 + slope |x|)."""
    ctx.save_for_backward(margin)
    ctx.settings = derivative, slope, scale
    return 0.5 + margin / scale / (1 + slope * (margin / scale).abs())


def loss_of(mirror: Mirror) -> Tensor:
    """Return a loss that weighs every step otherwise."""
    outputs: list[Tensor] = []

    def record(state: MirrorState) -> None:
        outputs.append(mirror.activity(state, "IT/class"))

    mirror.present({"periphery/spikes": trains(COPIES, STEPS)}, STEPS, record=record)
    course = torch.stack(outputs)  # (step, copy, unit)
    return (course * torch.sin(torch.arange(course.numel(), dtype=torch.float64)).view(course.shape)).sum()


@pytest.mark.parametrize("width", [1.0, 3.5])
@pytest.mark.parametrize("of", ["delays", "weights"])
def test_gradients_are_those_of_finite_differences(circuit, monkeypatch, of, width):
    monkeypatch.setattr(Spike, "forward", staticmethod(smooth))
    mirror = mirrored(circuit, slope=2.0, reset_gradient=True)
    mirror.delay_width = width
    torch.manual_seed(5)
    with torch.no_grad():  # between whole steps, where the interpolation has corners
        for delays in mirror.delays.values():
            delays.copy_(torch.randint(0, LONGEST - 1, delays.shape) + 0.2 + 0.6 * torch.rand(delays.shape))
    for name in (INTO, OUT):
        parameter = getattr(mirror, of)[name]
        found = torch.autograd.grad(loss_of(mirror), parameter)[0]
        for k in range(0, len(found), 4):
            with torch.no_grad():
                ends = []
                for step in (1e-6, -1e-6):
                    parameter[k] += step
                    ends.append(loss_of(mirror))
                    parameter[k] -= step
            expected = float(ends[0] - ends[1]) / 2e-6
            assert float(found[k]) == pytest.approx(expected, rel=1e-5, abs=1e-7)
            assert abs(expected) > 0


def test_whole_delays_have_the_mean_gradient_of_both_sides(circuit, monkeypatch):
    monkeypatch.setattr(Spike, "forward", staticmethod(smooth))
    mirror = mirrored(circuit, slope=2.0, reset_gradient=True)
    delays = mirror.delays[INTO]
    found = torch.autograd.grad(loss_of(mirror), delays)[0]
    k = int(torch.argmax(found.abs() * ((delays > 0) & (delays < LONGEST))))
    ends = []
    with torch.no_grad():
        for step in (1e-6, -2e-6):
            delays[k] += step
            ends.append(loss_of(mirror))
    expected = float(ends[0] - ends[1]) / 2e-6
    assert abs(expected) > 1e-3
    assert float(found[k]) == pytest.approx(expected, rel=1e-4)


def test_learned_delays_end_as_those_of_an_ordinary_circuit(circuit):
    """What learned, in whole steps, spikes the same in Brian2, in a mirror that learns, and in one that does not."""
    mirror = mirrored(circuit)
    torch.manual_seed(5)
    with torch.no_grad():
        for name, delays in mirror.delays.items():
            delays.copy_(LONGEST * torch.rand(delays.shape))
            mirror.weights[name].add_(0.1 * torch.rand(delays.shape))
    wiring = mirror.learned_wiring()
    with torch.no_grad():
        for delays in mirror.delays.values():
            delays.round_()
    learned, drawn = wiring[INTO], wire(circuit, 3)[INTO]
    assert isinstance(learned, Rows)
    assert isinstance(drawn, Rows)
    assert not np.array_equal(learned.delays, drawn.delays)
    plain = Mirror(circuit, dtype="float64", wiring=wiring)
    shown = {"periphery/spikes": trains(COPIES, STEPS)}
    with Simulation(circuit, COPIES, [Phase("show", STEPS)], precision="float64", wiring=wiring) as simulation:
        simulation.present(iter([Round(shown, np.ones(COPIES))]), 1)
        counts, output = simulation.activity("V1/E"), simulation.state("IT/class", "activity")
    assert counts.sum() * STEPS > 20
    for each in (mirror, plain):
        state = each.present(shown, STEPS)
        np.testing.assert_array_equal(each.activity(state, "V1/E").numpy(force=True), counts)
        np.testing.assert_allclose(each.activity(state, "IT/class").numpy(force=True), output, rtol=1e-12)


def test_a_circuit_file_takes_learned_delays(circuit, tmp_path):
    rows = mirrored(circuit).learned_wiring()[INTO]
    assert isinstance(rows, Rows)
    assert rows.delays is not None
    np.savez(tmp_path / "learned.npz", pre=rows.pres, post=rows.posts, weight=rows.weights, delay=rows.delays * 1.0)
    text = TEXT.replace('delay = { distribution = "uniform", low = "0 ms", high = "6 ms" } # into', INTO_FILE, 1)
    assert INTO_FILE in text
    text = text.replace('weights = { distribution = "normal", mean = 0.4, sd = 0.3 } # into', WEIGHTS_FILE, 1)
    (tmp_path / "learned.toml").write_text(text, encoding="utf-8")
    found = wire(load_circuit(tmp_path / "learned.toml"), 0)[INTO]
    assert isinstance(found, Rows)
    for name in ("starts", "posts", "weights", "delays"):
        np.testing.assert_array_equal(getattr(found, name), getattr(rows, name))


INTO_FILE = 'delay = { distribution = "file", file = "learned.npz", unit = "ms" }'
WEIGHTS_FILE = (
    'weights = { distribution = "file", file = "learned.npz", array = "weight" }\n'
    'connectivity = { kind = "file", file = "learned.npz", multapses = false }'
)


def learner(circuit: Circuit) -> Backprop:
    mirror = mirrored(circuit)
    readout = OutputActivity(mirror, "IT/class", loss="squared")
    return Backprop(mirror, readout, [Stretch(STEPS)], step=0.01, delay_step=0.25)


def test_backprop_steps_delays_by_a_size_of_their_own_and_goes_on_from_a_saved_state(circuit):
    """Adam's first step is as large as the step size wherever there is a gradient."""
    shown, labels = {"periphery/spikes": trains(COPIES, STEPS)}, np.arange(COPIES)
    whole = learner(circuit)
    before = whole.mirror.delays[OUT].detach().clone()
    whole.learn(shown, labels)
    moved = (whole.mirror.delays[OUT].detach() - before).abs()[(before > 0.25) & (before < LONGEST - 0.25)]
    assert moved.max() == pytest.approx(0.25, rel=1e-3)
    resumed = learner(circuit)
    resumed.restore({key: np.array(value) for key, value in whole.state().items()})
    for each in (whole, resumed):
        each.learn(shown, labels)
    for name in (INTO, OUT):
        assert torch.equal(whole.mirror.delays[name], resumed.mirror.delays[name])


def test_errors_do_not_travel_back_through_learned_delays_by_other_weights(circuit):
    mirror = mirrored(circuit)
    with pytest.raises(UserError, match="by the true weights only"):
        mirror.believe({INTO: mirror.weights[INTO].numpy(force=True)})


def test_delays_stay_between_none_and_the_longest(circuit):
    mirror = mirrored(circuit)
    with torch.no_grad():
        mirror.delays[INTO][0], mirror.delays[INTO][1] = -3.0, 100.0
    mirror.constrain()
    assert mirror.delays[INTO][:2].tolist() == [0, LONGEST]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"V1/E->V9/E": 5}, 'no such projection; found "V1/E->V9/E"'),
        ({INTO: 3}, "the longest delay is shorter than that of a synapse; found 3; allowed: 6 or more"),
    ],
)
def test_delays_that_cannot_be_learned_are_refused(circuit, asked, message):
    with pytest.raises(UserError, match=message):
        Mirror(circuit, seed=3, learned_delays=asked)


def test_one_delay_for_all_synapses_cannot_be_learned(tmp_path):
    text = TEXT.replace('delay = { distribution = "uniform", low = "0 ms", high = "6 ms" } # into', 'delay = "2 ms"')
    (tmp_path / "one.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="its own delay and weight; found one delay"):
        Mirror(load_circuit(tmp_path / "one.toml"), learned_delays={INTO: 5})
