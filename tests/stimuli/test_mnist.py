from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli import load_dataset


def mistakes_of(folder: Path) -> tuple[Mistake, ...]:
    with pytest.raises(UserError) as caught:
        load_dataset("mnist", folder)
    return caught.value.mistakes


def only_mistake_of(folder: Path) -> Mistake:
    (mistake,) = mistakes_of(folder)
    return mistake


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("subfolder", ["mnist", "MNIST/raw", "."])
def test_four_idx_files_become_grey_levels_and_labels(tmp_path, write_mnist, compress, subfolder):
    write_mnist(tmp_path / subfolder, compress)
    mnist = load_dataset("mnist", tmp_path)
    assert mnist.images.dtype == np.float32
    assert mnist.images.shape == (30, 784)
    np.testing.assert_array_equal(mnist.images[:, 0], np.arange(30, dtype=np.float32) / 255)
    np.testing.assert_array_equal(mnist.labels, np.arange(30) % 10)
    assert mnist.labels.dtype == np.int64
    assert mnist.test_images.shape == (10, 784)
    assert (mnist.classes, mnist.sheet, mnist.channels) == (10, (28, 28), 1)


def test_pixels_keep_their_place_and_the_brightest_is_one(tmp_path, write_mnist, write_idx):
    folder = write_mnist(tmp_path)
    images = np.zeros((30, 28, 28))
    images[3, 2, 5] = 255
    write_idx(folder / "train-images-idx3-ubyte", images)
    loaded = load_dataset("mnist", tmp_path).images
    assert loaded[3].reshape(28, 28)[2, 5] == 1.0
    assert loaded.sum() == 1.0


def test_names_with_a_dot_and_compressed_files_without_gz_are_read(tmp_path, write_mnist):
    folder = write_mnist(tmp_path, compress=True)
    for path in folder.iterdir():
        path.rename(folder / path.name.removesuffix(".gz").replace("-idx", ".idx"))
    assert len(load_dataset("mnist", tmp_path).images) == 30


def test_the_environment_names_the_folder(tmp_path, write_mnist, monkeypatch):
    write_mnist(tmp_path / "mnist")
    monkeypatch.setenv("BRAINLEARN_DATA", str(tmp_path))
    assert len(load_dataset("mnist").images) == 30


def test_without_a_folder_the_ways_to_name_one_are_said(monkeypatch):
    monkeypatch.delenv("BRAINLEARN_DATA", raising=False)
    with pytest.raises(UserError, match="--data DIR or in the environment variable BRAINLEARN_DATA"):
        load_dataset("mnist")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    mistake = only_mistake_of(tmp_path / "nowhere")
    assert mistake.where.startswith(str(tmp_path / "nowhere"))
    assert mistake.found == "nothing there"


def test_a_file_instead_of_a_folder_is_named(tmp_path):
    (tmp_path / "data").write_text("text")
    assert only_mistake_of(tmp_path / "data").found == "a file"


def test_all_missing_files_are_named_at_once(tmp_path):
    mistakes = mistakes_of(tmp_path)
    assert [mistake.wrong for mistake in mistakes] == ["missing file"] * 4
    assert mistakes[0].where == str(tmp_path / "train-images-idx3-ubyte")
    assert mistakes[0].allowed == "train-images-idx3-ubyte or train-images-idx3-ubyte.gz"
    assert mistakes[0].found == "an empty folder"


def test_a_missing_file_says_what_is_there(tmp_path, write_mnist):
    folder = write_mnist(tmp_path)
    (folder / "t10k-labels-idx1-ubyte").unlink()
    mistake = only_mistake_of(tmp_path)
    assert mistake.where.endswith("t10k-labels-idx1-ubyte")
    assert mistake.found.startswith("t10k-images-idx3-ubyte, train-images")


def test_mistakes_in_several_files_are_told_together(tmp_path, write_mnist):
    folder = write_mnist(tmp_path)
    (folder / "train-images-idx3-ubyte").write_bytes(b"")
    (folder / "train-labels-idx1-ubyte").unlink()
    (folder / "t10k-images-idx3-ubyte").write_bytes(b"<html>not found</html>")
    wrong = [mistake.wrong for mistake in mistakes_of(tmp_path)]
    assert wrong == ["empty file", "missing file", "wrong magic number"]


@pytest.mark.parametrize(("kept", "wrong"), [(-1, "truncated"), (-784, "truncated"), (10, "truncated in its header")])
def test_a_truncated_file_is_named(tmp_path, write_mnist, kept, wrong):
    path = write_mnist(tmp_path) / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:kept])
    mistake = only_mistake_of(tmp_path)
    assert (mistake.where, mistake.wrong) == (str(path), wrong)
    assert mistake.found == f"{path.stat().st_size} bytes"
    assert mistake.suggestion


def test_a_file_longer_than_its_header_says_is_named(tmp_path, write_mnist):
    path = write_mnist(tmp_path) / "t10k-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes() + b"\0")
    mistake = only_mistake_of(tmp_path)
    assert (mistake.wrong, mistake.found, mistake.allowed) == (
        "longer than its header says",
        "19 bytes",
        "18 bytes for 10",
    )


