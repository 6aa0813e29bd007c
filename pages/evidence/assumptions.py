"""The small print: what every experiment assumes, computed from its files and those of its circuit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from brainlearn.brian.loading import load_circuit
from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Tied
from brainlearn.experiment.learning import learning_projections
from brainlearn.experiment.loading import Experiment, load_experiment
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.report.markdown_table import markdown_table
from pages.evidence.experiments import Recorded
from pages.evidence.swept import sweep_files, trained_by
from pages.evidence.toml_file import read_toml

HEAD = (
    "experiment",
    "units",
    "weights",
    "Dale's law",
    "update",
    "mean over",
    "negatives",
    "clamped",
    "epochs",
    "engine",
)
BY_SCRIPT, MIRROR = "by its script", "mirror (PyTorch)"
HARD = "hard: drawn by a softmax outside the circuit's rule, trained with labels"
PAGE = """\
# What the experiments assume

Written by `make evidence` from the files of each experiment and its circuit, as they are loaded: nothing here is
entered by hand. *Weights* counts projections. Those that are *tied* copy the weights of another projection,
transposed, after every change: no synapse could. *Dale's law* is kept if all synapses of a unit have one sign.
*Adam* gives every synapse a step of its own, from running means of its past changes; a *plain step* does not. The
*mean over* copies of the circuit is taken of all changes before weights move. *Clamped* is what is set from outside
while the circuit learns. A sweep has a row for what all its points share. Where a script decides, the experiment's
README says what it does.
"""
NEGATIVES = {"hard": HARD, "random": "random wrong labels", "hybrid": "hybrids of two images"}
BY_GOODNESS = "hard: of {} random wrong labels, that of the greatest goodness in the circuit itself"


@dataclass(frozen=True)
class Assumptions:
    """What an experiment file, or a circuit file that a script builds on, assumes: a cell for each column of `HEAD`."""

    experiment: str
    units: str
    weights: str
    dale: str
    update: str = BY_SCRIPT
    mean_over: str = BY_SCRIPT
    negatives: str = BY_SCRIPT
    clamped: str = BY_SCRIPT
    epochs: str = BY_SCRIPT
    engine: str = BY_SCRIPT

    @property
    def cells(self) -> tuple[str, ...]:
        """One for each column."""
        return tuple(vars(self).values())


def assumptions_page(experiments: Sequence[Recorded]) -> str:
    """Return the text of docs/evidence/assumptions.md: a row for each experiment file and each script's circuit."""
    rows = [each.cells for experiment in experiments for each in assumptions_of(experiment.folder)]
    return "\n".join([PAGE, *markdown_table(HEAD, rows), ""])


def assumptions_of(folder: Path) -> Iterator[Assumptions]:
    """Yield what the files of an experiment's folder assume; of a script without such files, that it decides."""
    files = {path: read_toml(path) for path in sorted(folder.glob("*.toml"))}
    described = {
        path: tables for path, tables in files.items() if "areas" in tables or {"phases", "circuit"} <= tables.keys()
    }
    for path, tables in described.items():
        name = folder.name if path.name == "experiment.toml" else f"{folder.name}: {path.stem}"
        yield of_circuit(name, load_circuit(path)) if "areas" in tables else of_experiment(name, load_experiment(path))
    sweeps = sweep_files(folder)
    for path in sweeps:
        yield of_sweep(f"{folder.name}: {path.stem}", path)
    if not described and not sweeps:
        yield Assumptions(folder.name, BY_SCRIPT, BY_SCRIPT, BY_SCRIPT)


def of_sweep(name: str, path: Path) -> Assumptions:
    """Return what all points of a sweep share: its experiment with the values of `set`, by its rule or a baseline."""
    experiment, baseline = trained_by(path)
    found = of_experiment(name, experiment)
    if baseline is None:
        return found
    return replace(
        found,
        update="Adam, decay" if baseline.decay else "Adam",
        mean_over=f"{baseline.copies} copies",
        negatives="none",
        clamped=experiment.settings.stimulus.image,
        epochs=str(sum(experiment.settings.epochs_of_tasks(baseline))),
        engine=MIRROR,
    )


