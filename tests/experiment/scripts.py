"""Import scripts of ``experiments/`` with the files beside them, and forget them: others have the same names."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


@contextmanager
def imported(folder: str, *names: str) -> Iterator[list[ModuleType]]:
    path = EXPERIMENTS / folder
    beside = [each.stem for each in path.glob("*.py")]
    sys.path.insert(0, str(path))
    try:
        yield [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(str(path))
        for name in beside:
            sys.modules.pop(name, None)
