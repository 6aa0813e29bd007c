from __future__ import annotations

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.stimuli import load_dataset


def mistake_of(folder):
    with pytest.raises(UserError) as caught:
        load_dataset("cifar10", folder)
    (mistake,) = caught.value.mistakes
    return mistake


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("subfolder", ["cifar10", "cifar-10-batches-bin", "."])
def test_batches_become_grey_levels_plane_by_plane(tmp_path, write_cifar10, compress, subfolder):
    write_cifar10(tmp_path / subfolder, compress=compress)
    cifar10 = load_dataset("cifar10", tmp_path)
    assert cifar10.images.shape == (8, 3072)
    assert cifar10.images.dtype == np.float32
    planes = cifar10.images.reshape(8, 3, 1024)
    assert (planes[:, 0] == 1.0).all()
    assert (planes[:, 1] == 0.0).all()
    np.testing.assert_array_equal(planes[:, 2, 0], np.repeat([1, 2], 4).astype(np.float32) / 255)
    np.testing.assert_array_equal(cifar10.labels, [1, 2, 3, 4, 1, 2, 3, 4])
    assert cifar10.test_images.shape == (4, 3072)
    assert (cifar10.classes, cifar10.sheet, cifar10.channels) == (10, (32, 32), 3)


def test_fewer_than_five_batches_are_read_and_said(tmp_path, write_cifar10):
    write_cifar10(tmp_path, (1, 2, 4, 5))
    notes = load_dataset("cifar10", tmp_path).notes
    assert notes[0] == "4 of 5 training batches (missing: data_batch_3.bin)"
    assert "test_batch.bin: 4 items; the published file has 10000" in notes


def test_five_batches_are_not_called_incomplete(tmp_path, write_cifar10):
    write_cifar10(tmp_path, (1, 2, 3, 4, 5))
    cifar10 = load_dataset("cifar10", tmp_path)
    assert len(cifar10.images) == 20
    assert not any("missing" in note for note in cifar10.notes)


def test_no_training_batch_is_a_missing_file(tmp_path, write_cifar10):
    write_cifar10(tmp_path, ())
    mistake = mistake_of(tmp_path)
    assert (mistake.where, mistake.wrong) == (str(tmp_path / "data_batch_1.bin"), "missing file")


def test_a_missing_test_batch_is_named(tmp_path, write_cifar10):
    (write_cifar10(tmp_path) / "test_batch.bin").unlink()
    assert mistake_of(tmp_path).where == str(tmp_path / "test_batch.bin")


@pytest.mark.parametrize("kept", [-1, 100])
def test_a_truncated_batch_is_named(tmp_path, write_cifar10, kept):
    path = write_cifar10(tmp_path) / "data_batch_2.bin"
    path.write_bytes(path.read_bytes()[:kept])
    mistake = mistake_of(tmp_path)
    assert (mistake.where, mistake.wrong) == (str(path), "truncated, or no CIFAR-10 batch")
    assert mistake.allowed.startswith("a multiple of 3073 bytes")


def test_a_truncated_gzip_batch_is_named(tmp_path, write_cifar10):
    path = write_cifar10(tmp_path, compress=True) / "data_batch_2.bin.gz"
    path.write_bytes(path.read_bytes()[:-9])
    assert (mistake_of(tmp_path).where, mistake_of(tmp_path).wrong) == (str(path), "truncated gzip file")


def test_a_label_out_of_range_is_named_with_its_place(tmp_path, write_cifar10):
    path = write_cifar10(tmp_path) / "data_batch_1.bin"
    content = bytearray(path.read_bytes())
    content[2 * 3073] = 10
    path.write_bytes(content)
    mistake = mistake_of(tmp_path)
    assert (mistake.where, mistake.found, mistake.allowed) == (str(path), "label 10 at item 2", "0 to 9")
