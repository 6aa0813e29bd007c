"""What a script, or a notebook, has set is the same after every public call."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rich.style  # noqa: F401  it draws a random number when it is first imported
import sklearn.linear_model  # noqa: F401  SciPy changes the filters of warnings when it is first imported

import brainlearn
from brainlearn import Area, Circuit, Mirror, Phase, Population, Projection, Round, Simulation
from tests.docs.markdown import ROOT
from tests.experiment.tiny_runs import tiny
from tests.scripting.surroundings import unchanged

ONE_AREA = ROOT / "circuits" / "one_area.toml"
TINY = ("training.epochs=1", "training.samples=40", "dataset.validation=0", "readout.one_pass=false")


def build(stimulus: str = "constant_current", synapse: str = "constant_current") -> Circuit:
    areas = [
        Area("retina", 0, [Population("image", stimulus, size=4)]),
        Area("V1", 1, [Population("E", "lif_delta", size=3)]),
    ]
    weights = {"distribution": "constant", "value": 0.6}
    return Circuit("small", "1 ms", areas, [Projection("retina/image", "V1/E", "bottom_up", synapse, weights)])


def build_poisson() -> Circuit:
    return build("poisson", "delta")


def mirror(circuit: Circuit) -> Any:
    found = Mirror(circuit)
    state = found.present({"retina/image": np.full((2, 4), 100.0)}, steps=5)
    found.activity(state, "V1/E").sum().backward()
    return found


def simulate(circuit: Circuit) -> Any:
    with Simulation(circuit, 2, [Phase("show", 40)], seed=3) as simulation:
        shown = [Round({"retina/image": np.full((2, 4), 100.0)}, np.zeros(2))] * 2
        simulation.present(iter(shown), count=2)
        return simulation.activity("V1/E").copy()


CALLS: dict[str, Callable[[], Any]] = {
    "build": build,
    "load_circuit": lambda: brainlearn.load_circuit(ONE_AREA),
    "verify": lambda: brainlearn.verify(build(), steps=60, copies=2),
    "simulation": lambda: simulate(build_poisson()),
    "mirror": lambda: mirror(build()),
    "drawing": lambda: build()._repr_html_(),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_leaves_alone_what_the_script_has_set(call: str):
    with unchanged():
        assert CALLS[call]() is not None


@pytest.mark.parametrize("only", ["rule", pytest.param("backprop_through_time", marks=pytest.mark.slow)])
def test_a_run_leaves_alone_what_the_script_has_set(only: str, tmp_path: Path):
    experiment, _ = tiny(tmp_path, "targets", "training.epochs=1", "training.samples=40")
    with unchanged():
        assert brainlearn.run(experiment, only=only) is not None


def test_a_simulation_draws_the_same_whatever_the_script_draws():
    """Two at once, and a script that draws beside them: each goes on with its own numbers."""
    alone = [simulate(build_poisson()).copy() for _ in range(2)]
    np.testing.assert_array_equal(*alone)
    assert alone[0].mean() > 0
    shown = [Round({"retina/image": np.full((2, 4), 100.0)}, np.zeros(2))]
    with (
        Simulation(build_poisson(), 2, [Phase("show", 40)], seed=3) as one,
        Simulation(build_poisson(), 2, [Phase("show", 40)]) as two,
    ):
        for _ in range(2):
            np.random.random(7)  # noqa: NPY002
            one.present(iter(shown), count=1)
            two.present(iter(shown), count=1)
        np.testing.assert_array_equal(one.activity("V1/E"), alone[0])
        assert (two.activity("V1/E") != alone[0]).any()


SCRIPT = """
import sys
import brian2, h5netcdf, matplotlib, numba, sklearn, torch, torch.nn, xarray
import dask, distributed, jinja2, pydantic, rich, typer
from tests.scripting.surroundings import unchanged
sys.excepthook = lambda *error: print("mine", error)
with unchanged():
    from brainlearn import *
    import brainlearn.cli
assert Circuit and Simulation and Mirror
print("unchanged")
"""


@pytest.mark.slow
def test_an_import_changes_nothing_that_others_have_set():
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "unchanged\n", done.stderr


QUICK = """
import sys
import brainlearn
assert brainlearn.__version__ and brainlearn.UserError and brainlearn.Area
assert "Circuit" in dir(brainlearn)
heavy = {"brian2", "torch", "matplotlib", "xarray", "sklearn", "numba", "dask", "pandas"} & set(sys.modules)
print(sorted(heavy))
"""


def test_nothing_heavy_is_imported_before_it_is_asked_for():
    done = subprocess.run([sys.executable, "-c", QUICK], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stdout + done.stderr
