"""``brainlearn report``: one page that shows a run, or several side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(help="Run folders (with their baselines), or one simulation folder.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Output file; default: report.html in the run folder, or here for several runs."),
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Also write every figure as PNG, SVG and CSV into figures/.")
    ] = False,
) -> None:
    """Write a report: one self-contained HTML page for screen, phone and print."""
    from brainlearn.cli.terminal import say
    from brainlearn.regular_file import is_folder
    from brainlearn.report.page import write_report
    from brainlearn.report.runs import find_runs
    from brainlearn.results.run_folder import REPORT, RunFolder
    from brainlearn.results.store import is_simulation_at

    if len(runs) == 1 and output is None and not figures and is_folder(runs[0]) and is_simulation_at(runs[0]):
        from brainlearn.simulating.in_folder import write_page

        write_page(RunFolder(runs[0]))
        say(f"Report: {RunFolder(runs[0]).report}")
        return
    found = find_runs(runs)
    inside = len(runs) == 1 and is_folder(runs[0])
    path = output or (RunFolder(runs[0]).report if inside else Path(REPORT))
    written = write_report(found, path, figures)
    say(f"Report: {path} ({path.stat().st_size / 1e6:.1f} MB, {len(found)} run{'s' * (len(found) != 1)})")
    if figures:
        say(f"Figures: {written[-1].parent}/ ({len(written) - 1} files)")
