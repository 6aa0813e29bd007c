"""Spiking models of cortex, in files or in Python, that learn by local rules in Brian2.

What scripts and notebooks need is importable from here; docs/python.md says what each name is for. Nothing is imported
before it is asked for.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brainlearn.brian.presenter import Phase, Round
    from brainlearn.brian.recorder import Recorder
    from brainlearn.brian.shared_synapses import SharedSynapses
    from brainlearn.brian.simulation import Plasticity, Simulation
    from brainlearn.circuit.declared import Area, Neuron, Population, Projection, ProjectionTable, Synapse
    from brainlearn.mirror import Mirror
    from brainlearn.mirror.event_prop import EventMirror
    from brainlearn.mistakes import Mistake, UserError
    from brainlearn.plots.circuit_drawing import save_drawing
    from brainlearn.plots.save import save_figure
    from brainlearn.results.run_folder import RunFolder
    from brainlearn.results.store import load_result, save_result
    from brainlearn.rules import Rule
    from brainlearn.running import run
    from brainlearn.running.whole_run import resume
    from brainlearn.scripting.circuit import Circuit, load_circuit
    from brainlearn.scripting.exchange import export_sonata, from_nir, to_neo, to_nir
    from brainlearn.scripting.experiment import Experiment, load_experiment
    from brainlearn.scripting.pictures import plot
    from brainlearn.simulating import Sampled, SpikeTrains, simulate
    from brainlearn.stimuli import Dataset, load_dataset
    from brainlearn.sweep.scripted import run_sweep
    from brainlearn.sweep.several import run_sweeps
    from brainlearn.sweep.store import load_sweep_result
    from brainlearn.tasks.task import Task
    from brainlearn.verification.outcome import Verification
    from brainlearn.verification.verify import verify
    from brainlearn.zoo import Trained, load_trained

    __version__: str

_HOMES = {
    "Area": "circuit.declared",
    "Circuit": "scripting.circuit",
    "Dataset": "stimuli",
    "EventMirror": "mirror.event_prop",
    "Experiment": "scripting.experiment",
    "Mirror": "mirror",
    "Mistake": "mistakes",
    "Neuron": "circuit.declared",
    "Phase": "brian.presenter",
    "Plasticity": "brian.simulation",
    "Population": "circuit.declared",
    "Projection": "circuit.declared",
    "ProjectionTable": "circuit.declared",
    "Recorder": "brian.recorder",
    "Round": "brian.presenter",
    "Rule": "rules",
    "RunFolder": "results.run_folder",
    "Sampled": "simulating",
    "SharedSynapses": "brian.shared_synapses",
    "Simulation": "brian.simulation",
    "SpikeTrains": "simulating",
    "Synapse": "circuit.declared",
    "Task": "tasks.task",
    "Trained": "zoo",
    "UserError": "mistakes",
    "Verification": "verification.outcome",
    "export_sonata": "scripting.exchange",
    "from_nir": "scripting.exchange",
    "load_circuit": "scripting.circuit",
    "load_dataset": "stimuli",
    "load_experiment": "scripting.experiment",
    "load_result": "results.store",
    "load_sweep_result": "sweep.store",
    "load_trained": "zoo",
    "plot": "scripting.pictures",
    "resume": "running.whole_run",
    "run": "running",
    "run_sweep": "sweep.scripted",
    "run_sweeps": "sweep.several",
    "save_drawing": "plots.circuit_drawing",
    "save_figure": "plots.save",
    "save_result": "results.store",
    "simulate": "simulating",
    "to_neo": "scripting.exchange",
    "to_nir": "scripting.exchange",
    "verify": "verification.verify",
}

__all__ = [
    "Area",
    "Circuit",
    "Dataset",
    "EventMirror",
    "Experiment",
    "Mirror",
    "Mistake",
    "Neuron",
    "Phase",
    "Plasticity",
    "Population",
    "Projection",
    "ProjectionTable",
    "Recorder",
    "Round",
    "Rule",
    "RunFolder",
    "Sampled",
    "SharedSynapses",
    "Simulation",
    "SpikeTrains",
    "Synapse",
    "Task",
    "Trained",
    "UserError",
    "Verification",
    "__version__",
    "export_sonata",
    "from_nir",
    "load_circuit",
    "load_dataset",
    "load_experiment",
    "load_result",
    "load_sweep_result",
    "load_trained",
    "plot",
    "resume",
    "run",
    "run_sweep",
    "run_sweeps",
    "save_drawing",
    "save_figure",
    "save_result",
    "simulate",
    "to_neo",
    "to_nir",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("brainlearn")
    if name not in _HOMES:
        raise AttributeError(f"module 'brainlearn' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    if "IPython" in sys.modules:
        import_module("brainlearn.scripting.notebook").show_results_in_notebook()
    return getattr(import_module(f"brainlearn.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
