"""Any dataset of four IDX files, such as Fashion-MNIST (Xiao 2017) and KMNIST (Clanuwat 2018)."""

from __future__ import annotations

from pathlib import Path

from brainlearn.regular_file import is_folder, what_is_there
from brainlearn.stimuli.data_file import NAME_FOLDER, bad_file, named_folder
from brainlearn.stimuli.dataset import Dataset
from brainlearn.stimuli.own.choices import Choices
from brainlearn.stimuli.own.idx_folder import NAMES, read_idx_folder


def load_idx(folder: Path | None, seed: int) -> Dataset:
    """Return what the four files in `folder` hold: images of any size, with any number of classes."""
    place, origin = named_folder("idx", folder)
    if not is_folder(place):
        found = what_is_there(place) or "nothing there"
        raise bad_file(place, f"no folder ({origin})", found, f"a folder with {NAMES}", NAME_FOLDER)
    return Dataset.from_named("idx", str(place), read_idx_folder(place), Choices(seed=seed))
