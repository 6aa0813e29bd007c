"""Double precision and NumPy code in every group that a test makes itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from brian2 import prefs


@pytest.fixture(autouse=True)
def _double_precision() -> Iterator[None]:
    before = prefs.codegen.target, prefs.core.default_float_dtype
    prefs.codegen.target, prefs.core.default_float_dtype = "numpy", np.float64
    yield
    prefs.codegen.target, prefs.core.default_float_dtype = before
