"""The page of the gallery: titles and pictures of all examples → ``docs/gallery.md``.

Run from the root of the project::

    python -m examples.gallery --pictures docs/gallery --dpi 60
    python -m pages.gallery docs
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from pages.deliver import deliver

PAGE = "gallery.md"
EXAMPLES = Path(__file__).parents[1] / "examples" / "gallery"

HEAD = """# Gallery

<!-- Made by `python -m pages.gallery docs`; do not edit. -->

Each example is one file of at most 60 lines in [examples/gallery](../examples/gallery/). It needs no arguments, no data
and no network, runs within ten seconds on one core, and shows one thing. Examples named `Author_Year` are small
versions of published models.

```console
python examples/gallery/simulate.py             # one of them, in a window
python -m examples.gallery                      # all of them
python -m examples.gallery --pictures pictures  # the same, and writes their pictures
```

`tests/examples` runs all of them, and compares what each claims with values computed in another way."""

GROUPS: dict[str, tuple[str, ...]] = {
    "First steps": ("simulate", "raster", "from_brian2"),
    "Circuits": (
        "own_neuron",
        "own_synapse",
        "short_term_plasticity",
        "distributions",
        "distance_dependent_connectivity",
    ),
}


def title_and_text(name: str) -> tuple[str, str]:
    """Return the title of an example, and the first paragraph of what it says."""
    document = ast.get_docstring(ast.parse((EXAMPLES / f"{name}.py").read_text(encoding="utf-8"))) or ""
    title, _, text = document.split("\n", 2)
    return title, " ".join(text.strip().split("\n\n")[0].split()).replace("``", "`")


def page() -> str:
    """Return the page as Markdown."""
    parts = [HEAD]
    for group, names in GROUPS.items():
        parts.append(f"## {group}")
        for name in names:
            title, text = title_and_text(name)
            parts.append(f"### [{title}](../examples/gallery/{name}.py)\n\n{text}\n\n![{title}](gallery/{name}.png)")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    deliver(sys.argv[1:], page(), {PAGE: page()})
