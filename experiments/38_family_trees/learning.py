"""Learn the facts of two families but for four, by backpropagation or by a local rule, and answer these four."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from brainlearn import Dataset, Mirror, load_circuit, load_dataset, load_experiment
from brainlearn.lab import Silent, judged, prepare, run_epoch, run_test

HERE = Path(__file__).resolve().parent
IMAGE, OUTPUTS, STEPS = "retina/image", "IT/class", 4  # two symbols, or both together; then two areas further up
PERSON, RELATION, PEOPLE, CODED_STEPS = "retina/person", "retina/relation", 24, 5  # codes are an area more
STEP_SIZE = 0.01  # of Adam
AT_ONCE = 50  # sweeps in what counts as an epoch: a run of the network, or a test, has a price of its own
SPIKES = np.float32(0.5)  # target of a spiking output [spikes per step]


@dataclass(frozen=True)
class Way:
    """One way to learn.

    Parameters
    ----------
    data : str
        Whether person and relation are shown together or one after the other.
    file : str
        A circuit that learns by backpropagation, or an experiment that learns by its rule.
    sweeps : int
        Through all facts.
    decay : float
        By backpropagation: factor of the squares of all weights, added to the loss.
    baseline : str or None
        Of an experiment, if that learns.
    spiking : bool
    """

    data: str
    file: str
    sweeps: int
    decay: float = 6e-3
    baseline: str | None = None
    spiking: bool = False


WAYS = {
    "backprop_sentences": Way("family_sentences", "sentences.toml", 500),
    "backprop_together": Way("family_trees", "together.toml", 500),
    "backprop_shared_code": Way("family_trees", "shared_code.toml", 5000, decay=2e-3),
    "predictive_coding": Way("family_trees", "predictive_coding.toml", 400),
    "target_propagation": Way("family_trees", "target_propagation.toml", 400),
    "equilibrium_propagation": Way("family_trees", "equilibrium_propagation.toml", 400),
    "backprop_spiking": Way("family_trees", "e_prop.toml", 200, baseline="backprop_through_time", spiking=True),
    "e_prop": Way("family_trees", "e_prop.toml", 200, spiking=True),
}


@dataclass(frozen=True)
class Learned:
    """What was answered rightly, of the facts that were learned and of those held out [percent]."""

    learned: float
    held_out: float


def learn(name: str, seed: int) -> Learned:
    """Learn in one way; the seed draws the facts that are held out, and the weights."""
    way = WAYS[name]
    data = load_dataset(way.data, seed=seed)
    if way.file in ("sentences.toml", "together.toml", "shared_code.toml"):
        return _by_backpropagation(way, data, seed)
    if way.spiking:
        data = replace(data, labels=SPIKES * data.labels, test_labels=SPIKES * data.test_labels)
    return _as_an_experiment(way, data, seed)


def _by_backpropagation(way: Way, data: Dataset, seed: int) -> Learned:
    mirror = Mirror(load_circuit(HERE / way.file), seed)
    optimiser, wanted = torch.optim.Adam(mirror.weights.parameters(), STEP_SIZE), torch.tensor(_last(data.labels))
    shares = wanted / wanted.sum(dim=1, keepdim=True)  # of several right answers
    for _ in range(way.sweeps):
        loss = cross_entropy(_outputs(mirror, data.images), shares)
        loss = loss + way.decay * sum(each.square().sum() for each in mirror.weights.parameters())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        answers = (_outputs(mirror, shown).numpy() for shown in (data.images, data.test_images))
        wanted_of_both = (_last(data.labels), _last(data.test_labels))
        right = [_right(*judged(*both)[:2]) for both in zip(answers, wanted_of_both, strict=True)]
    return Learned(*right)


def _outputs(mirror: Mirror, shown: np.ndarray) -> torch.Tensor:
    """Return the outputs at the end, (copy, person)."""
    if IMAGE in mirror.populations:
        return mirror.activity(mirror.present({IMAGE: shown}, STEPS), OUTPUTS)
    codes = {PERSON: shown[:, :PEOPLE], RELATION: shown[:, PEOPLE:]}
    return mirror.activity(mirror.present(codes, CODED_STEPS), OUTPUTS)


def _last(targets: np.ndarray) -> np.ndarray:
    """Return the targets of the last symbol, (item, person)."""
    return targets if targets.ndim == 2 else targets[:, -1]


def _as_an_experiment(way: Way, data: Dataset, seed: int) -> Learned:
    images, labels = (np.tile(each, (AT_ONCE, 1)) for each in (data.images, data.labels))
    epochs = way.sweeps // AT_ONCE
    experiment = load_experiment(HERE / way.file, {"seed": seed, "training.epochs": epochs})
    course = prepare(experiment, None, Silent(), way.baseline, given=replace(data, images=images, labels=labels))
    for epoch in range(epochs):
        run_epoch(course, epoch)
    tests = ((data.images, data.labels), (data.test_images, data.test_labels))
    return Learned(*(_right(test.label, test.prediction) for test in (run_test(course, *each) for each in tests)))


def _right(label: np.ndarray | None, guess: np.ndarray | None) -> float:
    """Return how many answers are right [percent]."""
    assert label is not None
    assert guess is not None
    return 100 * float(np.mean(label == guess))
