"""The table of checks: whatever reads an experiment goes through all of them.

A check compares settings with each other, with the circuit, and with the tables of rules, updates and datasets. It
names keys; the loader adds the file. It says what it reads, and is left out where that has its own mistake:
nothing is reported that only follows from another mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from brainlearn.circuit import Circuit
from brainlearn.experiment.changes import Step, split_key
from brainlearn.experiment.checks.answer_times import check_answer_times
from brainlearn.experiment.checks.answers import check_answers, check_images
from brainlearn.experiment.checks.comparisons import check_alignment, check_baselines
from brainlearn.experiment.checks.completion import COMPARED, OTHERS, check_completion, check_sleep
from brainlearn.experiment.checks.data import check_copies, check_dataset, check_sizes, check_wrong_labels
from brainlearn.experiment.checks.dropout import check_dropout, check_noise
from brainlearn.experiment.checks.environment import check_broadcasters, check_environment, check_rewarded
from brainlearn.experiment.checks.nudges import check_answer, check_feedback, check_target, check_two_phases
from brainlearn.experiment.checks.over_time import check_frame
from brainlearn.experiment.checks.own_rule import check_own_places, check_own_text, check_own_use
from brainlearn.experiment.checks.phases import check_durations, check_learning
from brainlearn.experiment.checks.populations import (
    check_answer_populations,
    check_encoding,
    check_image,
    check_label,
    check_read_out,
)
from brainlearn.experiment.checks.projections import check_named_projections
from brainlearn.experiment.checks.rule import (
    check_learning_projections,
    check_one_rule_each,
    check_parameters,
    check_rule,
)
from brainlearn.experiment.checks.sequence import check_sequence
from brainlearn.experiment.checks.training_engine import check_engine
from brainlearn.experiment.checks.unit_classes import check_unit_classes
from brainlearn.experiment.checks.updates import check_updates
from brainlearn.experiment.rule_schema import TEXT
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake

CIRCUIT = "circuit"
"""What a check reads if it looks at the circuit: the key that names it, and all that replaces parts of it."""

Place = tuple[Step, ...]


@dataclass(frozen=True)
class Check:
    """One check.

    Parameters
    ----------
    find : callable
        From settings and circuit to mistakes, with keys as places.
    reads : tuple of str
        Keys of the file that it looks at, tables or single ones.
    despite : tuple of str
        Those among them that are lists of which it looks at one element after the other: it is not left out where an
        element has a mistake, for which something right stands meanwhile.
    """

    find: Callable[[ExperimentFile, Circuit], Iterator[Mistake]]
    reads: tuple[str, ...]
    despite: tuple[str, ...] = ()

    def left_out(self, place: Place) -> bool:
        """Return whether a mistake at a place prevents the check; one of several rules counts as the only one."""
        if place[0] == "rules":
            place = ("rule", *place[2:])
        inside = (tuple(split_key(key)) for key in self.despite)
        elements = any(place[: len(steps)] == steps != place for steps in inside)
        return not elements and any(_meet(key, place) for key in self.reads)


SHOWN = ("target", "unit_classes", "completion", "environment", "negatives.kind")  # whether labels are shown
RULE = ("rule.name", *(f"rule.{key}" for key in TEXT))  # which rule it is
TERMS = ("rule.changes", "rule.top_down")
OWN = (*RULE, "rule.parameters")  # all of a rule that is in the file
CHECKS: tuple[Check, ...] = (
    Check(check_rule, (*RULE, "target", "unit_classes", "completion", "environment")),
    Check(check_parameters, OWN),
    Check(check_own_text, OWN, TERMS),
    Check(check_own_use, OWN),
    Check(check_own_places, (CIRCUIT, "weights", "rule.projections", *OWN), TERMS),
    Check(check_updates, ("rule.updates",)),
    Check(check_learning_projections, (CIRCUIT, "weights", "rule.projections")),
    Check(check_one_rule_each, ("rule.projections",)),
    Check(check_image, (CIRCUIT, "stimulus.image", "environment")),
    Check(check_label, (CIRCUIT, *SHOWN, "stimulus.label", "stimulus.embed_label")),
    Check(check_answer_populations, (CIRCUIT, "target", "completion", "readout")),
    Check(check_read_out, (CIRCUIT, "target", "rule", "readout.populations")),
    Check(check_encoding, (CIRCUIT, "stimulus", "environment")),
    Check(check_images, (CIRCUIT, *SHOWN, "sizes", "stimulus")),
    Check(check_answers, (*SHOWN, "readout", "alignment")),
    Check(check_durations, (CIRCUIT, "phases")),
    Check(check_learning, (CIRCUIT, "weights", "rule.projections", "phases")),
    Check(check_answer_times, (CIRCUIT, "phases", "target", "unit_classes")),
    Check(check_unit_classes, (CIRCUIT, "phases", "target", "unit_classes", "alignment")),
    Check(check_completion, (CIRCUIT, "phases", "stimulus", "completion", *OTHERS, *COMPARED)),
    Check(check_sleep, (*RULE, "phases", "completion")),
    Check(check_frame, (CIRCUIT, "stimulus.frame")),
    Check(check_target, (CIRCUIT, "phases", "target")),
    Check(check_answer, (CIRCUIT, "phases", "target")),
    Check(check_two_phases, (*RULE, "rule.projections", "phases", *SHOWN[:-1])),
    Check(check_feedback, (CIRCUIT, "weights", "rule", "target")),
    Check(check_dropout, (CIRCUIT, "dropout", "baselines")),
    Check(check_noise, ("environment", "stimulus")),
    Check(check_baselines, (CIRCUIT, "target", "baselines")),
    Check(check_alignment, (*RULE, "phases", "target", "unit_classes", "training.epochs", "sequence", "alignment")),
    Check(check_named_projections, (CIRCUIT, "weights", "drift", "baselines")),
    Check(check_engine, ("training.engine", "training.delivery", "training.device", "rule.name")),
    Check(check_copies, (*SHOWN, "negatives.candidates", "readout.one_pass", "training.copies")),
    Check(check_environment, (CIRCUIT, "sizes", "environment", "phases", "training.delivery")),
    Check(check_broadcasters, (CIRCUIT, "rule.broadcasts_from")),
    Check(check_rewarded, (*RULE, "environment")),
    Check(check_dataset, ("dataset", "sequence", "environment")),
    Check(check_wrong_labels, ("dataset", "sequence")),
    Check(check_sequence, ("dataset", "sequence", "unit_classes", "readout.test")),
    Check(
        check_sizes,
        (
            CIRCUIT,
            *SHOWN,
            "sizes",
            "dataset",
            "sequence",
            "stimulus",
            "negatives.candidates",
            "readout.short_list",
            "training",
            "phases",
            "baselines",
            "alignment",
        ),
    ),
)


def check_experiment(settings: ExperimentFile, circuit: Circuit, broken: Sequence[Place] = ()) -> list[Mistake]:
    """Return what every check finds, with keys as places.

    Parameters
    ----------
    settings : ExperimentFile
    circuit : Circuit
    broken : sequence of places
        Keys that have a mistake already, and hold something else meanwhile; ``("circuit",)`` if the circuit does.
    """
    sound = [check for check in CHECKS if not any(check.left_out(place) for place in broken)]
    return [mistake for check in sound for mistake in check.find(settings, circuit)]


def _meet(key: str, place: Place) -> bool:
    """Return whether one of two places lies in the other."""
    steps = tuple(split_key(key))
    shorter = min(len(steps), len(place))
    return steps[:shorter] == place[:shorter]
