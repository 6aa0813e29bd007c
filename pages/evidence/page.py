"""The text of docs/evidence.md: one row for each claim, with the verdict that is computed from the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from brainlearn.mistakes import Mistake, UserError
from brainlearn.report.markdown_table import markdown_table
from brainlearn.results.interval import Interval
from pages.evidence.claims import Claim
from pages.evidence.experiments import Recorded
from pages.evidence.verdicts import UNTESTED, VERDICTS, Judged, deciding_one, judge, verdict_of

HEAD = """\
# Evidence

Geoffrey Hinton and others said how brains might learn without backpropagation. This page lists 31 of those claims, and
what brainlearn's recorded experiments say of each. `make evidence` writes it; nobody enters a verdict by hand.

- **holds**: every comparison that decides the claim came out as the claim says, at 95 %.
- **does not hold**: at least one came out against it, at 95 %, in the circuit and with the training that were recorded.
  Another circuit, or a longer training, may do better.
- **undecided**: an interval contains the limit, or there are fewer than three seeds.
- **touched only**: something recorded bears on a part of the claim; nothing recorded decides it.
- **not tested**: no record bears on it; the row names the smallest experiment that would decide.

Each verdict rests on the difference between two sides of a comparison: runs, and their control. In brackets is its
95 % interval, over seeds and test items together; a seed draws all random numbers of a run. Where several
comparisons decide, the row shows the one that the verdict rests on. The number of a claim leads to [its
details](evidence/claims.md): source, all comparisons, controls, predictions, and what differs between the sides.
"""
METHOD = """\
## How a verdict is computed

1. [claims.toml](claims.toml) names for each claim the comparisons that decide it: runs, a control, a measure, and
   the difference that counts as a yes. Comparisons that show only a part are marked there, and decide nothing.
2. The difference is taken seed by seed where both sides have the same seeds, with Student's 95 % interval; else with
   Welch's.
3. The test set is a sample, too. Its part is Wilson's interval of each side's mean error, joined by Newcombe's
   method. No record keeps single answers, so the sides count as independent: the interval is too wide rather than
   too narrow.
4. The half-widths over seeds and over items, squared and added, give the interval that decides. Where a measure is
   no share of items, or their number is not recorded, seeds alone decide, and the details say so.
5. Fewer than three seeds decide nothing. Nor does an angle whose estimate lies beyond 0 or 180 degrees, or that is
   measured against a gradient that itself moves by more than 10 degrees.
6. One deciding comparison that fails makes a claim fail; else one that is undecided leaves it undecided.

`pytest tests/evidence` computes every verdict again, by other code, from the same records. `python -m pages.evidence
--recompute` computes test answers of trained circuits again, and of run folders that are named, in plain NumPy, without
the simulator (`pages/evidence/recompute.py`).

## Where the rest is

| page | what it holds |
|---|---|
| [claims](evidence/claims.md) | each claim with every comparison |
| [assumptions](evidence/assumptions.md) | spikes, tied weights, Dale's law, Adam, negatives, clamping |
| [goals](evidence/goals.md) | errors that circuits should reach, and what was tried |
| [experiments](evidence/experiments.md) | questions, predictions, results, baselines, angles, pictures |
"""


@dataclass(frozen=True)
class Answer:
    """A claim with its comparisons computed, and its verdict."""

    claim: Claim
    judged: tuple[Judged, ...]
    verdict: str


def answers(claims: Sequence[Claim], experiments: Path) -> list[Answer]:
    """Compute every claim from the records below `experiments`; UserError if they lack what a comparison names."""
    found = []
    for claim in claims:
        judged = tuple(judge(each, experiments) for each in claim.comparisons)
        found.append(Answer(claim, judged, verdict_of(claim, judged)))
    return found


def evidence_page(answered: Sequence[Answer]) -> str:
    """Return the page."""
    counts = [(sum(answer.verdict == verdict for answer in answered), verdict) for verdict in VERDICTS]
    head = ("#", "claim", "verdict", "rests on", "difference (95 %)", "asked", "seeds")
    return "\n".join(
        [
            HEAD,
            "## Verdicts",
            "",
            f"Of {len(answered)} claims – {', '.join(f'{verdict}: {count}' for count, verdict in counts)}.",
            "",
            *markdown_table(head, [_row(answer) for answer in answered]),
            "",
            METHOD,
        ]
    )


def _row(answer: Answer) -> tuple[str, ...]:
    claim, rests = answer.claim, deciding_one(answer.judged)
    link = f"[{claim.number}](evidence/claims.md#claim-{claim.number})"
    verdict = f"**{answer.verdict}**"
    if rests is None:
        reason = "pictures" if claim.shown else f"needs {claim.needs}" if answer.verdict == UNTESTED else ""
        return link, claim.text, verdict, reason, "", claim.yes, ""
    comparison = rests.comparison
    name = comparison.experiment
    asks = f"{comparison.asks} ([{name[:2]}](../experiments/{name}/README.md))"
    return link, claim.text, verdict, asks, with_interval(rests.difference.together), comparison.asked, str(rests.seeds)


def with_interval(interval: Interval) -> str:
    """Write a mean with its ends, with three digits or two decimals; no ends where they are not known."""
    mean, low, high = (_number(value) for value in interval)
    return f"{mean} ({low} to {high})" if isfinite(interval.low) else f"{mean} (no interval)"


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.2g}"


def check_numbers(claims: Sequence[Claim], experiments: Sequence[Recorded]) -> None:
    """Raise a UserError if an experiment names a claim that does not exist."""
    numbers = {claim.number for claim in claims}
    mistakes = [
        Mistake(f"{e.folder}: about.claims", "no such claim", str(number), "see docs/claims.toml")
        for e in experiments
        for number in e.claims
        if number not in numbers
    ]
    if mistakes:
        raise UserError(*mistakes)
