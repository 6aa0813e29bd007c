"""How fast and how large: copies in Brian2 against stock Brian2 and against libraries on PyTorch.

One thread for every numerical library, set here because it must happen before any of them is imported.
"""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_variable] = "1"
