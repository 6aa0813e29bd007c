"""What examples of circuits and simulations claim, compared with values that are computed in another way."""

from __future__ import annotations

import numpy as np
from scipy.signal import correlate2d

from tests.examples.claims.claim import Found, claim


def integrate_and_fire(
    drive: np.ndarray, tau: np.ndarray | float, threshold: np.ndarray | float, steps: int, dt: float = 0.1
) -> np.ndarray:
    """Count the spikes of units that reset by subtraction; tau and dt in ms."""
    v, counts = np.zeros_like(drive), np.zeros(drive.shape, int)
    for _ in range(steps):
        v = drive + (v - drive) * np.exp(-dt / tau)
        spiked = v > threshold
        v, counts = v - threshold * spiked, counts + spiked
    return counts


@claim
def simulate(found: Found) -> None:
    currents = found["currents"]
    counts = integrate_and_fire(currents, 10.0, 1.0, 10_000)
    assert np.array_equal(found["rates"], counts)
    assert np.abs(found["rates"] - found["theory"]).max() < 6


@claim
def raster(found: Found) -> None:
    alone = 1e3 / (5 + 20 * np.log(11 / 1))  # from -60 mV towards -49 mV, threshold -50 mV, 5 ms of rest
    assert np.isclose(alone, 18.9, atol=0.05)
    for name, size in (("E", 3200), ("I", 800)):
        spikes = found["tree"][f"spikes/cortex.{name}"]
        assert np.isclose(found["rates"][name].mean(), spikes.sizes["spike"] / (size * 0.6))
        assert found["rates"][name][-50:].mean() < 0.7 * alone
    units, times = spikes["spike_unit"].values, spikes["spike_time"].values
    intervals = [np.diff(times[units == unit]) for unit in range(size)]
    variation = np.mean([each.std() / each.mean() for each in intervals if each.size > 1])
    assert variation > 0.2  # a clock has 0


@claim
def own_neuron(found: Found) -> None:
    v, w, times, dt = -70.6e-3, 0.0, [], 0.05e-3
    for step in range(8000):
        drive = 1e-9 if step >= 400 else 0.0
        change = 30e-9 * (-70.6e-3 - v) + 30e-9 * 2e-3 * np.exp((v + 50.4e-3) / 2e-3) + drive - w
        v, w = v + dt * change / 281e-12, w + dt * (4e-9 * (v + 70.6e-3) - w) / 144e-3
        if v > 20e-3:
            times.append(step * 0.05)
            v, w = -70.6e-3, w + 0.0805e-9
    np.testing.assert_allclose(found["spikes"], times)
    assert (np.diff(found["intervals"]) > 0).all()
    assert found["intervals"][-1] > 2 * found["intervals"][0]


@claim
def own_synapse(found: Found) -> None:
    states = found["states"]
    after = states["time"].values / 25 - 200 / 25  # in time constants
    alpha = np.where(after > 0, 0.5 * after * np.exp(-after), 0)
    shift = 1  # a spike acts at the end of its step
    np.testing.assert_allclose(states["g"].values[shift:, 0], alpha[:-shift], atol=1e-7)
    at_rest = states["v"].sel(time=200).values
    response = states["v"].max("time").values - at_rest
    assert (np.diff(response) > 0.3e-3).all()


@claim
def short_term_plasticity(found: Found) -> None:
    times = found["times"]
    for kind, used, recovery, facilitation in (("depressing", 0.5, 0.8, 0), ("facilitating", 0.05, 0.1, 1.0)):
        left, share, released = 1.0, 0.0, []
        for gap in np.diff(times, prepend=-np.inf):
            left = 1 - (1 - left) * np.exp(-gap / recovery)
            share = share * np.exp(-gap / facilitation) if facilitation else 0.0
            share += used * (1 - share)
            released.append(share * left)
            left -= share * left
        np.testing.assert_allclose(found["jumps"][kind], 0.8 * np.array(released), rtol=1e-6)


@claim
def distributions(found: Found) -> None:
    drawn = found["drawn"]
    tau, threshold = drawn["tau_membrane"].values * 1e3, drawn["threshold_v"].values
    assert np.array_equal(found["rates"], integrate_and_fire(np.full(400, 1.6), tau, threshold, 10_000))
    assert (np.abs(found["rates"] - found["theory"]) < 1 + 0.02 * found["theory"]).all()
    assert abs(tau.mean() - 12) < 4 * 5 / 20
    assert tau.min() > 3


@claim
def distance_dependent_connectivity(found: Found) -> None:
    assert (found["pre"] != found["post"]).all()
    row, column = np.divmod(np.arange(900), 30)
    apart = np.hypot(*(np.minimum(d, 30 - d) for d in (abs(row - row[0]), abs(column - column[0]))))
    chance = 0.8 * np.exp(-(apart[1:] ** 2) / 18)  # of one unit with all others
    number, sd = 900 * chance.sum(), np.sqrt(900 * (chance * (1 - chance)).sum())
    assert abs(len(found["pre"]) - number) < 4 * sd
    one_away = (apart[1:] < 1.5).sum()
    expected = chance[apart[1:] < 1.5].mean()
    assert abs(found["measured"][0] - expected) < 4 * np.sqrt(0.25 / (900 * one_away))


@claim
def apical_dendrites(found: Found) -> None:
    late = found["states"].sel(time=slice(200, None))
    apical = 0.12 * 50 * 40 * 5e-3  # weight, synapses, rate, time constant of the synapse
    assert abs(float(late["apical"].mean()) - apical) < 0.15
    assert abs(float(late["v"].mean()) - 0.3 * apical / 1.3) < 0.04
    without, with_top_down = (found["rates"][rate].values.squeeze() for rate in ("0 Hz", "40 Hz"))
    assert without[10] == 0  # a current of 0.25: 5 * 0.25 / 1.3 is below the threshold
    assert with_top_down[10] > 50
    assert (with_top_down >= without).all()


@claim
def convolution(found: Found) -> None:
    for kernel, counts in zip((found["edge"].T, found["edge"]), found["counts"], strict=True):
        drive = 5 * correlate2d(found["image"], kernel, mode="valid")
        assert (counts == integrate_and_fire(drive, 4.5, 1.0, 100, dt=1.0)).mean() > 0.999
        assert counts.max() > 10


@claim
def own_rule(found: Found) -> None:
    _, vectors = np.linalg.eigh(np.cov(found["x"].T))
    learned = found["path"][-1]
    assert abs(learned @ vectors[:, -1]) > 0.98 * np.linalg.norm(learned)
    assert abs(np.linalg.norm(learned) - 1) < 0.25
    start = found["start"][:, 0]
    assert abs(start @ vectors[:, -1]) < 0.3


@claim
def what_top_down_buys(found: Found) -> None:
    counts, hidden = found["counts"], np.arange(64) >= 32
    assert counts["without"][:, hidden].sum() == 0
    filled = counts["with"][:, hidden]
    active = filled.std(axis=1) > 0
    alike = np.corrcoef(filled[active], found["means"][:, hidden])[: active.sum(), active.sum() :]
    assert active.sum() > 80
    assert (alike.argmax(axis=1) == found["labels"][1000:1100][active]).mean() > 0.45  # chance is 0.1
