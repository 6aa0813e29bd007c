"""Compare an experiment with its circuit and with the tables of rules, constraints and datasets."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Tied
from brainlearn.circuit.validation import show
from brainlearn.experiment.answer_checks import check_answers, check_images
from brainlearn.experiment.answer_time_checks import check_answer_times
from brainlearn.experiment.comparison_checks import check_alignment, check_baselines
from brainlearn.experiment.named_projections import check_named_projections
from brainlearn.experiment.nudge_checks import check_nudges
from brainlearn.experiment.schema import ConstraintTable, ExperimentFile
from brainlearn.mistakes import Mistake, closest
from brainlearn.rules import RULES
from brainlearn.rules.constraints import CONSTRAINTS, build_constraint
from brainlearn.stimuli import DATASETS


def check_experiment(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    """Compare the experiment with its circuit and with the tables of rules, constraints and datasets."""
    return [
        *_check_names(settings, where),
        *_check_readout(settings, circuit, where),
        *_check_populations(settings, circuit, where),
        *_check_encoding(settings, circuit, where),
        *check_images(settings, circuit, where),
        *check_answers(settings, where),
        *_check_phases(settings, circuit, where),
        *check_answer_times(settings, circuit, where),
        *check_nudges(settings, circuit, where),
        *_check_constraints(settings, where),
        *_check_parameters(settings, where),
        *check_baselines(settings, circuit, where),
        *check_alignment(settings, where),
        *check_named_projections(settings, circuit, where),
    ]


def _unknown(where: str, kind: str, name: str, known: Sequence[str]) -> Mistake:
    return Mistake(where, f"no {kind} {show(name)}", show(name), ", ".join(known), closest(name, known))


def _check_names(settings: ExperimentFile, where: str) -> list[Mistake]:
    mistakes = []
    if settings.rule.name not in RULES:
        mistakes.append(_unknown(f"{where}: rule.name", "rule", settings.rule.name, list(RULES)))
    elif settings.target is None and "goodness" not in RULES[settings.rule.name].broadcasts:
        readable = [name for name, rule in RULES.items() if "goodness" in rule.broadcasts]
        wrong = f'"{settings.rule.name}" computes no goodness, from which the answer is read'
        mistakes.append(Mistake(f"{where}: rule.name", wrong, show(settings.rule.name), ", ".join(readable)))
    if settings.dataset.name not in DATASETS:
        mistakes.append(_unknown(f"{where}: dataset.name", "dataset", settings.dataset.name, list(DATASETS)))
    return mistakes


def _check_populations(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    paths = [population.path for population in circuit.populations]
    stimuli = [p.path for p in circuit.populations if circuit.neurons[p.neuron].kind == "stimulus"]
    areas = [path for path in paths if path not in stimuli]
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
    mistakes = [
        _unknown(f"{where}: {key}", "population", path, known) for key, path, known in named if path not in known
    ]
    names = [projection.name for projection in circuit.projections]
    chosen = settings.rule.projections
    mistakes += [] if chosen == "all" else _check_chosen(chosen, circuit, where)
    if chosen == [] or not names:
        mistakes.append(
            Mistake(f"{where}: rule.projections", "no projection learns", "none", "all, or a list of names")
        )
    if settings.shows_labels and settings.stimulus.label is None and not settings.stimulus.embed_label:
        wrong = "the label reaches no population"
        mistakes.append(Mistake(f"{where}: stimulus.label", wrong, suggestion="Name one, or set embed_label = true."))
    return mistakes


def _check_chosen(chosen: Sequence[str], circuit: Circuit, where: str) -> Iterator[Mistake]:
    """See that the projections that are to learn are there, and have weights of their own."""
    projections = {projection.name: projection for projection in circuit.projections}
    tied = {name: p.weights for name, p in projections.items() if isinstance(p.weights, Tied)}
    free = [name for name in projections if name not in tied]
    for k, name in enumerate(chosen):
        place = f"{where}: rule.projections[{k}]"
        if name not in projections:
            yield _unknown(place, "projection", name, list(projections))
        elif name in tied:
            wrong = f'its weights are tied to "{tied[name].to}", and follow them'
            suggestion = f'Leave it out, or draw its weights: [weights."{name}"] distribution = "normal".'
            yield Mistake(place, wrong, show(name), ", ".join(free), suggestion)


def _check_readout(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    """See that every population that is read out by its goodness learns, for else it computes none."""
    chosen = settings.rule.projections
    learning = dict.fromkeys(p.target for p in circuit.projections if chosen == "all" or p.name in chosen)
    areas = {population.path for population in circuit.populations}
    return [
        Mistake(f"{where}: readout.populations[{k}]", "no projection onto it learns", show(path), ", ".join(learning))
        for k, path in enumerate(settings.readout.populations or [])
        if path in areas
        and path not in learning
        and circuit.neurons[circuit.population(path).neuron].kind != "stimulus"
    ]


def _check_encoding(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    """See that the stimulus populations can show what the encoding makes."""
    encoding = settings.stimulus.encoding
    variable = "rate" if encoding == "poisson" else "activity"
    mistakes = []
    if settings.stimulus.centre and encoding == "poisson":
        wrong = "half of the pixels would have rates below 0"
        mistakes.append(Mistake(f"{where}: stimulus.centre", wrong, "true with poisson", "constant_current, graded"))
    for key, path in (("image", settings.stimulus.image), ("label", settings.stimulus.label)):
        if path is None or path not in [population.path for population in circuit.populations]:
            continue
        neuron = circuit.neurons[circuit.population(path).neuron]
        if neuron.kind == "stimulus" and neuron.input != variable:
            wrong = (
                f'the {key} population "{path}" cannot show it: its neurons ("{neuron.name}") are set by {neuron.input}'
            )
            allowed = "constant_current, graded" if neuron.input == "activity" else "poisson"
            mistakes.append(Mistake(f"{where}: stimulus.encoding", wrong, show(encoding), allowed))
    return mistakes


def _check_phases(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    mistakes = []
    for k, phase in enumerate(settings.phases):
        steps = phase.duration.value / circuit.dt.value
        if steps < 1 or abs(steps - round(steps)) > 1e-6:
            allowed = f"a multiple of dt = {circuit.dt.text}"
            mistakes.append(
                Mistake(
                    f"{where}: phases[{k}].duration",
                    "does not fit the time step",
                    phase.duration.text,
                    allowed,
                )
            )
    if not any(phase.learn for phase in settings.phases):
        mistakes.append(
            Mistake(f"{where}: phases", "the rule applies in no phase", suggestion="Set learn = true in one.")
        )
    return [*mistakes, *_check_learning(settings, circuit, where)]


def _check_learning(settings: ExperimentFile, circuit: Circuit, where: str) -> list[Mistake]:
    """See that projections that a phase names are among those that learn."""
    chosen = settings.rule.projections
    free = [p.name for p in circuit.projections if not isinstance(p.weights, Tied)]
    learning = [name for name in free if chosen == "all" or name in chosen]
    return [
        _unknown(f"{where}: phases[{k}].learn[{n}]", "projection that learns", name, learning)
        for k, phase in enumerate(settings.phases)
        if not isinstance(phase.learn, bool)
        for n, name in enumerate(phase.learn)
        if name not in learning
    ]


def _check_constraints(settings: ExperimentFile, where: str) -> list[Mistake]:
    mistakes = []
    for k, constraint in enumerate(settings.rule.constraints):
        key = f"{where}: rule.constraints[{k}]"
        if constraint.name not in CONSTRAINTS:
            mistakes.append(_unknown(f"{key}.name", "constraint", constraint.name, list(CONSTRAINTS)))
            continue
        mistakes += _check_settings(constraint, key) or _try_constraint(constraint, key)
    return mistakes


def _check_settings(constraint: ConstraintTable, key: str) -> list[Mistake]:
    """Compare the settings of one constraint with what it takes."""
    allowed = inspect.signature(CONSTRAINTS[constraint.name]).parameters
    mistakes = []
    for name, value in (constraint.model_extra or {}).items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if name not in allowed:
            mistakes.append(_unknown(f"{key}.{name}", "setting", name, list(allowed)))
        elif allowed[name].annotation == "float" and not number:
            mistakes.append(Mistake(f"{key}.{name}", "not a number", show(value), "a number"))
    given = constraint.model_extra or {}
    needed = [name for name, setting in allowed.items() if setting.default is inspect.Parameter.empty]
    return mistakes + [
        Mistake(f"{key}.{name}", "the setting is missing", "nothing") for name in needed if name not in given
    ]


def _try_constraint(constraint: ConstraintTable, key: str) -> list[Mistake]:
    """Build the constraint once, so that it can refuse its settings."""
    try:
        build_constraint(constraint.name, constraint.model_extra or {})
    except ValueError as error:
        takes = ", ".join(inspect.signature(CONSTRAINTS[constraint.name]).parameters) or "no settings"
        return [Mistake(key, f'"{constraint.name}" does not take these settings: {error}', allowed=takes)]
    return []


def _check_parameters(settings: ExperimentFile, where: str) -> list[Mistake]:
    if settings.rule.name not in RULES:
        return []
    rule = RULES[settings.rule.name]
    mistakes = []
    for name, value in settings.rule.parameters.items():
        key = f"{where}: rule.parameters.{name}"
        if name not in rule.parameters:
            mistakes.append(_unknown(key, f"parameter of {rule.name}", name, list(rule.parameters)))
        elif value.dimension != rule.parameters[name].dimension:
            mistakes.append(Mistake(key, "wrong unit", value.text, f"as in {rule.parameters[name].text}"))
    return mistakes
