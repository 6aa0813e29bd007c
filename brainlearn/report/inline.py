"""A figure as SVG within a page: its colours follow the page, its text is text."""

from __future__ import annotations

import io
import re
from html import escape

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from brainlearn.plots.save import METADATA

# Colours of brainlearn.plots, and what becomes of them on a dark page; all of them differ in marker or dash too.
DARK = {
    "#000000": "#f2f2f2",
    "#262626": "#e6e6e6",
    "#595959": "#b0b0b0",
    "#666666": "#a8a8a8",
    "#737373": "#a0a0a0",
    "#808080": "#8c8c8c",
    "#999999": "#808080",
    "#d9d9d9": "#4a4f57",
    "#e5e5e5": "#33373e",
    "#e6e6e6": "#33373e",
    "#ffffff": "#17191d",
    "#d55e00": "#ff8c42",
    "#0072b2": "#56b4f5",
    "#009e73": "#2fd0a0",
    "#cc79a7": "#e29cc2",
    "#e69f00": "#f5b82e",
    "#56b4e9": "#8fd0f5",
    "#f4f1ea": "#22252b",
    "#b9b2a3": "#565c66",
    "#1b4f72": "#79b8e8",
    "#a04000": "#f0965a",
    "#3d3d3d": "#c8c8c8",
}
RASTER_DPI = 144  # of what is no line: spikes, weights
COLOUR = re.compile(r"(?<![\w&#])#[0-9a-f]{6}\b")


def svg(figure: Figure, name: str, alt: str) -> Markup:
    """Return a figure as an SVG element.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Unique on the page; it goes before every identifier.
    alt : str
        For readers who do not see it.
    """
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(file, format="svg", dpi=RASTER_DPI, transparent=True, metadata=METADATA[".svg"])
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"\n\s*", "\n", text)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\g<1>{name}-", text)
    text = re.sub(r"(font:[^;\"]*?)('[^;\"]*?)(?=[;\"])", r"\1var(--font)", text)
    text = COLOUR.sub(_themed, text)
    width = float(re.search(r'width="([\d.]+)pt"', text)[1])  # type: ignore[index]
    head = f'<svg role="img" aria-label="{escape(alt)}" style="--width: {width:.0f}px"'
    text = re.sub(r"<svg", head, text, count=1)
    text = re.sub(r'\s(?:width|height)="[\d.]+pt"', "", text, count=2)
    return Markup(text.strip())


def _themed(colour: re.Match[str]) -> str:
    found = colour[0]
    return f"var(--c-{found[1:]}, {found})" if found in DARK else found


def dark_colours() -> Markup:
    """Return the declarations that a dark page makes."""
    return Markup(" ".join(f"--c-{light[1:]}: {dark};" for light, dark in DARK.items()))
