"""JSON Schemas as editors of TOML want them."""

from __future__ import annotations

import json
from typing import Any


def plain_schema(schema: Any) -> Any:
    """Drop what TOML cannot write (null) and titles that only repeat keys."""
    if isinstance(schema, list):
        return [plain_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    if isinstance(kept.get("default"), dict) and "text" in kept["default"]:  # a quantity
        kept["default"] = kept["default"]["text"]
    if kept.get("default", "") in (None, ""):
        kept.pop("default", None)
    choices = [each for each in kept.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        kept = {**{key: value for key, value in kept.items() if key != "anyOf"}, **choices[0]}
    elif choices:
        kept["anyOf"] = choices
    return {key: plain_schema(value) for key, value in kept.items()}


def schema_text(schema: dict[str, Any]) -> str:
    """Return a JSON Schema as text."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