def of_circuit(name: str, circuit: Circuit) -> Assumptions:
    """Return what a circuit alone says."""
    return Assumptions(name, _units(circuit), _weights(circuit, None), _dale(circuit, ()))


def of_experiment(name: str, experiment: Experiment) -> Assumptions:
    """Return what an experiment says."""
    settings, circuit = experiment.settings, experiment.circuit
    updates = [step.name for table in settings.rule_tables.values() for step in table.updates]
    learning = {projection.name for projection in learning_projections(settings, circuit)}
    return Assumptions(
        name,
        _units(circuit),
        _weights(circuit, learning),
        _dale(circuit, updates),
        _update(updates),
        f"{settings.training.copies} copies",
        _negatives(settings),
        _clamped(settings),
        str(sum(settings.epochs_of_tasks())),
        {"brian": "Brian2", "mirror": MIRROR}[settings.training.engine],
    )


def _units(circuit: Circuit) -> str:
    """Say how the units that are no stimuli send: by spikes, or all the time."""
    kinds = Counter(circuit.neurons[population.neuron].kind for population in circuit.populations)
    return " and ".join(kind for kind in ("spiking", "graded") if kinds[kind]) or "stimuli only"


def _weights(circuit: Circuit, learning: set[str] | None) -> str:
    """Count the projections of each pathway whose weights learn, are tied to others, or stay as they were drawn."""
    found: Counter[tuple[str, str]] = Counter()
    for projection in circuit.projections:
        if isinstance(projection.weights, Tied):
            how = "tied"
        elif learning is None:
            how = "drawn"
        else:
            how = "learned" if projection.name in learning else "fixed as drawn"
        found[how, projection.pathway.replace("_", "-")] += 1
    return "; ".join(f"{count} {pathway} {how}" for (how, pathway), count in found.items()) or "none"


def _dale(circuit: Circuit, updates: list[str] | tuple[()]) -> str:
    """Say whether the synapses of a unit keep one sign."""
    signs = {projection.sign for projection in circuit.projections}
    if "mixed" not in signs or "dale_sign" in updates:
        return "kept"
    return "not kept" if signs == {"mixed"} else "kept by some"


def _update(updates: list[str]) -> str:
    """Name what becomes of a proposed change; a step for each synapse that Adam adapts is said first."""
    names = {"adam": "Adam", "step": "plain step"}
    return ", ".join(names.get(name, name.replace("_", " ")) for name in dict.fromkeys(updates)) or "as proposed"


def _negatives(settings: ExperimentFile) -> str:
    """Say where negatives come from; with targets, or classes that units get, there are none."""
    if settings.environment is not None or settings.target is not None or settings.unit_classes is not None:
        return "none"
    if settings.completion is not None:
        return "what the circuit does asleep"
    if settings.negatives.kind == "by_goodness":
        return BY_GOODNESS.format(settings.negatives.candidates)
    return NEGATIVES[settings.negatives.kind]


def _clamped(settings: ExperimentFile) -> str:
    """Say what is set from outside while the circuit learns."""
    if settings.environment is not None:
        return "what the environment shows, and its reward"
    found = [settings.stimulus.image]
    if settings.target is None and settings.unit_classes is None and settings.negatives.kind != "hybrid":
        found.append(
            "the image's first pixels (label)" if settings.stimulus.embed_label else str(settings.stimulus.label)
        )
    if settings.target is not None:
        nudges = sorted({phase.nudge for phase in settings.phases if phase.nudge})
        found.append(f"{settings.target.population} nudged by {', '.join(f'{nudge:g}' for nudge in nudges)}")
    return ", ".join(found)
