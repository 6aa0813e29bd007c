from __future__ import annotations

import json
from pathlib import Path

from brainlearn.circuit.draft import read_draft
from brainlearn.circuit.reading import read_toml
from brainlearn.circuit.schema import CircuitFile
from pages.circuits import PAGE, SCHEMA, json_schema, page, schema_text

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_current() -> None:
    written = (DOCS / PAGE).read_text(encoding="utf-8")
    assert written == page(), "run `python -m pages.circuits docs`"


def test_the_json_schema_is_current() -> None:
    written = (DOCS / SCHEMA).read_text(encoding="utf-8")
    assert written == schema_text(json_schema()), "run `python -m pages.circuits docs`"


def test_every_key_has_a_meaning() -> None:
    schema = json_schema()
    for name, table in {"file": schema, **schema["$defs"]}.items():
        assert table["description"], name
        for key, field in table["properties"].items():
            assert field.get("description") or "const" in field, (name, key)


def test_the_schema_allows_no_null_because_toml_has_none() -> None:
    assert "null" not in json.dumps(json_schema())


def test_a_shipped_circuit_has_the_keys_of_the_schema_only() -> None:
    for path in DOCS.parent.glob("circuits/*.toml"):
        data = read_toml(path)
        assert set(data) <= set(CircuitFile.model_fields)
        assert read_draft(data, str(path)).mistakes == []
