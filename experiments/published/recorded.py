"""What `side_by_side` recorded of a published model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np


def recorded(name: str) -> dict[str, dict[str, np.ndarray]]:
    """Return what was measured, (seed,) arrays: by whom (``"brainlearn"`` or what it is compared with), by name."""
    text = (Path(__file__).parent / name / "result.json").read_text(encoding="utf-8")
    return {
        who: {measure: np.array([each[measure] for each in runs]) for measure in runs[0]}
        for who, runs in json.loads(text)["measured"].items()
    }
