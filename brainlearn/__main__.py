"""``python -m brainlearn``: the same as the command ``brainlearn``; by its path: the package around this file."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

HERE = Path(__file__).resolve().parent


def load_the_package_around() -> None:
    """Let ``brainlearn`` be the package around this file, whatever else goes by that name."""
    spec = spec_from_file_location("brainlearn", HERE / "__init__.py", submodule_search_locations=[str(HERE)])
    assert spec is not None
    assert spec.loader is not None
    sys.modules["brainlearn"] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules["brainlearn"])


def forget_the_working_folder() -> None:
    """Import nothing from the working folder, which ``python -m`` puts first, unless this package itself is there."""
    if not sys.flags.safe_path and sys.path[0] == str(Path.cwd()) != str(HERE.parent):
        del sys.path[0]


if __name__ == "__main__":
    if __package__:
        forget_the_working_folder()
    else:
        load_the_package_around()

    from brainlearn.cli import main

    sys.exit(main())
