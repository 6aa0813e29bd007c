"""See that the mirrors that an experiment asks for can be made here, before anything has been trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brainlearn.circuit import Circuit
from brainlearn.experiment.baseline_circuit import baseline_circuit
from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons import NEURONS, NeuronModel
from brainlearn.synapses import SYNAPSES, SynapseModel

CPU = "cpu"


def check_mirrors(experiment: Experiment, baselines: Sequence[str], angles: bool) -> None:
    """Raise a UserError if the mirror of a baseline, or that of angles to the gradient, cannot be made here.

    PyTorch is read only where it takes a look: built-in models have a mirror, and the processor is always there.

    Parameters
    ----------
    experiment : Experiment
    baselines : sequence of str
        Names of those that will run.
    angles : bool
        Whether the run measures its ``[alignment]``, if the file has one.
    """
    mistakes = [mistake for name in baselines for mistake in _check_device(experiment, name)]
    if not mistakes and not _known_to_render(experiment.circuit):
        mistakes = _check_rendering(experiment, baselines, angles and experiment.settings.alignment is not None)
    if mistakes:
        raise UserError(*mistakes)


def _check_device(experiment: Experiment, name: str) -> list[Mistake]:
    device = experiment.settings.baselines.chosen()[name].device
    if device == CPU:
        return []
    from brainlearn.mirror.choice import choose_device

    try:
        choose_device(device)
    except UserError as error:
        return [replace(each, where=f"{experiment.path}: baselines.{name}.device") for each in error.mistakes]
    return []


def _check_rendering(experiment: Experiment, baselines: Sequence[str], angles: bool) -> list[Mistake]:
    from brainlearn.mirror import Mirror

    asked = [(f"[baselines.{name}]", baseline_circuit(experiment, name)) for name in baselines]
    asked += [("[alignment]", experiment.circuit)] if angles else []
    mistakes: list[Mistake] = []
    for table, circuit in asked:
        try:
            Mirror(circuit, experiment.settings.seed)
        except UserError as error:
            hint = f"Or leave {table} out of the experiment: it needs the mirror."
            mistakes += [replace(each, suggestion=f"{each.suggestion} {hint}".strip()) for each in error.mistakes]
    return mistakes


def _known_to_render(circuit: Circuit) -> bool:
    """Tell whether a circuit consists of built-in models without random numbers, whatever their parameters."""
    neurons = [circuit.neurons[p.neuron] for p in circuit.populations]
    synapses = [circuit.synapses[p.synapse] for p in circuit.projections]
    return all(map(_built_in_neuron, neurons)) and all(map(_built_in_synapse, synapses))


def _built_in_neuron(model: NeuronModel) -> bool:
    return "rand" not in model.threshold and any(_text(model) == _text(each) for each in NEURONS.values())


def _built_in_synapse(model: SynapseModel) -> bool:
    return any((model.on_pre, model.transmit) == (each.on_pre, each.transmit) for each in SYNAPSES.values())


def _text(model: NeuronModel) -> tuple[str, ...]:
    return model.equations, model.threshold, model.reset, model.refractory, model.method
