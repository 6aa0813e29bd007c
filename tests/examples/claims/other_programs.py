"""What examples claim that lead to other programs and back."""

from __future__ import annotations

import numpy as np

from brainlearn.circuit import wire
from tests.examples.claims.claim import Found, claim


@claim
def from_brian2(found: Found) -> None:
    monitor, spikes = found["monitor"], found["spikes"]
    one = {(unit, round(time * 1e4)) for unit, time in zip(monitor.i, np.asarray(monitor.t), strict=True)}
    pairs = zip(spikes["spike_unit"].values, spikes["spike_time"].values, strict=True)
    assert one == {(unit, round(time * 10)) for unit, time in pairs}
    assert len(one) > 200


@claim
def verify_against_brian2(found: Found) -> None:
    assert found["found"].holds
    stock, shared = (found["trees"][name]["spikes/V1.E"] for name in ("stock", "shared"))
    for name in ("spike_time", "spike_unit"):
        assert np.array_equal(stock[name].values, shared[name].values)
    assert stock.sizes["spike"] > 100


@claim
def to_nir_and_back(found: Found) -> None:
    before, after = found["spikes"]
    assert before.sizes["spike"] > 100
    for name in ("spike_time", "spike_unit"):
        assert np.array_equal(before[name].values, after[name].values)
    drawn = wire(found["circuit"], 1)["V1/E->V2/E"].weights
    assert any(np.size(getattr(node, "weight", ())) == drawn.size for node in found["graph"].nodes.values())


@claim
def spikes_to_neo(found: Found) -> None:
    spikes = found["tree"]["spikes/cortex.E"]
    first = spikes["spike_copy"].values == 0
    assert sum(map(len, found["trains"])) == first.sum() > 100
    assert len(found["block"].segments) == 2
    assert found["rates"].min() > 0


@claim
def sonata_export(found: Found) -> None:
    degrees = found["degrees"]
    assert sum(map(np.sum, degrees.values())) == found["written"].synapses
    for name, sources in (("cortex_E_to_cortex_E", 3199), ("cortex_I_to_cortex_E", 800)):
        assert abs(degrees[name].mean() - 0.02 * sources) < 4 * np.sqrt(0.02 * 0.98 * sources / 3200)
        assert abs(degrees[name].std() / np.sqrt(0.02 * 0.98 * sources) - 1) < 0.1
