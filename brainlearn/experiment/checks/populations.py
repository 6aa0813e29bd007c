"""See that the populations that a file names are there, and can do what it asks of them."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake


def check_populations(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that image, label and target have populations of the right kind, and so have the readouts."""
    stimuli = [p.path for p in circuit.populations if circuit.neurons[p.neuron].kind == "stimulus"]
    areas = [p.path for p in circuit.populations if p.path not in stimuli]
    named = [("stimulus.image", settings.stimulus.image, stimuli)]
    if settings.target is not None:
        named.append(("target.population", settings.target.population, areas))
    elif settings.shows_labels and settings.stimulus.label is not None and not settings.stimulus.embed_label:
        named.append(("stimulus.label", settings.stimulus.label, stimuli))
    for key, read in (
        ("readout.populations", settings.readout.populations),
        ("readout.one_pass_populations", settings.readout.one_pass_populations),
    ):
        named += [(f"{key}[{k}]", path, areas) for k, path in enumerate(read or [])]
    for key, path, known in named:
        if path not in known:
            yield unknown(key, "population", path, known)


def check_label(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that a label which is shown reaches the circuit."""
    if settings.shows_labels and settings.stimulus.label is None and not settings.stimulus.embed_label:
        suggestion = "Name one, or set embed_label = true."
        yield Mistake("stimulus.label", "the label reaches no population", suggestion=suggestion)


def check_read_out(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that every population that is read out by its goodness learns, for else it computes none."""
    chosen = settings.rule.projections
    learning = dict.fromkeys(p.target for p in circuit.projections if chosen == "all" or p.name in chosen)
    areas = {population.path for population in circuit.populations}
    for k, path in enumerate(settings.readout.populations or []):
        known = path in areas and circuit.neurons[circuit.population(path).neuron].kind != "stimulus"
        if known and path not in learning:
            wrong = "no projection onto it learns"
            yield Mistake(f"readout.populations[{k}]", wrong, show(path), ", ".join(learning))


def check_encoding(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """See that the stimulus populations can show what the encoding makes."""
    encoding = settings.stimulus.encoding
    variable = "rate" if encoding == "poisson" else "activity"
    if settings.stimulus.centre and encoding == "poisson":
        wrong = "half of the pixels would have rates below 0"
        yield Mistake("stimulus.centre", wrong, "true with poisson", "constant_current, graded")
    for key, path in (("image", settings.stimulus.image), ("label", settings.stimulus.label)):
        if path is None or path not in [population.path for population in circuit.populations]:
            continue
        neuron = circuit.neurons[circuit.population(path).neuron]
        if neuron.kind == "stimulus" and neuron.input != variable:
            wrong = (
                f'the {key} population "{path}" cannot show it: its neurons ("{neuron.name}") are set by {neuron.input}'
            )
            allowed = "constant_current, graded" if neuron.input == "activity" else "poisson"
            yield Mistake("stimulus.encoding", wrong, show(encoding), allowed)
