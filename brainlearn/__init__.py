"""Cortical circuits in files, spiking in Brian2, learning there with local rules.

``load_circuit``, ``load_experiment`` and ``run`` are the whole road for a script; nothing is imported before it is
asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brainlearn.brian.loading import load_circuit
    from brainlearn.brian.shared_synapses import SharedSynapses
    from brainlearn.experiment import load_experiment
    from brainlearn.results.run_folder import RunFolder
    from brainlearn.results.store import load_result
    from brainlearn.running import run
    from brainlearn.stimuli.dataset import Dataset

__all__ = ["Dataset", "RunFolder", "SharedSynapses", "load_circuit", "load_experiment", "load_result", "run"]

_HOMES = {
    "Dataset": "brainlearn.stimuli.dataset",
    "RunFolder": "brainlearn.results.run_folder",
    "SharedSynapses": "brainlearn.brian.shared_synapses",
    "load_circuit": "brainlearn.brian.loading",
    "load_experiment": "brainlearn.experiment",
    "load_result": "brainlearn.results.store",
    "run": "brainlearn.running",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'brainlearn' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
