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

SEARCHED = "Or a [search](sweeps.md#search) for the settings with the least validation error:"

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

SEARCH_EXAMPLE = """\
name = "step_sizes"
experiment = "experiment.toml"

[set]
"dataset.validation" = 200                   # it judges by these items

[search]
trials = 20                                  # of every arm
final_seeds = [11, 12, 13]                   # then the best settings are tested with fresh seeds

[search.arms.rule.space]
"rule.updates[0].size" = { low = 1e-4, high = 1e-2, log = true }
"training.copies" = { low = 30, high = 300, step = 30 }
"phases[0].duration" = { low = 6, high = 14, unit = "ms" }

[search.arms.backprop]                       # a baseline of the experiment, with as many trials
train = "backprop_through_time"

[search.arms.backprop.space]
"baselines.backprop_through_time.step_size" = { low = 1e-4, high = 1e-2, log = true }
"baselines.backprop_through_time.surrogate" = { choices = ["arctan", "super_spike"] }
"""

NOTES = """\
## Keys of the experiment

Keys are those of `brainlearn run --set` ([syntax](experiments.md#change-a-value-without-editing-the-file)). Write
them in quotes, because dots are part of them: `"training.epochs"`. Names that contain a dot or an arrow need their
own quotes: `'weights."IT/class->V1/E".scale' = [0.1, 0.3]`. A number in brackets is an index in a list, from 0. Any
value that is valid in the experiment is valid in the list, including tables: `"rule.updates" = [[{ name = "adam",
size = 1e-3 }], [{ name = "step", size = 0.1 }]]`.

`seed` is not a key of a grid: `seeds` is a separate axis, over which tables and figures average. A search changes
neither `seed` nor any key of the dataset; otherwise the errors of its trials would not be comparable.

## Editors

`docs/sweep.schema.json` is a JSON Schema; begin a file with `#:schema ../docs/sweep.schema.json`.
"""

_WORDS = {
    "set": "table; keys of the experiment, and the value of each",
    "grid": "table; keys of the experiment, and for each a list of values",
    "points": "tables; in each, keys of the experiment and their values",
    "seeds": "list of whole numbers",
    "search": "table",
    "trials": "whole number",
    "seed": "whole number",
    "sampler": "`tpe`, `random` or `grid`",
    "final_seeds": "list of whole numbers",
    "space": "table; keys of the experiment, and for each a table as below",
    "arms": "tables by name, as below",
    "low": "number",
    "high": "number",
    "step": "number",
    "log": "`true` or `false`",
    "choices": "list of values",
}
_TABLES = (
    ("`[search]`", "SearchTable"),
    ("`[search.arms.NAME]`", "ArmTable"),
    ("What a key may be, in `space`", "DimensionTable"),
)


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
    grid, points, search = (["```toml", text.rstrip(), "```"] for text in (EXAMPLE, LIST_EXAMPLE, SEARCH_EXAMPLE))
    examples = [*grid, "", "Or, instead of the grid, a list of points:", "", *points, "", SEARCHED, "", *search]
    keys = ["## Keys", "", "Keys in **bold** must be given, and one of `grid`, `points`, `seeds` and `search`."]
    parts = [HEAD, "", *examples, "", *keys, "", *_table(schema)]
    for title, name in _TABLES:
        parts += ["", f"### {title}", "", *_table(schema["$defs"][name])]
    return "\n".join([*parts, "", NOTES])


def _table(schema: dict[str, Any]) -> list[str]:
    """Return the keys of a table, with what each takes and means."""
    rows = []
    for key, field in schema["properties"].items():
        name = f"**`{key}`**" if key in schema.get("required", ()) else f"`{key}`"
        default = f"`{json.dumps(field['default'])}`" if field.get("default") else ""
        rows.append((name, _WORDS.get(key, "text"), default, field["description"]))
    return markdown_table(("key", "value", "default", "meaning"), rows)


if __name__ == "__main__":
    deliver(sys.argv[1:], page(), {PAGE: page(), SCHEMA: schema_text(json_schema())})
