from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from brainlearn.cli import main
from brainlearn.cli.outcome import finish
from brainlearn.mistakes import UserError
from brainlearn.report.inline import DARK, svg
from brainlearn.report.page import write_report
from brainlearn.report.runs import find_runs, labels_of
from brainlearn.results.run_folder import RunFolder
from tests.results.small_run import make_record, with_seed, with_tasks, write_run

ALL = ("circuit", "validation_errors", "error", "goodness", "raster", "activity", "unused_units", "receptive_fields")
ALL = (*ALL, "weights", "angle")


class Outline(HTMLParser):
    """What a reader who does not see a page goes by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.svgs: list[str] = []
        self.bare_tables = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.bare_tables += 1
        if tag == "caption":
            self.bare_tables -= 1
        if tag == "svg":
            self.svgs.append(given.get("aria-label") or "")
        self.ids += [given["id"]] if given.get("id") else []  # type: ignore[list-item]
        self.links += [given[name] or "" for name in ("href", "src", "xlink:href") if name in given]


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def test_headings_come_in_order(outline: Outline) -> None:
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))


def test_every_figure_has_a_text_with_its_numbers(outline: Outline) -> None:
    assert len(outline.svgs) > len(ALL)
    assert all(len(alt) > 30 for alt in outline.svgs)
    assert any("40 % after epoch 1" in alt and "12.5 % after epoch 3" in alt for alt in outline.svgs)


def test_every_table_has_a_caption_and_headers(outline: Outline, page: str) -> None:
    assert outline.bare_tables == 0
    assert page.count("<thead>") == page.count("<table")


def test_identifiers_are_unique_and_links_within_the_page_find_them(outline: Outline) -> None:
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links if link.startswith("#")} <= set(outline.ids)


def test_nothing_outside_the_page_is_named(outline: Outline, page: str) -> None:
    assert all(link.startswith(("#", "data:")) for link in outline.links)
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"url\((?!#)|@import", page)


@pytest.mark.parametrize("name", ALL)
def test_every_kind_of_figure_is_there(name: str, outline: Outline) -> None:
    assert any(identifier.startswith((f"{name}-", f"{name}_01_")) for identifier in outline.ids)


def test_what_users_wrote_is_text_and_nothing_else(page: str) -> None:
    assert "Is &lt;b&gt;2 &lt; 3&lt;/b&gt; &amp; true?" in page
    assert "<b>2" not in page


def test_a_target_that_was_reached_is_said(page: str) -> None:
    assert "target: 30.00 % or less, reached" in page


def test_the_baseline_stands_beside_the_rule(page: str) -> None:
    assert '<th scope="row">backprop</th>' in page
    assert "best baseline" in page


def test_every_colour_of_a_figure_has_one_for_dark_pages(page: str) -> None:
    bare = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", page))
    assert bare == set()
    assert all(f"--c-{colour[1:]}: " in page for colour in DARK)


def test_an_empty_run_has_a_report(tmp_path: Path) -> None:
    record = make_record()
    record.epochs, record.test, record.weights, record.alignments, record.notes = [], None, {}, [], []
    folder = write_run(tmp_path / "empty", record)
    write_report(find_runs([folder]), folder / "report.html")
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "The run was not tested." in text
    assert "No angle was measured" in text


def test_figures_are_written_with_their_data(run: Path, tmp_path: Path) -> None:
    alone = run / "baselines" / "backprop"
    assert main(["report", str(alone), "--output", str(tmp_path / "a.html"), "--figures"]) == 0
    names = {file.name for file in (tmp_path / "figures").iterdir()}
    assert {"circuit.png", "circuit.svg", "goodness.csv", "goodness.png", "confusion.csv"} <= names
    rows = (tmp_path / "figures" / "error.csv").read_text(encoding="utf-8").splitlines()
    assert rows[:2] == ["epoch,validation error [percent],loss [nat]", "1,40.0,0.5"]
    listed = (tmp_path / "figures" / "README.md").read_text(encoding="utf-8")
    assert "result.nc: weights/retina.image->V1.E/final" in listed


def test_a_file_that_is_no_report_is_not_replaced(run: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.html").write_text("<p>Mine.")
    with pytest.raises(UserError, match="not a report of brainlearn"):
        write_report(find_runs([run]), tmp_path / "thesis.html")
    assert (tmp_path / "thesis.html").read_text() == "<p>Mine."


def test_a_folder_without_a_result_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert "no result.nc" in capsys.readouterr().err


def test_runs_of_one_rule_are_told_apart() -> None:
    same = {"rule": "e_prop", "experiment": "a", "seed": 1}
    assert labels_of([same, same | {"rule": "kinase"}]) == ["e_prop", "kinase"]
    assert labels_of([same, same]) == ["1: e_prop", "2: e_prop"]


def test_a_name_cannot_leave_the_text_of_a_figure() -> None:
    from brainlearn.plots.appearance import new_figure

    figure = new_figure(1, 1)
    figure.suptitle("</svg><script>1</script>")
    assert "<script" not in svg(figure, "a", 'quote " and <script>')


def test_what_each_readout_costs_is_shown(page: str) -> None:
    assert "What an answer costs" in page
    row = re.search(r"<tr><th[^>]*>forward_forward</th><th[^>]*>goodness of a short list</th>(.*?)</tr>", page)
    assert row is not None
    assert re.findall(r">([^<]+)</td>", row[1]) == ["25.00 %", "3", "0.3 s"]


def test_areas_read_alone_are_shown(page: str) -> None:
    row = re.search(r"<th[^>]*>V1/E \+ V2/E</th>(.*?)</tr>", page)
    assert row is not None
    assert re.findall(r">([^<]+)</td>", row[1]) == ["goodness", "25.00 %"]


def test_what_would_remain_of_endlessly_many_presentations_is_shown(page: str) -> None:
    assert "retina/image-&gt;V1/E 60 (limit 55)" in page
    assert ">limit</th>" in page


def test_seeds_of_one_experiment_are_drawn_together_and_averaged(tmp_path: Path) -> None:
    folders = [write_run(tmp_path / str(seed), with_seed(make_record(), seed)) for seed in (7, 8, 9)]
    write_report(find_runs(folders), tmp_path / "seeds.html")
    text = (tmp_path / "seeds.html").read_text(encoding="utf-8")
    assert "Mean ± standard deviation over seeds" in text
    assert "25.00 ± 0.00 %" in text
    assert "of 3 seeds, ± standard deviation" in text
    assert "by forward_forward, seeds 7, 8, 9." in text
    assert 'id="angle_01_forward_forward_contrast-' in text
    assert 'id="angle_02_forward_forward_contrast-' not in text
    assert "retina/image-&gt;V1/E 59 (limit 55)" in text  # the mean of 60, 59 and 58


def test_a_run_that_ends_or_is_resumed_leaves_its_page(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", make_record())
    finish(RunFolder(folder), None, (), None, quiet=True, part=False)
    assert "What was asked" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_sequence_of_tasks_is_drawn_task_by_task(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", with_tasks(make_record()))
    write_report(find_runs([folder]), folder / "report.html")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Error on every task" in page
    assert "Task low: 20 % after epoch 1, 60 % after epoch 3" in page
    assert "learned are low in epochs 1 to 1, high in epochs 2 to 3" in page
    assert "low (classes 0, 1), then high (classes 2; pixels exchanged)" in page
    assert "forgetting" in page
    assert "40.00 %" in page  # 60 less 20


def test_a_page_is_small_enough_to_be_mailed(page: str) -> None:
    assert len(page.encode()) < 1_000_000
