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
    "brainlearn.energy": "Energies and costs of codes of circuits that sample, exact over all states.",
    "brainlearn.rules": "Learning rules as text; [rules](../docs/rules.md) explains them.",
    "brainlearn.stimuli": "Datasets, encodings, labels and negatives; [stimuli](../docs/stimuli.md) explains them.",
}


@cache
def names_by_module() -> dict[str, dict[str, str]]:
    """Return the public functions and classes of each module, in alphabetical order, with their full names.

    One that several modules have is documented once, in the last of them: pages of the source find only those.
    """
    modules = [importlib.import_module(name) for name in MODULES]
    public = [(module, name, getattr(module, name)) for module in modules for name in module.__all__]
    public = [each for each in public if _is_documented(each[2])]
    home = {id(value): f"{module.__name__}.{name}" for module, name, value in public}
    found: dict[str, dict[str, str]] = {name: {} for name in MODULES}
    for module, name, value in sorted(public, key=lambda each: (each[1].lower(), each[1])):
        found[module.__name__][name] = home[id(value)]
    return found


def homes() -> dict[str, str]:
    """Return the full name under which a public name is documented; of two, the one in the module that comes first."""
    return {name: home for names in reversed(names_by_module().values()) for name, home in names.items()}


def api_pages() -> dict[str, str]:
    """Return the text of each page by its path in the source folder."""
    pages = {f"api/{module}.md": _page(module, names) for module, names in names_by_module().items()}
    rows = "\n".join(f"- [`{module}`]({module}.md): {text}" for module, text in MODULES.items())
    index = f"# Python API\n\n{rows}\n\n```{{toctree}}\n:hidden:\n\n" + "\n".join(MODULES) + "\n```\n"
    return {**pages, "api/index.md": index}


def _is_documented(value: object) -> bool:
    return callable(value) and bool(inspect.getdoc(value))


def _page(module: str, names: dict[str, str]) -> str:
    rows = "\n".join(f"   ~{home}" for home in names.values())
    listed = f".. autosummary::\n   :toctree: names\n   :nosignatures:\n\n{rows}"
    return f"# {module}\n\n{MODULES[module]}\n\n```{{eval-rst}}\n{listed}\n```\n"
