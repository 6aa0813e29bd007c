"""Notebooks for Jupyter from the examples of the gallery; the extra ``notebooks`` brings the converter.

Run from the root of the project::

    python -m pages.notebooks notebooks
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import tempfile
from pathlib import Path

from pages.gallery import EXAMPLES


def write_notebooks(folder: Path) -> list[Path]:
    """Write a notebook for every example into a folder, which is made, and return them."""
    from sphinx_gallery.notebook import python_to_jupyter_cli

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with tempfile.TemporaryDirectory() as place:
        for script in sorted(EXAMPLES.glob("*.py")):
            if not script.stem.startswith("__"):
                copied = Path(shutil.copy(script, place))
                with contextlib.redirect_stdout(io.StringIO()):
                    python_to_jupyter_cli([str(copied)])  # beside the script
                written.append(Path(shutil.move(copied.with_suffix(".ipynb"), folder / f"{script.stem}.ipynb")))
    return written


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks")
    print(f"{len(write_notebooks(target))} notebooks: {target}/")
