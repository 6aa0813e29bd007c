"""Recorded answers computed again in plain NumPy, from trained weights, without a line of the simulator.

Equations, order of events and readouts are written out here for fully connected spiking circuits: of Forward-Forward
(two areas of `lif_delta`, the label beside the image), of temporal differences (`lif_apical`, and an output of
`lif_taught`), and of e-prop; and for two graded areas below an output, of predictive coding and of target propagation.
Only loaders of files and data come from the package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.read_summary import read_summary
from brainlearn.results.run_folder import RESULT, SUMMARY, TRAINED
from brainlearn.results.store import load_result
from brainlearn.running.preparation import load_data
from brainlearn.scripting.experiment import load_experiment
from brainlearn.zoo.card import read_card
from brainlearn.zoo.shipped import home_of, names

Weights = Mapping[str, np.ndarray]
RMS, STRENGTH = 0.3, 3.0  # of image and label together; of a label before that
GRADED = ("retina/image->V1/E", "V1/E->V2/E", "V2/E->IT/class")
LISTED = 5  # labels that the short list tries
TIE = 1e-6  # scores of the simulator are in single precision


@dataclass(frozen=True)
class Recomputed:
    """Answers of a trained circuit, computed again.

    Parameters
    ----------
    what : str
        Name of the zoo, or run folder.
    wrong : mapping of str to float
        Test error of every readout [percent].
    recorded : mapping of str to float
        The same as recorded.
    items, other : int
        Test items, and how many were recorded with an answer that has not the greatest score, nor shares it to within
        `TIE`; -1: single answers are not recorded.
    """

    what: str
    wrong: Mapping[str, float]
    recorded: Mapping[str, float]
    items: int
    other: int

    @property
    def agrees(self) -> bool:
        """Whether every recorded answer is the same; where there are none, every error."""
        if self.other >= 0:
            return self.other == 0
        return all(abs(self.wrong[key] - self.recorded[key]) < 1e-9 for key in self.recorded)


def forward_forward(weights: Weights, images: np.ndarray, steps: int) -> dict[str, np.ndarray]:
    """Return the scores of each readout, (item, class), of a circuit of two areas that learned by Forward-Forward.

    Parameters
    ----------
    weights : mapping of str to array
        By projection, (pre, post), and ``softmax`` (unit + 1, class), if there is one.
    images : (item, pixel) array
    steps : int
        Of a presentation.
    """
    classes = len(weights["retina/label->V1/E"])
    labels = STRENGTH * np.eye(classes)
    goodness = np.stack(
        [np.sum(_two_areas(weights, images, label, steps)[0], axis=0) for label in labels], axis=1
    )  # (item, label)
    scores = {"every_label": goodness}
    if "softmax" in weights:
        passed_on = _two_areas(weights, images, labels.mean(axis=0), steps)[1]
        logits = np.concatenate([passed_on, np.ones((len(images), 1))], axis=1) @ weights["softmax"]
        scores["one_pass"] = logits
        least = np.sort(logits, axis=1)[:, [-LISTED]]
        scores["short_list"] = np.where(logits >= least, goodness, -np.inf)
    return scores


def _two_areas(
    weights: Weights, images: np.ndarray, label: np.ndarray, steps: int
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Return the goodness of both areas, each (item,), and their directions, (item, unit)."""
    shown = np.concatenate([images, np.tile(label, (len(images), 1))], axis=1)
    shown *= RMS / np.sqrt((shown**2).mean(axis=1, keepdims=True))
    drive = shown @ np.concatenate([weights["retina/image->V1/E"], weights["retina/label->V1/E"]])
    keep = np.exp(-1 / 4.4814)  # of a membrane in a step of 1 ms; what it does not keep, it takes from 5 x drive
    v = [np.zeros((len(images), weights["V1/E->V2/E"].shape[area])) for area in (0, 1)]
    count = [np.zeros_like(each) for each in v]
    for step in range(steps):
        v = [keep * v[0] + 5 * (1 - keep) * drive, keep * v[1]]
        spikes = [each > 1 for each in v]
        count = [sum_so_far + now for sum_so_far, now in zip(count, spikes, strict=True)]
        v[1] = v[1] + (_direction(count[0], step + 1) * spikes[0]) @ weights["V1/E->V2/E"]
        v = [each - now for each, now in zip(v, spikes, strict=True)]
    rates = [each / steps for each in count]
    passed_on = np.concatenate(
        [rate * _direction(each, steps) / RMS for rate, each in zip(rates, count, strict=True)], axis=1
    )
    return ((rates[0] ** 2).mean(axis=1), (rates[1] ** 2).mean(axis=1)), passed_on


