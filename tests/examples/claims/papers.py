"""What examples of published models claim, compared with closed forms, published numbers and programs in NumPy."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import spearmanr

from tests.examples.claims.claim import Found, claim


@claim
def Brunel_2000(found: Found) -> None:
    assert abs(found["rate"] - 38.0) < 4
    spikes = found["tree"]["spikes/cortex.E"]["spike_time"].values
    assert np.isclose(found["rate"], (spikes > 100).sum() / (2500 * 0.3))


@claim
def Tsodyks_2000(found: Found) -> None:
    spikes = found["spikes"]
    assert np.median(found["share"]) < 0.1
    assert len(found["bursts"]) >= 2
    for onset in found["bursts"]:
        within = (spikes["spike_time"].values >= onset - 20) & (spikes["spike_time"].values < onset + 40)
        assert len(np.unique(spikes["spike_unit"].values[within])) > 200


def izhikevich(rng: np.random.Generator) -> np.ndarray:
    """Run the paper's program; return the number of excitatory spikes in every ms."""
    e, i = rng.random(800), rng.random(200)
    a, b = np.r_[np.full(800, 0.02), 0.02 + 0.08 * i], np.r_[np.full(800, 0.2), 0.25 - 0.05 * i]
    c, d = np.r_[-65 + 15 * e**2, np.full(200, -65.0)], np.r_[8 - 6 * e**2, np.full(200, 2.0)]
    weights = np.concatenate([0.5 * rng.random((1000, 800)), -rng.random((1000, 200))], axis=1)
    v, counts = np.full(1000, -65.0), np.zeros(1000)
    u = b * v
    for step in range(1000):
        drive = np.r_[5 * rng.standard_normal(800), 2 * rng.standard_normal(200)]
        fired = v >= 30
        counts[step] = fired[:800].sum()
        v[fired], u[fired] = c[fired], u[fired] + d[fired]
        drive += weights[:, fired].sum(axis=1)
        for _ in range(2):
            v += 0.5 * (0.04 * v**2 + 5 * v + 140 - u + drive)
        u += a * (b * v - u)
    return counts


@claim
def Izhikevich_2003(found: Found) -> None:
    theirs = izhikevich(np.random.default_rng(1))
    assert abs(found["counts"].sum() / theirs.sum() - 1) < 0.2
    power = np.abs(np.fft.rfft(theirs - theirs.mean())) ** 2
    for slow in (found["slow"], power.argmax()):  # of one second: the index is in Hz
        assert 4 < slow < 14


def calcium(rate: float, rng: np.random.Generator) -> float:
    """Return the mean efficacy of 900 synapses after 2 s: equations 1 and 2 without noise."""
    dt, delay = 0.5e-3, 27
    pre, post = (rng.random((4000, 900)) < rate * dt for _ in range(2))
    level, rho = np.zeros(900), np.full(900, 0.5)
    for step in range(4000):
        change = -rho * (1 - rho) * (0.5 - rho) + 321.808 * (1 - rho) * (level > 1.3) - 200 * rho * (level > 1)
        rho, level = rho + dt * change / 150, level * (1 - dt / 20e-3)
        level += 2.0 * post[step] + (pre[step - delay] if step >= delay else 0)
    return float(rho.mean())


@claim
def Graupner_2012(found: Found) -> None:
    rng = np.random.default_rng(1)
    for rate, learned in found["learned"].items():
        assert abs(float(learned["mean"][-1]) - calcium(rate, rng)) < 0.01
    means = [float(each["mean"][-1]) for each in found["learned"].values()]
    assert sorted(means) == means


@claim
def Bi_Poo_1998(found: Found) -> None:
    gap, change = found["gap"], found["change"]
    before, after = gap >= 1, gap <= -1
    np.testing.assert_allclose(change[before], 0.01 * np.exp(-gap[before] / 20), rtol=0.06)
    np.testing.assert_allclose(change[after], -0.0105 * np.exp(gap[after] / 20), rtol=0.06)
    assert len(found["spike"]) == 1


@claim
def Potjans_Diesmann_2014(found: Found) -> None:
    sources, targets, probability = 20683, 20683, 0.1009
    number = np.log(1 - probability) / np.log(1 - 1 / (sources * targets))
    degrees = {(p.source, p.target): p.connectivity.in_degree for p in found["circuit"].projections}
    assert degrees["L23/E", "L23/E"] == round(number / targets)
    rates = found["rates"]
    assert all(rates[f"{layer}/I"] > rates[f"{layer}/E"] for layer in ("L23", "L6"))
    assert spearmanr(list(rates.values()), found["published"]).statistic > 0.6


@claim
def Wunderlich_Pehle_2021(found: Found) -> None:
    assert abs(found["course"][-1] - 27) < 0.01
    assert abs(found["course"][0] - 27) > 2
    mirror, spikes, name = found["mirror"], {"input/P": found["spikes"]}, found["name"]

    def first() -> torch.Tensor:
        return mirror.present(spikes).events["cortex/E"].times.min()

    (gradient,) = torch.autograd.grad(first(), [mirror.weights[name]])
    index = int(gradient.abs().argmax())
    with torch.no_grad():
        mirror.weights[name][index] += 1e-5
        later = first().item()
        mirror.weights[name][index] -= 2e-5
        slope = (later - first().item()) / 2e-5
    assert np.isclose(slope, gradient[index].item(), rtol=1e-4)
