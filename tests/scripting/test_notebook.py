"""Results show their picture in Jupyter, and nothing else of xarray looks different."""

from __future__ import annotations

import base64
import io
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from PIL import Image

import brainlearn
from brainlearn import Area, Circuit, Population, simulate
from brainlearn.scripting.notebook import html_of, register

HEAD = '<img src="data:image/png;base64,'


class Formatter:
    """As that of IPython, as far as it is used."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Any] = {}

    def for_type_by_name(self, module: str, name: str, function: Any) -> None:
        self.known[module, name] = function


@pytest.fixture
def simulated() -> xr.DataTree:
    unit = Population("E", "lif_delta", size=3, parameters={"resistance": 1})
    return simulate(Circuit("small", "1 ms", [Area("V1", 1, [unit])]), "30 ms", {"V1/E:current": 2.0})


def test_a_simulation_shows_its_raster_above_the_table(simulated: xr.DataTree) -> None:
    html = html_of(simulated)
    assert html.startswith(HEAD)
    picture = Image.open(io.BytesIO(base64.b64decode(html.removeprefix(HEAD).partition('"')[0])))
    assert np.asarray(picture.convert("L")).std() > 0
    assert html.endswith(simulated._repr_html_()[-200:])


def test_other_trees_and_parts_of_results_look_as_before(simulated: xr.DataTree) -> None:
    for tree in (xr.DataTree(xr.Dataset({"a": 1})), simulated["spikes"]):
        assert HEAD not in html_of(tree)


def test_both_kinds_of_results_are_registered_under_their_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    formatter = Formatter()
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters={"text/html": formatter}))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    brainlearn.simulate  # noqa: B018
    assert set(formatter.known) == {(kind.__module__, kind.__name__) for kind in (xr.DataTree, xr.Dataset)}


def test_a_shell_of_ipython_shows_results(simulated: xr.DataTree) -> None:
    interactive = pytest.importorskip("IPython.core.interactiveshell", reason="no IPython here: pip install ipython")
    shell = interactive.InteractiveShell.instance()
    register(shell)
    assert shell.display_formatter.format(simulated)[0]["text/html"].startswith(HEAD)
