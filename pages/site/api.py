"""The pages of the public modules: one page a module, which lists its names, and one page a name, by autosummary."""

from __future__ import annotations

import importlib
import inspect
from functools import cache

# What docs/python.md calls public.
MODULES = {
    "brainlearn": "What scripts and notebooks import. [From Python](../docs/python.md) shows how to use it.",
    "brainlearn.lab": "The parts of a run, figures and intervals, for experiments that need more than a file.",
    "brainlearn.circuit": "Circuits as they are read, and the weights and values drawn for them.",
    "brainlearn.rules": "Learning rules as text; [rules](../docs/rules.md) explains them.",
    "brainlearn.stimuli": "Datasets, encodings, labels and negatives; [stimuli](../docs/stimuli.md) explains them.",
}


@cache
def names_by_module() -> dict[str, list[str]]:
    """Return the public functions and classes of each module, in alphabetical order, each in the first that has it."""
    seen: set[int] = set()
    found: dict[str, list[str]] = {}
    for module in map(importlib.import_module, MODULES):
        each = {name: getattr(module, name) for name in module.__all__}
        new = [name for name, value in each.items() if _is_documented(value) and id(value) not in seen]
        seen |= {id(each[name]) for name in new}
        found[module.__name__] = sorted(new, key=lambda name: (name.lower(), name))
    return found


def homes() -> dict[str, str]:
    """Return the full name under which a public name is documented; of two, the one in the module that comes first."""
    places = [(name, module) for module, names in names_by_module().items() for name in names]
    return {name: f"{module}.{name}" for name, module in reversed(places)}


def api_pages() -> dict[str, str]:
    """Return the text of each page by its path in the source folder."""
    pages = {f"api/{module}.md": _page(module, names) for module, names in names_by_module().items()}
    rows = "\n".join(f"- [`{module}`]({module}.md): {text}" for module, text in MODULES.items())
    index = f"# Python API\n\n{rows}\n\n```{{toctree}}\n:hidden:\n\n" + "\n".join(MODULES) + "\n```\n"
    return {**pages, "api/index.md": index}


def _is_documented(value: object) -> bool:
    return callable(value) and bool(inspect.getdoc(value))


def _page(module: str, names: list[str]) -> str:
    rows = "\n".join(f"   {name}" for name in names)
    listed = f".. currentmodule:: {module}\n\n.. autosummary::\n   :toctree: names\n   :nosignatures:\n\n{rows}"
    return f"# {module}\n\n{MODULES[module]}\n\n```{{eval-rst}}\n{listed}\n```\n"
