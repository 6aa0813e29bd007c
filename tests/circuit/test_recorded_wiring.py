"""The shipped circuits are wired as they always were: recorded results depend on it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import wire

CIRCUITS = Path(__file__).parents[2] / "circuits"
RECORDED = {
    "black_box": "7d0cdcaedd822b85",
    "burst": "079d1de27fc1756b",
    "dendritic_microcircuit": "6781f138641b68aa",
    "e_prop": "f8c54aa50d3e26a2",
    "equilibrium_propagation": "3e698422f8ac53eb",
    "graded_three_areas": "1544cdec7242605e",
    "graded_two_areas": "d3597530ed6bbfa0",
    "one_area": "b31dc53db1960e26",
    "predictive_coding": "1b22720034ff076d",
    "published/Clopath_2010": "f7733b609a9576a7",
    "published/Diehl_Cook_2015": "6489d48a4460129f",
    "published/Graupner_2012": "fa7fadf3d62a0fde",
    "published/Song_2000": "1e05a64637914f55",
    "published/Vogels_2011": "015519ae6baca42d",
    "recurrent_graded": "5e991b227080d941",
    "recurrent_spiking": "7c657b25b0d7bba2",
    "spike_times": "7bafe9fe2edade36",
    "temporal_difference": "30f5a8905816c848",
    "temporal_difference_bottleneck": "61abb426b8216e1c",
    "temporal_difference_two_areas": "4b7a4400fa5b8747",
    "three_areas_recurrent": "38386d12d67c3074",
    "two_areas": "49e0e074a7d45c2e",
    "two_areas_top_down": "1dac63f777ceb13b",
}
"""By file: the first digits of the SHA-256 of weights in float32 and masks, projection by projection, for seed 7."""


def test_the_recorded_circuits_are_shipped() -> None:
    found = {path.relative_to(CIRCUITS).with_suffix("").as_posix() for path in CIRCUITS.rglob("*.toml")}
    assert found >= set(RECORDED)


@pytest.mark.parametrize("name", RECORDED)
def test_the_wiring_has_the_bits_that_it_always_had(name: str) -> None:
    digest = hashlib.sha256()
    for projection, wiring in sorted(wire(load_circuit(CIRCUITS / f"{name}.toml"), 7).items()):
        digest.update(np.ascontiguousarray(wiring.weights, dtype=np.float32).tobytes())
        digest.update(projection.encode() if wiring.mask is None else np.ascontiguousarray(wiring.mask).tobytes())
    assert digest.hexdigest()[:16] == RECORDED[name]
