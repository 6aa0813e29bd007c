"""How results show themselves in Jupyter: their picture above the table of xarray."""

from __future__ import annotations

import base64
import io
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xarray import Dataset, DataTree

DPI = 80
SHOWN = (("xarray.core.datatree", "DataTree"), ("xarray.core.dataset", "Dataset"))


def show_results_in_notebook() -> None:
    """Register how IPython shows results, if it runs this process; nothing is imported before one is shown."""
    ipython = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if ipython is not None:
        register(ipython)


def register(ipython: Any) -> None:
    """Let a shell of IPython show results with their picture; everything else of xarray looks as before."""
    formatter = ipython.display_formatter.formatters["text/html"]
    for module, name in SHOWN:
        formatter.for_type_by_name(module, name, html_of)


def html_of(result: DataTree | Dataset) -> str:
    """Return the table of xarray, and above it the picture of a whole result of brainlearn."""
    table = str(result._repr_html_())
    if result.attrs.get("creation_library") != "brainlearn":
        return table
    return f'<img src="data:image/png;base64,{_picture(result)}" style="max-width: 100%"/>{table}'


def _picture(result: DataTree | Dataset) -> str:
    from brainlearn.scripting.pictures import plot

    content = io.BytesIO()
    plot(result).savefig(content, format="png", dpi=DPI)
    return base64.b64encode(content.getvalue()).decode()
