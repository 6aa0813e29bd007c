"""What the page shows of how a trained circuit is read: each readout with its cost, and some populations alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from brainlearn.report.markdown_table import markdown_table
from pages.evidence.experiments import Recorded, link

NAMES = {"every_label": "every label", "one_pass": "one pass", "short_list": "short list"}
ERRORS = {
    "every_label": "test_error_percent",
    "one_pass": "one_pass_test_error_percent",
    "short_list": "short_list_test_error_percent",
}


def readout_section(experiment: Recorded) -> Iterator[str]:
    """Yield a table of errors and costs by readout, and one of errors by the populations that are read."""
    summary = experiment.summary or {}
    if len(summary.get("readouts") or {}) > 1:
        yield f"The same trained circuit, read in several ways, seed {summary['seed']}:"
        yield ""
        rows = [
            (NAMES[name], f"{summary[ERRORS[name]]:.2f}", str(cost["presentations"]), f"{cost['seconds']:.1f}")
            for name, cost in summary["readouts"].items()
        ]
        head = (
            "readout",
            "test error [%]",
            "presentations per answer",
            f"{summary['test_presentations']:,} answers [s]",
        )
        yield from markdown_table(head, rows)
        yield ""
    if len(summary.get("subsets") or {}) > 1:
        alone = "Goodness" if "every_label" in (summary.get("readouts") or {}) else "A linear readout"
        yield f"{alone} of some populations alone:"
        yield ""
        errors = [(name, f"{error:.2f}") for name, error in summary["subsets"].items()]
        yield from markdown_table(("read", "test error [%]"), errors)
        yield ""


def readouts_beside_each_other(experiments: Iterable[Recorded]) -> Iterator[str]:
    """Yield a table of all experiments whose result was read in all three ways; nothing if there is none."""
    rows = [_in_one_row(e) for e in experiments if set((e.summary or {}).get("readouts") or {}) == set(NAMES)]
    if not rows:
        return
    yield "## Readouts"
    yield ""
    yield "The same trained circuit, read in three ways; in brackets how often an image is shown for one answer."
    yield ""
    yield from markdown_table(("experiment", *(f"{name}: test error [%]" for name in NAMES.values())), rows)
    yield ""


def _in_one_row(experiment: Recorded) -> tuple[str, ...]:
    summary = experiment.summary or {}
    cells = (
        f"{summary[ERRORS[name]]:.2f} ({cost['presentations']})"
        for name, cost in ((name, summary["readouts"][name]) for name in NAMES)
    )
    return link(experiment), *cells
