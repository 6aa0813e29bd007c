from __future__ import annotations

import pytest

from pages.published import PAGE, Model, head_fields, models, page
from tests.docs.markdown import ROOT, read

MODELS = models()


def test_the_page_is_current() -> None:
    assert read(f"docs/{PAGE}") == page(), "run `python -m pages.published docs`"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_published_model_says_what_is_to_be_met_and_what_was_found(model: Model) -> None:
    assert any(character.isdigit() for character in model.paper)  # at least the year
    assert model.published
    script = ROOT / "experiments" / "published" / model.name
    assert (script / "compare.py").is_file() or (script / "experiment.toml").is_file()
    assert model.measured or model.errors, f"run `{model.command}`"
    assert model.found


def test_three_seeds_of_each_were_recorded() -> None:
    seeds = {model.name: len(model.errors or model.measured.get("brainlearn", ())) for model in MODELS}
    assert [name for name, number in seeds.items() if number < 3] == []


def test_fields_go_on_in_indented_lines_and_end_with_the_comment() -> None:
    text = "# About.\n# Paper: A 2000, B 1,\n#   page 2\n#\n#   sketch of it\n# Published: 3 Hz\n\n# Compared: x\n"
    assert head_fields(text) == {"Paper": "A 2000, B 1, page 2", "Published": "3 Hz"}
