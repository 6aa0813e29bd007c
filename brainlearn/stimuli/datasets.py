"""The table of datasets: a new one is a file with a loader and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError, closest
from brainlearn.stimuli.any_idx import load_idx
from brainlearn.stimuli.associative_retrieval import load_associative_retrieval
from brainlearn.stimuli.cifar10 import load_cifar10
from brainlearn.stimuli.dataset import Dataset, Shape
from brainlearn.stimuli.dataset_check import check_dataset
from brainlearn.stimuli.delayed_match import load_delayed_match
from brainlearn.stimuli.digits import load_digits
from brainlearn.stimuli.evidence_accumulation import load_evidence_accumulation
from brainlearn.stimuli.family_trees import load_family_sentences, load_family_trees
from brainlearn.stimuli.mnist import load_mnist
from brainlearn.stimuli.mnist_1d import load_mnist_1d
from brainlearn.stimuli.moving_digits import load_moving_digits
from brainlearn.stimuli.pattern_generation import load_pattern_generation
from brainlearn.stimuli.randman import load_randman
from brainlearn.stimuli.reber_grammar import load_reber_grammar
from brainlearn.stimuli.store_recall import load_store_recall
from brainlearn.stimuli.wanted import Wanted
from brainlearn.stimuli.yin_yang import load_yin_yang


@dataclass(frozen=True)
class DatasetSource:
    """How a dataset is loaded, and what is known of it before.

    Parameters
    ----------
    load : callable
        From a folder (or None), with a seed.
    description : str
    shape : Shape or None
        None if it depends on the files.
    needs_folder : bool
    """

    load: Callable[[Path | None, int], Dataset]
    description: str
    shape: Shape | None
    needs_folder: bool = True


_DIGITS, _MNIST, _CIFAR10 = Shape("digits", 64, 10, 1437), Shape("mnist", 784, 10), Shape("cifar10", 3072, 10)
_RANDMAN = Shape("randman", 20, 10, 9000, frames=100)
_STORE_RECALL = Shape("store_recall", 40, 2, 800, frames=1200)
_EVIDENCE = Shape("evidence_accumulation", 40, 2, 800, frames=2250)
_DELAYED_MATCH = Shape("delayed_match", 40, 2, 1600, frames=500)
_PATTERN = Shape("pattern_generation", 100, 3, 50, frames=1000, wanted=Wanted(values=True, frames=1000))
_RETRIEVAL = Shape("associative_retrieval", 37, 10, 22_000, frames=11)
_FAMILY = Shape("family_trees", 36, 24, 100, wanted=Wanted(values=True))
_SENTENCES = Shape("family_sentences", 36, 24, 100, frames=2, wanted=Wanted(values=True, frames=2))
_MOVING = Shape("moving_digits", 64, 64, 1437, frames=8, wanted=Wanted(values=True, frames=8))
_REBER = Shape("reber_grammar", 7, 7, 2000, frames=20, wanted=Wanted(values=True, frames=20))
_YIN_YANG = Shape("yin_yang", 4, 3, 6000)
_MNIST_1D = Shape("mnist_1d", 40, 10, 4000)
DATASETS: Mapping[str, DatasetSource] = {
    "digits": DatasetSource(load_digits, "scikit-learn's 1,797 digits, 8 x 8, included", _DIGITS, needs_folder=False),
    "mnist": DatasetSource(load_mnist, "60,000 + 10,000 digits, 28 x 28, IDX files", _MNIST),
    "cifar10": DatasetSource(load_cifar10, "50,000 + 10,000 colour images, 32 x 32, binary batches", _CIFAR10),
    "yin_yang": DatasetSource(
        load_yin_yang, "5,000 + 1,000 + 1,000 points of three classes, generated", _YIN_YANG, needs_folder=False
    ),
    "mnist_1d": DatasetSource(
        load_mnist_1d, "4,000 + 1,000 curves of 40 points, ten digits, generated", _MNIST_1D, needs_folder=False
    ),
    "randman": DatasetSource(
        load_randman,
        "9,000 + 1,000 spike trains on ten smooth random manifolds, generated",
        _RANDMAN,
        needs_folder=False,
    ),
    "store_recall": DatasetSource(
        load_store_recall, "800 + 200 sequences of bits, one of which must be recalled, generated", _STORE_RECALL, False
    ),
    "evidence_accumulation": DatasetSource(
        load_evidence_accumulation, "800 + 200 trials with seven cues on two sides, generated", _EVIDENCE, False
    ),
    "delayed_match": DatasetSource(
        load_delayed_match, "1,600 + 400 trials of delayed match to sample, generated", _DELAYED_MATCH, False
    ),
    "associative_retrieval": DatasetSource(
        load_associative_retrieval,
        "22,000 + 4,000 sequences of letters with a digit each, one of which is asked for, generated",
        _RETRIEVAL,
        False,
    ),
    "family_trees": DatasetSource(
        load_family_trees,
        "100 + 4 questions on two family trees, of 24 people and 12 relations, included",
        _FAMILY,
        False,
    ),
    "family_sentences": DatasetSource(
        load_family_sentences, "the same, as sequences: the person, then the relation", _SENTENCES, False
    ),
    "reber_grammar": DatasetSource(
        load_reber_grammar, "2,000 + 500 strings of the embedded Reber grammar, generated", _REBER, needs_folder=False
    ),
    "moving_digits": DatasetSource(
        load_moving_digits, "1,437 + 360 films of digits that move; the next frame is the target", _MOVING, False
    ),
    "pattern_generation": DatasetSource(
        load_pattern_generation, "noise, and three target curves of 1 s, generated", _PATTERN, False
    ),
    "idx": DatasetSource(load_idx, "any images in four IDX files, as Fashion-MNIST and KMNIST", None),
}


def load_dataset(name: str, folder: Path | None = None, seed: int = 0) -> Dataset:
    """Return the dataset called `name`.

    Parameters
    ----------
    name : str
        A key of ``DATASETS``.
    folder : Path, optional
        Folder of data, for those that need one. Without it the environment variable ``BRAINLEARN_DATA`` names it.
    seed : int
        Draws the test items of "digits", "moving_digits" and the family trees, and all that is generated; others
        have test items.

    Raises
    ------
    UserError
        If there is no such dataset, if its files are missing, truncated, corrupt or of another kind, or if what was
        read is no dataset. All files with mistakes are named at once.

    Examples
    --------
    >>> digits = load_dataset("digits")
    >>> digits.images.shape, digits.test_images.shape
    ((1437, 64), (360, 64))
    """
    if name not in DATASETS:
        allowed = ", ".join(DATASETS)
        raise UserError(Mistake("dataset", "no such dataset", f'"{name}"', allowed, closest(name, DATASETS)))
    dataset = DATASETS[name].load(folder, seed)
    check_dataset(dataset)
    return dataset
