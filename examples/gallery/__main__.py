"""Run the gallery: ``python -m examples.gallery [--pictures FOLDER] [NAME ...]``; default: all."""

from __future__ import annotations

import argparse
import contextlib
import os
import runpy
import tempfile
import time
from pathlib import Path

import matplotlib as mpl

HERE = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("__")))


def run_example(name: str, pictures: Path | None = None, dpi: int = 100) -> dict[str, object]:
    """Run an example as a script, in a temporary folder, and return its variables.

    Parameters
    ----------
    name : str
        Name of the file, without its ending.
    pictures : Path, optional
        Folder for its pictures: ``NAME.png``, then ``NAME-2.png`` and so on. Default: none.
    dpi : int
        Dots per inch of the pictures.
    """
    import matplotlib.pyplot as plt

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), mpl.rc_context():
        found = runpy.run_path(str(HERE / f"{name}.py"))
        for index, number in enumerate(plt.get_fignums(), start=1):
            if pictures is not None:
                file = pictures / f"{name}{'' if index == 1 else f'-{index}'}.png"
                plt.figure(number).savefig(file, dpi=dpi, metadata={"Software": None})
        plt.close("all")
    return found


def main() -> None:
    """Run the examples that were named, and say how long each took."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.gallery", description="Run examples of the gallery."
    )
    parser.add_argument(
        "names", metavar="NAME", nargs="*", choices=[*NAMES, []], help="default: all"
    )
    parser.add_argument(
        "--pictures", metavar="FOLDER", type=Path, help="write the pictures as PNG files"
    )
    parser.add_argument(
        "--dpi", type=int, default=100, help="dots per inch of the pictures; default: 100"
    )
    asked = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    mpl.use("Agg")
    folder = None if asked.pictures is None else asked.pictures.resolve()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    for name in asked.names or NAMES:
        print(f"--- {name}", flush=True)
        began = time.process_time()
        run_example(name, folder, asked.dpi)
        print(f"    {time.process_time() - began:.1f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