def _direction(count: np.ndarray, steps: int) -> np.ndarray:
    """Return the gain, (item, 1), by which an area scales its spikes: their rates so far then have the same RMS."""
    length = np.sqrt((count**2).mean(axis=1, keepdims=True)) / steps
    return np.where(length > 0, RMS / np.where(length > 0, length, 1), 0.0)


def temporal_difference(weights: Weights, images: np.ndarray, settle: int, free: int) -> dict[str, np.ndarray]:
    """Return the scores, (item, class), of a circuit that learned by temporal differences: spikes of the free phase.

    Parameters
    ----------
    weights : mapping of str to array
        By projection, (pre, post); without one downwards, that is a tenth of the one above, transposed.
    images : (item, pixel) array
    settle, free : int
        Steps of the phase in which the circuit settles, and of the one that is read.
    """
    down = weights.get("IT/class->V1/E", 0.1 * weights["V1/E->IT/class"].T)
    return _output(weights, down, images, settle, free, np.exp(-1 / 4.4814))


def e_prop(weights: Weights, images: np.ndarray, steps: int) -> dict[str, np.ndarray]:
    """Return the scores, (item, class), of a circuit that learned by e-prop: its errors move no membrane."""
    none = np.zeros(weights["V1/E->IT/class"].T.shape)
    return _output(weights, none, images, 0, steps, np.exp(-1 / 4.5))


def _output(
    weights: Weights, down: np.ndarray, images: np.ndarray, settle: int, read: int, keep_output: float
) -> dict[str, np.ndarray]:
    shown = images * RMS / np.sqrt((images**2).mean(axis=1, keepdims=True))
    drive, up = shown @ weights["retina/image->V1/E"], weights["V1/E->IT/class"]
    keep, keep_apical = np.exp(-1 / 9.5), np.exp(-1.0)
    v, apical = np.zeros_like(drive), np.zeros_like(drive)
    output = np.zeros((len(images), up.shape[1]))
    count, late = np.zeros_like(output), np.zeros_like(output)  # spikes of the output, and those that arrive now
    for step in range(settle + read):
        v = (10 * drive + 0.1 * apical) * (1 - keep) + keep * v
        apical = keep_apical * apical
        output = keep_output * output
        spikes, says = v > 1, output > 1
        output = output + spikes @ up
        apical = apical + late @ down
        late = says.astype(float)
        v, output = v - spikes, output - says
        count += says * (step >= settle)
    return {"answer": count + output}  # charge that is left breaks ties


def predictive_coding(weights: Weights, images: np.ndarray, steps: int) -> dict[str, np.ndarray]:
    """Return the scores, (item, class), of a circuit that learned by predictive coding: without a teacher no errors."""
    return _graded(weights, images, steps, lambda drive: np.maximum(drive, 0))


def target_propagation(weights: Weights, images: np.ndarray, steps: int) -> dict[str, np.ndarray]:
    """Return the scores, (item, class), of a circuit that learned by target propagation."""
    return _graded(weights, images, steps, np.tanh)


