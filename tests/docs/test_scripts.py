"""The example scripts, and the Python blocks of the pages, run as they stand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, blocks, read


def run(script: Path, *arguments: str) -> str:
    """Run a script in the project's folder, and return what it printed."""
    done = subprocess.run(
        [sys.executable, str(script), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def script_of(name: str, folder: Path, replace: tuple[str, str] = ("", "")) -> Path:
    """Write the Python blocks of a page into one script."""
    text = "\n".join(blocks(read(name), "python"))
    assert replace[0] in text
    script = folder / f"{Path(name).stem}.py"
    script.write_text(text.replace(*replace), encoding="utf-8")
    return script


def test_shared_synapses_spike_like_stock_synapses_in_the_example() -> None:
    printed = run(ROOT / "examples" / "shared_synapses.py")
    assert printed.count("identical in both") == 2
    assert "SharedSynapses" in printed


@pytest.mark.slow
def test_own_data_are_learned_in_the_example(tmp_path: Path) -> None:
    printed = run(ROOT / "examples" / "own_data.py", str(tmp_path))
    assert f"{tmp_path / 'letters.npz'}: 120 test images of A, B, C, D, E, " in printed
    assert float(printed.split()[-3]) < 10


PAGES = ("mirror", "python", "rules", "shared-synapses", "simulate", "stimuli")
SMALL = '"training.epochs": 1, "training.samples": 100, "readout.test": False'
# One after the other in one process: importing what they need takes longer than most of them.
RUN_ALL = """
import contextlib, io, json, runpy, sys, traceback
found = {}
for script in sys.argv[1:]:
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path(script, run_name="__main__")
    except BaseException:
        traceback.print_exc()
        sys.exit(script + " failed")
    found[script] = printed.getvalue()
print(json.dumps(found))
"""


def test_the_python_of_the_readme_and_of_every_page_runs(tmp_path: Path) -> None:
    scripts = [script_of("README.md", tmp_path, ('"training.epochs": 2', SMALL))]
    scripts += [script_of(f"docs/{page}.md", tmp_path) for page in PAGES]
    (tmp_path / "run_all.py").write_text(RUN_ALL, encoding="utf-8")
    printed = json.loads(run(tmp_path / "run_all.py", *map(str, scripts)).splitlines()[-1])
    assert all(printed[str(script)] for script in scripts)
    assert "'pre': 200, 'post': 200" in printed[str(scripts[0])]
