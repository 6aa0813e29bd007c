"""The digits that scikit-learn carries: 1,797 images of 8 x 8 pixels with grey levels from 0 to 16.

Source: the test part of Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits" (UCI, 1998).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.grey_levels import as_grey_levels

TEST_FRACTION = 0.2


def load_digits(folder: Path | None, seed: int) -> Dataset:
    """Return the digits, of which `seed` draws a fifth as test items, with every class in its proportion."""
    from sklearn.datasets import load_digits as load_embedded
    from sklearn.model_selection import train_test_split

    pixels, labels = load_embedded(return_X_y=True)
    train, test = train_test_split(
        np.arange(len(labels)), test_size=TEST_FRACTION, random_state=seed % 2**32, stratify=labels
    )
    images = as_grey_levels(pixels, 16)
    labels = labels.astype(np.int64)
    return Dataset("digits", images[train], labels[train], images[test], labels[test], classes=10, sheet=(8, 8))
