"""Small data files in the published formats."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest


def _write(path: Path, content: bytes, compress: bool) -> Path:
    path = path.with_name(path.name + ".gz") if compress else path
    path.write_bytes(gzip.compress(content, mtime=0) if compress else content)
    return path


def idx_bytes(values: np.ndarray) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 8, values.ndim]) + sizes + values.astype(np.uint8).tobytes()


@pytest.fixture
def write_idx() -> Callable[..., Path]:
    def write(path: Path, values: np.ndarray, compress: bool = False) -> Path:
        return _write(path, idx_bytes(values), compress)

    return write


@pytest.fixture
def write_mnist() -> Callable[..., Path]:
    """Write 30 training and 10 test images: image k is k everywhere, its label k % 10."""

    def write(folder: Path, compress: bool = False) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for part, items in (("train", 30), ("t10k", 10)):
            images = np.repeat(np.arange(items), 28 * 28).reshape(items, 28, 28)
            _write(folder / f"{part}-images-idx3-ubyte", idx_bytes(images), compress)
            _write(folder / f"{part}-labels-idx1-ubyte", idx_bytes(np.arange(items) % 10), compress)
        return folder

    return write


@pytest.fixture
def write_cifar10() -> Callable[..., Path]:
    """Write batches of 4 images: labels 1 to 4; red 255, green 0, blue the number of the batch (test: 0)."""

    def write(folder: Path, numbers: tuple[int, ...] = (1, 2), compress: bool = False) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for number in (0, *numbers):
            planes = bytes([255]) * 1024 + bytes([0]) * 1024 + bytes([number]) * 1024
            content = b"".join(bytes([label]) + planes for label in (1, 2, 3, 4))
            _write(folder / (f"data_batch_{number}.bin" if number else "test_batch.bin"), content, compress)
        return folder

    return write
