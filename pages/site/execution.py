"""Runs the blocks of pages: ``python -m pages.site.execution FOLDER OUTCOMES PAGE…``.

All blocks of a page share one folder, and its Python shares one namespace, as a reader's would. Commands of brainlearn
run in this process, since importing takes longer than most of them; others run in a shell. TOML whose first line names
a file, as in ``# my/circuit.toml``, is written there.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import runpy
import shlex
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pages.site.blocks import Block, blocks_of
from pages.site.outcomes import remember

ROOT = Path(__file__).parents[2]
# What pages name, from the project's folder.
GIVEN = ("benchmarks", "circuits", "docs", "examples", "experiments")
SHORTENED = ("run", "simulate", "sweep")


class BlockFailedError(Exception):
    """A block of a page failed; the message has its place and what it printed."""


def run_page(name: str, folder: Path, as_page: str = "") -> dict[int, str]:
    """Run the blocks of a page in a folder, and return what each printed, by its number in the page.

    Parameters
    ----------
    name : str
        The page's path from the project's folder.
    folder : Path
        A new one.
    as_page : str
        Its path as it decides what is run; default: `name`.

    Raises
    ------
    BlockFailedError
        If one fails.
    """
    folder.mkdir(parents=True)
    for given in GIVEN:
        (folder / given).symlink_to(ROOT / given)
    printed: dict[int, str] = {}
    namespace: dict[str, Any] = {}
    with contextlib.chdir(folder):
        for number, block in enumerate(blocks_of(as_page or name, (ROOT / name).read_text(encoding="utf-8"))):
            _write_named_file(block)
            if block.runs:
                with _printing(f"{name}:{block.line}") as stream:
                    namespace = _run_block(block, folder / f".block_{number}.py", namespace, stream)
                printed[number] = stream.getvalue()
    return printed


@contextlib.contextmanager
def _printing(place: str) -> Iterator[io.StringIO]:
    """Collect what the block prints; name its place if it fails."""
    stream = io.StringIO()
    try:
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            yield stream
    except (Exception, SystemExit) as error:
        raise BlockFailedError(f"{place}: the block failed\n{stream.getvalue()}\n{traceback.format_exc()}") from error


def _write_named_file(block: Block) -> None:
    named = re.match(r"# ([\w./-]+\.toml)\n", block.code)
    if block.language == "toml" and named:
        file = Path(named[1])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.code, encoding="utf-8")


def _run_block(block: Block, script: Path, namespace: dict[str, Any], stream: io.StringIO) -> dict[str, Any]:
    """Run a block, and return the namespace of the Python that follows."""
    _run_commands(block.before, "")
    stream.truncate(0)
    stream.seek(0)
    if block.language != "python":
        _run_commands(block.code, block.short, show=True)
        return namespace
    script.write_text(block.code, encoding="utf-8")
    return {**namespace, **runpy.run_path(str(script), init_globals=namespace, run_name="__main__")}


def _run_commands(text: str, options: str, show: bool = False) -> None:
    lines = [re.sub(r"\s+# .*", "", line).strip() for line in text.replace("\\\n", " ").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    for line in lines:
        if show and len(lines) > 1:
            print(f"$ {line}")
        _run_command(line, options)


def _run_command(line: str, options: str) -> None:
    """Run one command; `cd` changes the folder of the page, and the environment of `source` is active already.

    Raises
    ------
    subprocess.CalledProcessError
        If it does not succeed.
    """
    command, _, file = line.partition(" > ")
    words = shlex.split(command)
    if words[0] == "source":
        return
    if words[0] == "cd":
        os.chdir(words[1])
        return
    if words[0] != "brainlearn":
        done = subprocess.run(line, shell=True, check=False, capture_output=True, text=True)
        print(done.stdout, done.stderr, sep="", end="")
        status = done.returncode
    else:
        extra = shlex.split(options) if words[1] in SHORTENED else []
        with contextlib.redirect_stdout(io.StringIO()) if file else contextlib.nullcontext() as kept:
            status = _brainlearn([*words[1:], *extra])
        if kept:
            Path(file.strip()).write_text(kept.getvalue(), encoding="utf-8")
    if status:
        raise subprocess.CalledProcessError(status, line)


def _brainlearn(words: Sequence[str]) -> int:
    import brainlearn.cli.display
    from brainlearn.cli import main

    brainlearn.cli.display.PLAIN_EVERY = float("inf")  # the lines of an epoch are a terminal's, not a page's
    return main(words)


def main(folder: Path, outcomes: Path, names: Sequence[str]) -> int:
    """Run the pages, and write what their blocks printed, page by page; return 1 if any failed, after all of them."""
    failed = []
    for name in names:
        try:
            printed = run_page(name, folder / name.removesuffix(".md"))
            remember(outcomes, name, printed)
        except BlockFailedError as error:
            failed.append(name)
            print(error, file=sys.stderr)
    if failed:
        print(f"{len(failed)} of {len(names)} pages failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]))
