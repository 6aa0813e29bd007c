"""The reference of the sweep file, made from the schema: ``python -m pages.sweeps``.

Without an argument it prints the page; with a folder it writes ``sweep-files.md`` and ``sweep.schema.json`` there.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from brainlearn.report.markdown_table import markdown_table
from brainlearn.sweep.schema import SweepFile
from pages.deliver import deliver
from pages.schema_text import plain_schema, schema_text

PAGE, SCHEMA = "sweep-files.md", "sweep.schema.json"

HEAD = """\
# Sweep files

<!-- Made by `python -m pages.sweeps docs`; do not edit. -->

A sweep is one TOML file: an experiment, and values for some of its keys. `brainlearn check SWEEP` loads every
point and reports all mistakes; `brainlearn sweep SWEEP` runs it ([sweeps](sweeps.md))."""

EXAMPLE = """\
name = "step_and_width"
experiment = "experiment.toml"               # from the folder of this file
seeds = [1, 2, 3]                            # every point runs with each

[set]                                        # for all points
"training.epochs" = 5

[grid]                                       # every combination is a point
"rule.updates[0].size" = [5e-4, 2e-3, 8e-3]
"sizes.V1/E" = [50, 100]
"phases[0].duration" = ["8 ms", "12 ms"]
"""

LIST_EXAMPLE = """\
name = "rules"
experiment = "experiment.toml"

[[points]]
"rule.name" = "forward_forward"

[[points]]
"rule.name" = "forward_forward_trace"
"rule.parameters.tau_trace" = "8 ms"
"""

NOTES = """\
## Keys of the experiment

Keys are those of `brainlearn run --set` ([syntax](experiments.md#change-a-value-without-editing-the-file)). Write
them in quotes, because dots are part of them: `"training.epochs"`. Names that contain a dot or an arrow need their
own quotes: `'weights."IT/class->V1/E".scale' = [0.1, 0.3]`. A number in brackets is an index in a list, from 0. Any
value that is valid in the experiment is valid in the list, including tables: `"rule.updates" = [[{ name = "adam",
size = 1e-3 }], [{ name = "step", size = 0.1 }]]`.

`seed` is not a key of a grid: `seeds` is a separate axis, over which tables and figures average.

## Editors

`docs/sweep.schema.json` is a JSON Schema; begin a file with `#:schema ../docs/sweep.schema.json`.
"""

_WORDS = {
    "set": "table; keys of the experiment, and the value of each",
    "grid": "table; keys of the experiment, and for each a list of values",
    "points": "tables; in each, keys of the experiment and their values",
    "seeds": "list of whole numbers",
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a sweep file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "brainlearn sweep",
        **plain_schema(SweepFile.model_json_schema()),
    }


def page() -> str:
    """Return the reference as Markdown."""
    schema = json_schema()
    rows = []
    for key, field in schema["properties"].items():
        name = f"**`{key}`**" if key in schema["required"] else f"`{key}`"
        default = f"`{json.dumps(field['default'])}`" if field.get("default") else ""
        rows.append((name, _WORDS.get(key, "text"), default, field["description"]))
    table = markdown_table(("key", "value", "default", "meaning"), rows)
    grid, points = (["```toml", text.rstrip(), "```"] for text in (EXAMPLE, LIST_EXAMPLE))
    instead = "Or, instead of the grid, a list of points:"
    keys = ["## Keys", "", "Keys in **bold** must be given, and one of `grid`, `points` and `seeds`."]
    return "\n".join([HEAD, "", *grid, "", instead, "", *points, "", *keys, "", *table, "", NOTES])


if __name__ == "__main__":
    deliver(sys.argv[1:], page(), {PAGE: page(), SCHEMA: schema_text(json_schema())})
