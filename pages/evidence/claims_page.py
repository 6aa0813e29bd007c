"""The text of docs/evidence/claims.md: each claim with its comparisons, their controls, intervals and predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from brainlearn.report.markdown_table import markdown_table
from pages.evidence.conditions import what_differs
from pages.evidence.difference import wilson
from pages.evidence.experiments import FROM_PAGES, Recorded, link
from pages.evidence.experiments_page import found_text
from pages.evidence.page import Answer, with_interval
from pages.evidence.verdicts import HOLDS, Judged

HEAD = """\
# Claims in detail

Written by `make evidence` from [claims.toml](../claims.toml) and the records of the experiments.
[Evidence](../evidence.md) has all verdicts on one page, and says how they are computed. In each table *run* and
*control* are means over seeds, in brackets the 95 % interval that the number of test items leaves to each (Wilson).
"""
COLUMNS = ("", "what is asked", "yes would be", "run", "control", "difference over seeds", "over items", "together",
           "seeds", "test items", "verdict")  # fmt: skip
NOT_KNOWN, UNDETERMINED = "not recorded", "undetermined"


def claims_page(answered: Sequence[Answer], recorded: Sequence[Recorded], experiments: Path) -> str:
    """Return the page; `experiments` is the folder that holds their records."""
    of_folder = {experiment.folder.name: experiment for experiment in recorded}
    sections = (line for answer in answered for line in _section(answer, of_folder, experiments))
    return "\n".join([HEAD, *sections])


def _section(answer: Answer, recorded: Mapping[str, Recorded], experiments: Path) -> Iterator[str]:
    claim = answer.claim
    yield from (f"## Claim {claim.number}", "", f"{claim.text} *({claim.source})*", "")
    yield from (f"- Test: {claim.test}", f"- A yes would be: {claim.yes}", f"- Verdict: **{answer.verdict}**")
    if claim.needs and answer.verdict != HOLDS:
        yield f"- Needs: {claim.needs}."
    yield ""
    for picture in claim.shown:
        yield from (f"![What {picture.split('/')[0]} recorded]({FROM_PAGES}/{picture})", "")
    if answer.judged:
        yield from markdown_table(COLUMNS, [_row(index, each) for index, each in enumerate(answer.judged, start=1)])
        yield ""
        first: dict[str, int] = {}  # by experiment: the comparison at which its prediction is
        for index, each in enumerate(answer.judged, start=1):
            name = each.comparison.experiment
            yield _about(index, each, recorded[name], first.setdefault(name, index), experiments)
        yield ""
    used = {each.comparison.experiment for each in answer.judged}
    others = [e for name, e in recorded.items() if claim.number in e.claims and name not in used and e.summary]
    if others:
        yield from ("Also recorded, and in no comparison:", "", *(f"- {link(e)}: {found_text(e)}" for e in others), "")


def _row(index: int, judged: Judged) -> tuple[str, ...]:
    comparison, difference = judged.comparison, judged.difference
    paired = "paired" if difference.paired else "not paired"
    over_items = with_interval(difference.over_items) if difference.over_items is not None else NOT_KNOWN
    control = f"{judged.control:.4g}" if comparison.control.value is not None else _side(judged, judged.control)
    cut_off = comparison.run.measure == "angle_limit" and bool(judged.undetermined)
    between = (f"{with_interval(difference.over_seeds)}, {paired}", over_items, with_interval(difference.together))
    return (
        str(index),
        comparison.asks + (" *(a part)*" if comparison.part else ""),
        comparison.asked,
        UNDETERMINED if cut_off else _side(judged, judged.run),
        control,
        *([UNDETERMINED] * len(between) if cut_off else between),
        f"{judged.seeds} ({', '.join(map(str, difference.seeds))})",
        NOT_KNOWN if judged.items is None else f"{judged.items:,}",
        judged.verdict,
    )


def _side(judged: Judged, mean: float) -> str:
    """Write the mean of a side, with Wilson's interval where it is a share of test items."""
    if judged.items is None or judged.comparison.run.less:
        return f"{mean:.4g}"
    low, high = wilson(mean, judged.items)
    return f"{mean:.2f} ({low:.2f} to {high:.2f})"


def _about(index: int, judged: Judged, experiment: Recorded, first: int, experiments: Path) -> str:
    expected = f"expected: {' '.join(experiment.expected.split())}" if first == index else f"expected as for {first}."
    parts = [f"{index}. {link(experiment)} {expected}"]
    parts.append(f"Besides what is compared, run / control: {what_differs(judged, experiments)}.")
    if judged.undetermined:
        parts.append(f"Undetermined: {judged.undetermined}.")
    if judged.comparison.note:
        parts.append(f"Note: {judged.comparison.note}.")
    return " ".join(parts)
