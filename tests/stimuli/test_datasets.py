from __future__ import annotations

import doctest
import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.stimuli import DATASETS, checksums, datasets, encodings, labels, load_dataset


def test_digits_hold_every_class_out_in_its_proportion():
    digits = load_dataset("digits")
    assert digits.images.shape == (1437, 64)
    assert digits.test_images.shape == (360, 64)
    total = np.bincount(digits.labels) + np.bincount(digits.test_labels)
    assert total.sum() == 1797
    assert np.abs(np.bincount(digits.test_labels) - 0.2 * total).max() < 1


def test_digits_are_grey_levels_between_zero_and_one():
    digits = load_dataset("digits")
    assert digits.images.dtype == digits.test_images.dtype == np.float32
    assert digits.labels.dtype == digits.test_labels.dtype == np.int64
    assert (digits.images.min(), digits.images.max()) == (0.0, 1.0)
    assert (digits.classes, digits.sheet, digits.notes) == (10, (8, 8), ())


def test_the_seed_draws_the_test_digits():
    first, again, other = (
        load_dataset("digits", seed=3),
        load_dataset("digits", seed=3),
        load_dataset("digits", seed=4),
    )
    np.testing.assert_array_equal(first.images, again.images)
    np.testing.assert_array_equal(first.test_labels, again.test_labels)
    assert not np.array_equal(first.test_images, other.test_images)


def test_a_seed_beyond_32_bits_is_accepted():
    assert len(load_dataset("digits", seed=2**40 + 1).labels) == 1437


def test_an_unknown_dataset_is_answered_with_the_nearest():
    with pytest.raises(UserError) as caught:
        load_dataset("mnsit")
    assert f'found "mnsit"; allowed: {", ".join(DATASETS)}. Did you mean "mnist"?' in str(caught.value)


def test_every_dataset_is_described():
    assert all(source.description for source in DATASETS.values())
    assert {name for name, source in DATASETS.items() if source.needs_folder} == {"mnist", "cifar10", "idx"}


def test_a_copy_with_other_bytes_is_noted_and_the_published_one_is_not(monkeypatch, tmp_path):
    content = b"four"
    published = {"file": (4, hashlib.sha256(content).hexdigest())}
    monkeypatch.setattr(checksums, "PUBLISHED", published)
    path = tmp_path / "file.gz"
    assert checksums.compare_with_published(path, "file", content, 4) == ()
    (note,) = checksums.compare_with_published(path, "file", b"fouR", 4)
    assert note.startswith("file.gz: checksum differs from the published one")
    assert checksums.compare_with_published(path, "file", content, 3) == ("file.gz: 3 items; the published file has 4",)


def test_importing_stimuli_imports_nothing_heavy():
    code = "import sys, brainlearn.stimuli; print({'sklearn', 'scipy', 'brian2'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


@pytest.mark.parametrize("module", [datasets, encodings, labels])
def test_the_examples_of_the_docstrings_hold(module):
    tested = doctest.testmod(module, extraglobs={"np": np})
    assert tested.attempted > 0
    assert tested.failed == 0


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("BRAINLEARN_DATA"), reason="BRAINLEARN_DATA names no folder of data")
def test_mnist_is_complete():
    mnist = load_dataset("mnist")
    assert (mnist.images.shape, mnist.test_images.shape) == ((60_000, 784), (10_000, 784))
    np.testing.assert_array_equal(np.bincount(mnist.labels)[:3], [5923, 6742, 5958])
    assert not any("labels" in note or "t10k" in note for note in mnist.notes)
