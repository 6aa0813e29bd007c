"""The page of the gallery: titles and pictures of all examples → ``docs/gallery.md``.

Run from the root of the project::

    python -m examples.gallery --pictures docs/gallery --dpi 80
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

<!-- recorded: it opens windows, or runs all examples; the site shows each with its pictures -->
```console
python examples/gallery/simulate.py             # one of them, in a window
python -m examples.gallery                      # all of them
python -m examples.gallery --pictures pictures  # the same, and writes their pictures
```

`make notebooks` writes them as notebooks for Jupyter into `notebooks/`. `tests/examples` runs all of them, and compares
what each claims with values computed in another way."""

GROUPS: dict[str, tuple[str, ...]] = {
    "First steps": ("simulate", "raster", "from_brian2", "verify_against_brian2"),
    "Circuits": (
        "own_neuron",
        "own_synapse",
        "apical_dendrites",
        "short_term_plasticity",
        "distributions",
        "distance_dependent_connectivity",
        "convolution",
        "what_top_down_buys",
    ),
    "Learning": (
        "forward_forward",
        "temporal_difference",
        "own_rule",
        "own_data",
        "learned_delays",
        "reward_modulated_stdp",
        "closed_loop",
    ),
    "Comparing": ("compare_with_backpropagation", "angle_to_the_gradient", "cost_counts"),
    "Experiments": ("analyse_with_xarray", "sweep", "search", "resume"),
    "Other programs": ("to_nir_and_back", "spikes_to_neo", "sonata_export"),
    "From papers": (
        "Brunel_2000",
        "Tsodyks_2000",
        "Izhikevich_2003",
        "Potjans_Diesmann_2014",
        "Bi_Poo_1998",
        "Graupner_2012",
        "Wunderlich_Pehle_2021",
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
