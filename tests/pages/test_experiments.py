from __future__ import annotations

import json
from pathlib import Path

from brainlearn.cli import main
from brainlearn.rules import RULES
from brainlearn.rules.updates import UPDATES
from pages.experiments import EXAMPLE, PAGE, SCHEMA, json_schema, page, schema_text
from tests.docs.markdown import ROOT, read

COMMAND = "run `python -m pages.experiments docs`"


def test_the_page_is_current() -> None:
    assert read(f"docs/{PAGE}") == page(), COMMAND


def test_the_json_schema_is_current() -> None:
    assert read(f"docs/{SCHEMA}") == schema_text(json_schema()), COMMAND


def test_every_key_has_a_meaning() -> None:
    schema = json_schema()
    for name, table in {"file": schema, **schema["$defs"]}.items():
        assert table["description"], name
        for key, field in table["properties"].items():
            assert field["description"], (name, key)


def test_every_table_of_the_schema_has_its_section() -> None:
    for table in json_schema()["$defs"].values():
        assert f"\n{table['description']}\n" in page()


def test_every_rule_and_update_is_listed() -> None:
    assert [name for name in (*RULES, *UPDATES) if f"\n| `{name}` |" not in page()] == []


def test_the_schema_allows_no_null_because_toml_has_none() -> None:
    assert "null" not in json.dumps(json_schema())


def test_the_example_has_no_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "experiment.toml"
    circuit = (ROOT / "circuits" / "two_areas.toml").as_posix()
    file.write_text(EXAMPLE.replace("../circuits/two_areas.toml", circuit), encoding="utf-8")
    assert main(["check", str(file)]) == 0
