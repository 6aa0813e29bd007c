"""``python -m brainlearn``: the same as the command ``brainlearn``."""

from __future__ import annotations

import sys

from brainlearn.cli import main

if __name__ == "__main__":
    sys.exit(main())