def _graded(
    weights: Weights, images: np.ndarray, steps: int, activity: Callable[[np.ndarray], np.ndarray]
) -> dict[str, np.ndarray]:
    """Return what a linear output says of two areas whose units follow their drive in one step."""
    if steps < len(GRADED):
        raise UserError(Mistake("phases", "what is shown does not reach the output", f"{steps} steps", "3 or more"))
    sent = images / np.sqrt((images**2).mean(axis=1, keepdims=True))
    for name in GRADED[:-1]:
        sent = activity(sent @ weights[name])
    return {"answer": sent @ weights[GRADED[-1]]}


# By circuit and rule: the forward pass, and how many of the first phases it shows.
KNOWN: Mapping[tuple[str, str], tuple[Callable[..., dict[str, np.ndarray]], int]] = {
    ("two_areas", "forward_forward"): (forward_forward, 1),
    ("temporal_difference", "temporal_difference"): (temporal_difference, 2),
    ("e_prop", "e_prop"): (e_prop, 1),
    ("predictive_coding", "predictive_coding"): (predictive_coding, 1),
    ("target_propagation", "target_propagation + target_propagation"): (target_propagation, 1),
}
ERRORS = {
    "every_label": ("test_error_percent", "prediction"),
    "answer": ("test_error_percent", "prediction"),
    "one_pass": ("one_pass_test_error_percent", "one_pass_prediction"),
    "short_list": ("short_list_test_error_percent", "short_list_prediction"),
}


def known_of_zoo() -> list[str]:
    """Return the trained circuits of the package whose equations are written out here."""
    cards = [read_card(home_of(name)) for name in names()]
    return [card.name for card in cards if (card.circuit, card.rule) in KNOWN and card.dataset == "digits"]


def recompute(what: str, data: Path | None = None) -> Recomputed:
    """Compute the answers of a trained circuit again.

    Parameters
    ----------
    what : str
        A name of the zoo, or a run folder with its trained weights.
    data : Path, optional
        Folder of the datasets.

    Raises
    ------
    UserError
        If there is no such circuit, or its equations are not written out here.
    """
    shipped = what in names()
    folder = home_of(what) if shipped else Path(what)
    experiment = load_experiment(folder / "experiment.toml")
    record: Mapping[str, Any] = asdict(read_card(folder)) if shipped else read_summary(folder / SUMMARY)
    kind = str(record["circuit"]), str(record["rule"])
    if kind not in KNOWN:
        allowed = "; ".join(f"{circuit}, {rule}" for circuit, rule in KNOWN)
        raise UserError(Mistake(what, "its equations are not written out in plain NumPy", ", ".join(kind), allowed))
    answer, shown = KNOWN[kind]
    dataset, _ = load_data(experiment, data)
    with np.load(folder / TRAINED) as saved:
        begin, end = "learner/weights/", "/w"
        weights = {
            key.removeprefix(begin).removesuffix(end): saved[key].astype(float)
            for key in saved
            if key.startswith(begin)
        }
        if "task/softmax/weights" in saved:
            weights["softmax"] = saved["task/softmax/weights"].astype(float)
    images = dataset.test_images.reshape(len(dataset.test_labels), -1).astype(float)
    dt = experiment.circuit.dt.value
    steps = [round(phase.duration.value / dt) for phase in experiment.settings.phases[:shown]]
    scores = answer(weights, images, *steps)
    wrong = {key: 100 * float(np.mean(each.argmax(axis=1) != dataset.test_labels)) for key, each in scores.items()}
    recorded = {key: record[ERRORS[key][0]] for key in scores if record.get(ERRORS[key][0]) is not None}
    other = -1
    if not shipped:
        test = load_result(folder / RESULT)["test"].to_dataset()
        other = sum(_other(scores[key], test[ERRORS[key][1]].values) for key in recorded)
    return Recomputed(what, wrong, recorded, len(images), other)


def _other(scores: np.ndarray, answers: np.ndarray) -> int:
    """Return how many answers, (item,), are clearly below the greatest of the scores, (item, class)."""
    given = np.take_along_axis(scores, answers[:, None].astype(int), axis=1)[:, 0]
    return int(np.sum(given < scores.max(axis=1) - TIE))
