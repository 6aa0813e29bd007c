"""Check that the populations that a file names are there, and can do what it asks of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.learning import with_goodness
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake


def check_image(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that there is a stimulus that shows the image."""
    if settings.environment is None:
        yield from _unless_there("stimulus.image", settings.stimulus.image, _stimuli(circuit))


def check_answer_populations(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that targets and readouts have populations that are no stimuli."""
    stimuli = _stimuli(circuit)
    areas = [p.path for p in circuit.populations if p.path not in stimuli]
    for key in ("target", "completion"):
        table = getattr(settings, key)
        if table is not None:
            yield from _unless_there(f"{key}.population", table.population, areas)
    for key, paths in (
        ("readout.populations", settings.readout.populations),
        ("readout.one_pass_populations", settings.readout.one_pass_populations),
    ):
        for k, path in enumerate(paths or []):
            yield from _unless_there(f"{key}[{k}]", path, areas)


def _stimuli(circuit: Circuit) -> list[str]:
    return [p.path for p in circuit.populations if circuit.models[p.path].kind == "stimulus"]


def _unless_there(key: str, path: str, known: Sequence[str]) -> Iterator[Mistake]:
    if path not in known:
        yield unknown(key, "population", path, known)


def check_label(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that a label that is shown reaches the circuit, by its own stimulus or within the image."""
    stimulus = settings.stimulus
    if not settings.shows_labels or stimulus.embed_label:
        return
    if stimulus.label is None:
        suggestion = "Name one, or set embed_label = true."
        yield Mistake("stimulus.label", "no population receives the label", suggestion=suggestion)
    else:
        yield from _unless_there("stimulus.label", stimulus.label, _stimuli(circuit))


def check_read_out(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that every population that is read out by its goodness learns, for else it computes none."""
    learning = dict.fromkeys(with_goodness(settings, circuit))
    areas = {population.path for population in circuit.populations}
    for k, path in enumerate(settings.readout.populations or []):
        known = path in areas and circuit.models[path].kind != "stimulus"
        if known and path not in learning:
            wrong = "no projection onto it learns" if settings.rule else "no projection onto it learns by a goodness"
            yield Mistake(f"readout.populations[{k}]", wrong, show(path), ", ".join(learning))


def check_encoding(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that the stimulus populations can show what the encoding makes."""
    if settings.environment is not None:
        return
    encoding = settings.stimulus.encoding
    variable = {"poisson": "rate", "spikes": "spikes_now"}.get(encoding, "activity")
    if settings.stimulus.centre and variable != "activity":
        wrong = "half of the pixels would have negative rates" if encoding == "poisson" else "spikes have no mean"
        yield Mistake("stimulus.centre", wrong, f"true with {encoding}", "constant_current, graded")
    if settings.stimulus.centre and encoding == "log_odds":
        wrong = "probabilities are from 0 to 1, and differences from a mean are not"
        yield Mistake("stimulus.centre", wrong, "true with log_odds", "constant_current, graded")
    for key, path in (("image", settings.stimulus.image), ("label", settings.stimulus.label)):
        if path is None or path not in [population.path for population in circuit.populations]:
            continue
        neuron = circuit.models[path]
        if neuron.kind == "stimulus" and neuron.input != variable:
            wrong = (
                f'the {key} population "{path}" cannot show it: its neurons ("{neuron.name}") are set by {neuron.input}'
            )
            fitting = {"activity": "constant_current, graded, log_odds", "spikes_now": "spikes"}
            allowed = fitting.get(neuron.input, "poisson")
            yield Mistake("stimulus.encoding", wrong, show(encoding), allowed)