def test_a_header_that_promises_terabytes_is_refused(tmp_path, write_mnist):
    path = write_mnist(tmp_path) / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:4] + b"\xff" * 12)
    assert only_mistake_of(tmp_path).wrong == "truncated"


@pytest.mark.parametrize("kept", [2, 9, 60, -1])
def test_a_truncated_gzip_file_is_named(tmp_path, write_mnist, kept):
    path = write_mnist(tmp_path, compress=True) / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:kept])
    mistake = only_mistake_of(tmp_path)
    assert (mistake.where, mistake.wrong) == (str(path), "truncated gzip file")


@pytest.mark.parametrize("position", [3, 12, -6])  # flags, compressed data, checksum
def test_a_corrupt_gzip_file_is_named(tmp_path, write_mnist, position):
    path = write_mnist(tmp_path, compress=True) / "train-images-idx3-ubyte.gz"
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)
    mistake = only_mistake_of(tmp_path)
    assert mistake.where == str(path)
    assert mistake.wrong in {"corrupt gzip file", "truncated gzip file"}


def test_a_gz_name_without_gzip_content_is_named(tmp_path, write_mnist):
    folder = write_mnist(tmp_path)
    path = folder / "train-images-idx3-ubyte"
    path.rename(folder / "train-images-idx3-ubyte.gz")
    mistake = only_mistake_of(tmp_path)
    assert (mistake.wrong, mistake.found, mistake.allowed) == (
        "not a gzip file",
        "first bytes 0x0000",
        "0x1f8b",
    )


def test_labels_in_the_place_of_images_are_recognised(tmp_path, write_mnist):
    folder = write_mnist(tmp_path)
    (folder / "train-images-idx3-ubyte").write_bytes((folder / "train-labels-idx1-ubyte").read_bytes())
    mistake = only_mistake_of(tmp_path)
    assert (mistake.wrong, mistake.found, mistake.allowed) == (
        "wrong magic number",
        "0x00000801",
        "0x00000803",
    )
    assert mistake.suggestion == "This is a label file."


def test_images_of_another_size_are_named(tmp_path, write_mnist, write_idx):
    folder = write_mnist(tmp_path)
    write_idx(folder / "train-images-idx3-ubyte", np.zeros((30, 32, 32)))
    mistake = only_mistake_of(tmp_path)
    assert (mistake.found, mistake.allowed) == ("32 x 32 pixels", "28 x 28 pixels")


def test_files_without_items_are_named(tmp_path, write_mnist, write_idx):
    folder = write_mnist(tmp_path)
    write_idx(folder / "t10k-images-idx3-ubyte", np.zeros((0, 28, 28)))
    assert only_mistake_of(tmp_path).wrong == "holds no items"


def test_different_numbers_of_images_and_labels_are_named(tmp_path, write_mnist, write_idx):
    folder = write_mnist(tmp_path)
    write_idx(folder / "train-labels-idx1-ubyte", np.zeros(29))
    mistake = only_mistake_of(tmp_path)
    assert mistake.where == str(folder / "train-images-idx3-ubyte")
    assert mistake.found == "30 images, and 29 labels in train-labels-idx1-ubyte"


def test_a_label_out_of_range_is_named_with_its_place(tmp_path, write_mnist, write_idx):
    folder = write_mnist(tmp_path)
    labels = np.arange(30) % 10
    labels[[7, 20]] = 11
    write_idx(folder / "train-labels-idx1-ubyte", labels)
    mistake = only_mistake_of(tmp_path)
    assert (mistake.wrong, mistake.found, mistake.allowed) == (
        "label out of range",
        "label 11 at item 7 and 1 more",
        "0 to 9",
    )


def test_an_unreadable_file_is_named(tmp_path, write_mnist):
    path = write_mnist(tmp_path) / "train-images-idx3-ubyte"
    path.unlink()
    path.mkdir()
    mistake = only_mistake_of(tmp_path)
    assert (mistake.where, mistake.wrong, mistake.found) == (str(path), "cannot be read", "a folder, not a file")


def test_a_refused_folder_is_left_as_it_was(tmp_path, write_mnist):
    path = write_mnist(tmp_path, compress=True) / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:50])
    before = {entry: entry.read_bytes() for entry in tmp_path.iterdir()}
    only_mistake_of(tmp_path)
    assert {entry: entry.read_bytes() for entry in tmp_path.iterdir()} == before


def test_a_bomb_is_refused_before_memory_is_full(tmp_path, write_mnist, monkeypatch):
    path = write_mnist(tmp_path) / "train-images-idx3-ubyte"
    monkeypatch.setattr("brainlearn.stimuli.data_file.LARGEST", 2**21)
    path.write_bytes(gzip.compress(bytes(2**22)))
    assert only_mistake_of(tmp_path).wrong == "too large"
