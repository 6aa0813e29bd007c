"""The report of one run or of several, as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import open_regular, what_is_there
from brainlearn.report.activity import activity
from brainlearn.report.angles import angles
from brainlearn.report.answers import answers
from brainlearn.report.blocks import Beside, Block, Gallery, Heat, Picture, Section
from brainlearn.report.circuit import circuit
from brainlearn.report.cost import cost, provenance
from brainlearn.report.episodes import episodes
from brainlearn.report.inline import dark_colours, svg
from brainlearn.report.learning import learning
from brainlearn.report.question import Headline, headlines, question
from brainlearn.report.runs import Run, groups_of
from brainlearn.report.weights import weights
from brainlearn.results.episodes import acted
from brainlearn.results.run_folder import REPORT
from brainlearn.results.whole_file import write_text

TEMPLATE = "report.html"  # in templates/
MOST_ROWS = 100  # of a table on the page
GENERATOR = "brainlearn"


def sections_of(runs: Sequence[Run]) -> list[Section]:
    """Return the sections of a report in their order."""
    of_items = () if all(acted(run.tree) for run in runs) else (learning(runs), answers(runs))
    found = (
        question(runs),
        episodes(runs),
        *of_items,
        activity(runs),
        weights(runs),
        angles(runs),
        cost(runs),
        circuit(runs),
        provenance(runs),
    )
    return [section for section in found if section is not None]


def pictures_of(sections: Sequence[Section]) -> Iterator[Picture | Heat]:
    """Yield everything that is drawn."""
    for section in sections:
        for block in section.blocks:
            yield from _drawn(block)


def _drawn(block: Block) -> Iterator[Picture | Heat]:
    if isinstance(block, Gallery):
        yield from block.items
    elif isinstance(block, Beside):
        yield block.picture
    elif isinstance(block, (Picture, Heat)):
        yield block


def html(runs: Sequence[Run], sections: Sequence[Section]) -> str:
    """Return the page.

    Parameters
    ----------
    runs : sequence of Run
    sections : sequence of Section
        As `sections_of` returns them.
    """
    return page_of(
        title=", ".join(dict.fromkeys(str(run.tree.attrs["experiment"]) for run in runs)),
        kind="Report of a run" if len(runs) == 1 else f"Report of {len(runs)} runs",
        subtitle=_subtitle(runs),
        headlines=headlines(runs),
        sections=sections,
        command="report",
    )


def page_of(
    title: str, kind: str, subtitle: str, headlines: Sequence[Headline], sections: Sequence[Section], command: str
) -> str:
    """Return a page of sections under a title.

    Parameters
    ----------
    title, kind, subtitle : str
        The name of what is reported, what it is, and a sentence about it.
    headlines : sequence of Headline
    sections : sequence of Section
    command : str
        The command of brainlearn that makes the page.
    """
    environment = Environment(
        loader=PackageLoader("brainlearn.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style = files("brainlearn.report").joinpath("templates/report.css").read_text(encoding="utf-8")
    return environment.get_template(TEMPLATE).render(
        title=title,
        kind=kind,
        subtitle=subtitle,
        headlines=headlines,
        sections=sections,
        style=Markup(style),
        dark_colours=dark_colours(),
        svg=lambda picture: svg(picture.figure, picture.name, picture.alt),
        most_rows=MOST_ROWS,
        generator=f"{GENERATOR} {version('brainlearn')}",
        command=command,
    )


def _subtitle(runs: Sequence[Run]) -> str:
    first, *others = groups_of(runs)
    attrs, seeds = first.runs[0].tree.attrs, ", ".join(str(run.tree.attrs["seed"]) for run in first.runs)
    seeds = f"seed{'s' * first.several} {seeds}"
    text = f"{attrs['circuit']} learns {attrs['dataset']} by {attrs['rule']}, {seeds}"
    beside = [group.label for group in others]
    return text + (f"; beside it {', '.join(beside)}." if beside else ".")


def write_report(runs: Sequence[Run], path: Path, figures: bool = False) -> list[Path]:
    """Write the report, and return what was written.

    Parameters
    ----------
    runs : sequence of Run
    path : Path
        The HTML file; an older report is replaced.
    figures : bool
        Whether to write every figure with its data into a folder ``figures`` next to the page.

    Raises
    ------
    UserError
        If another file is in the way, or the system refuses.
    """
    from brainlearn.report.files import write_figures

    check_replaceable(path)
    sections = sections_of(runs)
    written = write_figures(list(pictures_of(sections)), path.parent / "figures") if figures else []
    write_text(path, html(runs, sections))
    return [path, *written]


def check_replaceable(path: Path) -> None:
    """Refuse to replace a file that is no report of brainlearn."""
    there = what_is_there(path)
    if there == "a folder":
        raise UserError(Mistake(str(path), "is a folder", "", f"the name of a file, as {path / REPORT}"))
    if not there:
        return
    if there != "a file":
        raise UserError(Mistake(str(path), "cannot be written", there, "the name of a new file, or of a report"))
    with open_regular(path) as file:
        head = file.read(2000)
    if f'name="generator" content="{GENERATOR}'.encode() not in head:
        raise UserError(Mistake(str(path), "already exists, and is not a report of brainlearn", "", "another name"))
