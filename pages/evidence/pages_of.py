"""All evidence pages of a project, made from its claims, its experiments and their records."""

from __future__ import annotations

from pathlib import Path

from pages.evidence.assumptions import assumptions_page
from pages.evidence.claims import load_claims
from pages.evidence.claims_page import claims_page
from pages.evidence.experiments import load_experiments
from pages.evidence.experiments_page import experiments_page
from pages.evidence.goals import goals_page, load_goals
from pages.evidence.page import answers, check_numbers, evidence_page


def pages_of(root: Path) -> dict[str, str]:
    """Return the text of every page by its path from the project's folder.

    Raises
    ------
    UserError
        If claims, experiments or records are broken, or do not fit.
    """
    claims, recorded = load_claims(root / "docs" / "claims.toml"), load_experiments(root / "experiments")
    check_numbers(claims, recorded)
    answered = answers(claims, root / "experiments")
    pages = {
        "docs/evidence.md": evidence_page(answered),
        "docs/evidence/claims.md": claims_page(answered, recorded, root / "experiments"),
        "docs/evidence/assumptions.md": assumptions_page(recorded),
        "docs/evidence/experiments.md": experiments_page(recorded),
    }
    if (goals := root / "docs" / "goals.toml").is_file():
        pages["docs/evidence/goals.md"] = goals_page(load_goals(goals), root / "experiments")
    return pages
