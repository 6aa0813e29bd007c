"""The shape of the package: no long file, no crowded folder, one epoch and one test loop."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "brainlearn"
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST, MOST_FILES = 330, 15


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_file_is_long():
    lengths = {module_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert [f"{name}: {length}" for name, length in lengths.items() if length > LONGEST] == []


def test_the_folder_of_experiment_files_is_not_crowded():
    assert len(list((PACKAGE / "experiment").glob("*.py"))) <= MOST_FILES


def test_there_is_one_epoch_and_one_test_loop():
    """A learner is shown rounds in three places: to learn, to answer, and to be compared with gradients."""
    shown: dict[str, int] = {}
    records: set[str] = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called.endswith("learner.present"):
                shown[module_of(path)] = shown.get(module_of(path), 0) + 1
            if called == "EpochRecord":
                records.add(module_of(path))
    assert shown == dict.fromkeys(
        ("brainlearn.alignment.measure", "brainlearn.training.epoch", "brainlearn.training.testing"), 1
    )
    assert records <= {"brainlearn.training.epoch", "brainlearn.results.record_text"}
