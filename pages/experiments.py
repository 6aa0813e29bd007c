"""The reference of the experiment file, made from the schema: ``python -m pages.experiments``.

Without an argument it prints the page; with a folder it writes ``experiments.md`` and ``experiment.schema.json``
there.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from typing import Any

from brainlearn.environments import ENVIRONMENTS
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.renamed_keys import RENAMED
from brainlearn.report.markdown_table import markdown_table
from brainlearn.rules import RULES, Rule
from brainlearn.rules.updates import UPDATES
from brainlearn.stimuli import DATASETS
from pages.deliver import deliver
from pages.schema_text import plain_schema, schema_text

PAGE, SCHEMA = "experiments.md", "experiment.schema.json"

EXAMPLE = """\
name = "retina_to_v2"
circuit = "../circuits/two_areas.toml"       # from the folder of this file
seed = 1

[dataset]
name = "digits"
validation = 200                             # training items for validation

[stimulus]
image = "retina/image"
label = "retina/label"
encoding = "constant_current"
label_strength = 3.0
rms = 0.3

[[phases]]
name = "show"
duration = "12 ms"

[rule]
name = "forward_forward"
projections = ["retina/image->V1/E", "retina/label->V1/E", "V1/E->V2/E"]
parameters = { threshold = 0.06, width = 0.001, peer = 0.05 }
updates = [
  { name = "adam", size = 2e-3 },
  { name = "decay", rate = 1e-4 },
]

[negatives]
kind = "hard"

[training]
epochs = 10
copies = 150
"""

HEAD = """\
# Experiment files

<!-- Made by `python -m pages.experiments docs`; do not edit. -->

An experiment is one TOML file that defines the circuit, its stimuli, the learning rule and the test.
`experiments/` contains complete examples, `brainlearn check FILE` reports every mistake, and
`brainlearn run FILE` runs it. [The tour](tour.md) writes one step by step."""

NOTES = """\
## How it runs

- **Copies.** All copies of the circuit receive stimuli at once and share their weights. During training, one third of
  the copies sees images with their true label (positive), one third the same images with
  a false label (negative), and one third the next images with a neutral label, which trains the one-pass
  readout and shows which false labels are hard. Without the one-pass readout and with random negatives,
  there are two halves instead. At the end of every phase with `learn = true`, the rule is applied once for
  all copies.
- **Negatives by goodness.** With `negatives.kind = "by_goodness"`, the next images are shown with `candidates`
  different false labels each, side by side, and nothing learns from these presentations. At the end of the round, the
  candidate with the greatest goodness, computed as for answers, becomes the negative of its image in the next
  round. More candidates give harder negatives; there is one false label fewer than classes. A round then has
  `copies` divided by 2 + `candidates` images, or by one more with the one-pass readout, whose neutral copies do not
  affect the choice. As with hard negatives, the first round of an epoch has random ones.
  `random_fraction` of the images keep a random false label.
- **Epochs.** Each epoch shows the training items in a new order. Items that do not fill the last
  round are omitted in that epoch. If there are fewer items than copies in a round, one round shows them all, and the
  remaining copies are idle.
- **Answers.** Every image is shown with every label. The answer is the label with the greatest
  goodness, summed over `readout.populations`. This needs a rule that broadcasts `goodness`. Goodness is read at the end
  of the presentation, or as given by `answer` in a phase: with `answer = ["3 ms", "5 ms"]` it is summed over the
  steps 3, 4 and 5 of a time step of 1 ms, and a test presentation ends there. The one-pass readout is faster: a
  softmax of the output of the populations at the end of a presentation with a neutral label. With
  `readout.short_list = 5`, the test also combines both: the one-pass readout proposes five labels, and goodness decides
  among them. The result contains the number of presentations and the time per answer for each readout, and
  the accuracy of goodness from subsets of populations: each alone, and all but the first.
- **Without labels.** With `negatives.kind = "hybrid"`, one half of the copies sees images, the other half hybrids of
  two images, and no label is shown. Linear softmax readouts learn from the output of populations without affecting
  the circuit: that of `readout.one_pass_populations` gives the answer in one pass; one for each population, and one
  for all but the first, show which populations are most informative.
- **Units with classes.** With `[unit_classes]`, all copies see images, without labels, negatives or targets, and the
  rule learns without supervision, as STDP does. In the last presentations of an epoch (the fraction `share`), the
  firing of each unit is counted for each class. Each unit is assigned to the class for which it fires most, and the
  answer is the class whose units have the highest mean activity; with `answer = "patterns"`, it is the class whose
  mean activity pattern is most similar to the present one (cosine). Labels are used only for this. Activity is that
  of the last phase.
- **Completion.** With `[completion]`, all copies see images with their labels, as evidence for units that sample;
  there are neither negatives nor targets. Phases with `show = false`, `reset = false` and `polarity = -1` are sleep,
  in which rules unlearn what the circuit does by itself ([rules](rules.md#wake-and-sleep)). The answer is read in a
  presentation of its own: only the image is shown, for the time `settle` and then `duration`, and the answer is the
  unit of `population` that is on for longest in the latter.
- **Blank phases.** In a phase with `show = false`, stimuli are 0. For a pause between presentations, use a first
  phase without a reset: `{ name = "rest", duration = "150 ms", show = false, learn = false, reset = false }`.
  Variables that persist across presentations are declared in the neuron model
  ([`kept`](circuit-files.md#what-units-keep)) and are not reset.
- **Targets.** With `[target]`, there are neither negatives nor label inputs: all copies see images, and phases with a
  `nudge` pull the outputs towards the true class. A rule that compares two phases compares a learning phase with
  the last earlier phase that has `remember = true`; the two need different nudges. The answer is the most active
  output in the phase with `answer = true`, before any nudge.
- **Sequences of tasks.** With `[[sequence]]`, tasks are learned one after the other, each for its `epochs`, with
  its own classes, labels, order of pixels, or dataset. The circuit and its readout are unchanged, and the
  schedule of step sizes restarts with each task. After every validated epoch, and at the end of
  each task, the circuit is tested on all tasks, including future ones, to measure forgetting. Validation
  uses the current task. `dataset.validation` and `training.samples` count items of the whole dataset,
  before classes are selected. Baselines learn the same tasks; their `epochs` apply to each task. See
  [stimuli](stimuli.md#tasks-one-after-the-other).
- **Environments.** With `[environment]`, there is no dataset: every copy acts in its own environment and learns
  from reward. A presentation shows an observation and ends with an action; an epoch has `environment.rounds`
  presentations. [Environments](environments.md) describes the loop.
- **Test items** are shown only after the last epoch, except in a sequence of tasks, where they do not affect training.
- **Random numbers** are all derived from `seed`, except the split of the digits, which uses `dataset.seed`.
  The same seed gives the same weights to the last bit on the same machine and libraries.

## Replacing weights of the circuit file

A table in `[weights]` replaces the `weights` table of one projection completely. Its name is that of the projection, as
listed by `brainlearn describe CIRCUIT`, and it has the same keys:

```toml
[weights."IT/class->V1/E"]
distribution = "normal"
sd = 0.1
```

Everything is checked as if it were in the circuit file. The circuit file in the run folder, and the circuit in the
result, contain these weights.

## Untrained and drifting weights

A projection that is not in `rule.projections` keeps its weights; `fixed` does the same for a baseline. Weights
may drift:

```toml
[drift."V1/E->box/E"]
per_epoch = 0.2

[baselines.backprop_through_time]
fixed = ["V1/E->box/E"]
beliefs = { "V1/E->box/E" = "as_drawn" }
```

After every training round, such weights take a step of a random walk around their mean. In an epoch, it changes them
by `per_epoch` standard deviations (root mean square; the correlation with their previous values falls by
`per_epoch**2 / 2`), while preserving their spread and sign. Weights do not drift during validation and test. Weights
tied to them follow, and learning weights may drift too.

A baseline propagates errors back through the actual weights. With `beliefs`, it uses other weights for a projection
instead: `as_drawn`, the initial weights before drift or learning, or `drawn_anew`, independent weights from the same
distribution. The forward pass is unchanged.

## Dropout

`[dropout]` switches off units at random while the circuit learns (Srivastava et al. 2014, JMLR 15, 1929):

```toml
[dropout]
"V1/E" = 0.5
```

In every presentation for learning, each copy draws again which units are off: here each with a probability of 0.5,
in all phases of the presentation. A unit that is off does not spike, and no synapse from or onto it changes, whatever
the rule. Validation, test and readouts see all units.

The units that are on send `1 / (1 - fraction)` times as much, as a gain of the population that rules read as `gain`,
so that as much arrives in the mean as from all units. Populations with divisive normalisation set their gain
themselves: what they pass on has the same root mean square with and without dropout. Sums and means over a
population, such as its goodness, are not scaled: with half the units off they are about half as large, until the rule
makes up for it.

Populations must spike. Both engines, both deliveries and backpropagation through time draw the same units for the
same seed and number of copies; `backprop`, through a graded twin without spikes, is refused. Every population draws
from its own random numbers, so dropout changes no other random number
([decision 61](decisions/0061-dropout-switches-thresholds.md)). [Noise of training images](stimuli.md#noisy-images)
also acts only while the circuit learns.

## Change a value without editing the file

`--set` replaces a value; its path follows the tables, and its value is TOML. A bare word is text.

<!-- short: --only rule --set training.epochs=1 --set training.samples=100 --set dataset.validation=20 -->
```bash
brainlearn run experiments/01_forward_forward_digits/experiment.toml --set training.epochs=5 --set seed=2
```

Lists and tables need quotes for the shell:
`--set 'rule.updates=[{name="adam", size=1e-3}, {name="clip", low=-2, high=2}]'`. A number in brackets is an index in a
list, from 0: `--set 'phases[0].duration="8 ms"' --set 'rule.updates[0].size=1e-3'`. The equivalent in Python is
`load_experiment(path, {"training.epochs": 5, "seed": 2})`. [Sweeps](sweeps.md) vary such keys.

Names in a path may be quoted, and must be if they contain a dot. Names of projections contain an arrow, which the
shell would treat as a redirection; quote the whole argument: `--set 'sizes.V1/E=500' --set
'weights."IT/class->V1/E"={distribution="normal", sd=0.3}'`. You can also set a single value of a table
`[weights."IT/class->V1/E"]` in the file: `--set 'weights."IT/class->V1/E".scale=0.3'`.

## Files of 0.1

Some keys had other names in 0.1. Files, changes, sweeps and run folders with the old names still work:
RENAMED.

## Editors

`docs/experiment.schema.json` is a JSON Schema. With the *Even Better TOML* extension, start a file with
`#:schema ../../docs/experiment.schema.json` to complete and check keys as you type.
"""

_TITLES = {
    "ExperimentFile": "The file",
    "UnitClassesTable": "`[unit_classes]`",
    "CompletionTable": "`[completion]`",
    "About": "`[about]`",
    "Normal": "`[weights.NAME]`, normal",
    "Uniform": "`[weights.NAME]`, uniform",
    "Lognormal": "`[weights.NAME]`, lognormal",
    "Gamma": "`[weights.NAME]`, gamma",
    "Exponential": "`[weights.NAME]`, exponential",
    "Constant": "`[weights.NAME]`, constant",
    "Tied": "`[weights.NAME]`, tied",
    "Stored": "`[weights.NAME]`, from a file",
    "DriftTable": "`[drift.NAME]`",
    "DatasetTable": "`[dataset]`",
    "TaskTable": "`[[sequence]]`",
    "EnvironmentTable": "`[environment]`",
    "ObservationTable": "`[[environment.observations]]`",
    "ActionTable": "`[environment.action]`",
    "StimulusTable": "`[stimulus]`",
    "PhaseTable": "`[[phases]]`",
    "RuleTable": "`[rule]`, or one of several `[[rules]]`",
    "UpdateTable": "`rule.updates`",
    "TraceTable": "`[[rule.traces]]`",
    "StateTable": "`[[rule.states]]`",
    "MemoryTable": "`[[rule.memories]]`",
    "ChangeTable": "`[[rule.changes]]` and `[[rule.top_down]]`",
    "NegativesTable": "`[negatives]`",
    "TrainingTable": "`[training]`",
    "ReadoutTable": "`[readout]`",
    "TargetTable": "`[target]`",
    "BaselinesTable": "`[baselines]`",
    "BaselineTable": "`[baselines.NAME]`",
    "AlignmentTable": "`[alignment]`",
}
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
_LISTS = {"string": "list of texts", "integer": "list of whole numbers", "number": "list of numbers"}
_BOUNDS = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of an experiment file."""
    schema = plain_schema(ExperimentFile.model_json_schema())
    for field in schema["properties"].values():
        if isinstance(field.get("default"), dict):  # a table that may be left out; its own keys have defaults
            del field["default"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "brainlearn experiment",
        **schema,
    }


def page() -> str:
    """Return the reference as Markdown."""
    schema = json_schema()
    tables = {"ExperimentFile": schema, **schema["$defs"]}
    lines = [HEAD, "", "```toml", EXAMPLE.rstrip(), "```", "", "## Tables and keys", ""]
    lines.append("Keys in **bold** must be given.")
    for name, title in _TITLES.items():
        lines += ["", f"### {title}", "", tables[name]["description"], "", *_key_table(tables[name])]
    return "\n".join([*lines, "", *_choices(), "", NOTES.replace("RENAMED", _renamed())])


def _renamed() -> str:
    """Name every key that had another name, with that name."""
    pairs = ((old.replace("*", "NAME"), new) for old, new in RENAMED.items())
    return ",\n".join(f"`{old}` is `{new}`" for old, new in pairs)


def _key_table(table: dict[str, Any]) -> list[str]:
    rows = []
    for key, field in table["properties"].items():
        name = f"**`{key}`**" if key in table.get("required", ()) else f"`{key}`"
        rows.append((name, value_words(field), _default(field), field.get("description", "")))
    if table.get("additionalProperties") is True:
        rows.append(("others", "number or text", "", "settings of the element, see below"))
    return markdown_table(("key", "value", "default", "meaning"), rows)


def _default(field: dict[str, Any]) -> str:
    default = field.get("default")
    return "" if default in (None, [], {}) else f"`{json.dumps(default)}`"


def value_words(field: dict[str, Any]) -> str:
    """Say in words what may be in a field of the JSON Schema."""
    if "const" in field:
        return f'`"{field["const"]}"`'
    if "enum" in field:
        return ", ".join(f'`"{word}"`' for word in field["enum"])
    if "$ref" in field:
        return "table, see below"
    if "oneOf" in field:
        return "table, see below"
    if "anyOf" in field:
        kinds = {choice.get("type") for choice in field["anyOf"]}
        return "quantity" if kinds == {"string", "number"} else " or ".join(map(value_words, field["anyOf"]))
    if field["type"] == "array":
        return "tables, see below" if "$ref" in field["items"] else _list_words(field["items"])
    if field["type"] == "object":
        return f"table; each value: {value_words(_value_of(field))}"
    if field.get("examples"):
        return f'time, as in `"{field["examples"][0]}"`'
    bounds = "".join(f", {words} {field[key]}" for key, words in _BOUNDS.items() if key in field)
    return _WORDS[field["type"]] + bounds


def _list_words(items: dict[str, Any]) -> str:
    """Say in words what a list holds: texts, numbers, or pairs of numbers."""
    return "list of pairs of numbers" if items["type"] == "array" else _LISTS[items["type"]]


def _value_of(table: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the values of a table with free keys."""
    patterns = table.get("patternProperties") or {"": table["additionalProperties"]}
    value: dict[str, Any] = next(iter(patterns.values()))
    return value


def _choices() -> Iterator[str]:
    yield from ("## Rules", "", "[What a rule is, and how to write one of your own](rules.md).", "")
    rules = [(f"`{name}`", rule.description, _parameters(rule), rule.source) for name, rule in RULES.items()]
    yield from markdown_table(("name", "what it does", "parameters", "source"), rules)
    yield from ("", "## Updates", "")
    yield "The proposed change passes through the list in its order and is added to the weights. Elements that"
    yield "bound weights act after that. A projection with a sign keeps it without being told to."
    yield ""
    updates = [(f"`{name}`", _first_line(each), _settings(each)) for name, each in UPDATES.items()]
    yield from markdown_table(("name", "what it does", "settings"), updates)
    yield from ("", "## Datasets", "", "[Stimuli](stimuli.md) says where the files must lie.", "")
    yield from markdown_table(
        ("name", "what it is"), [(f"`{name}`", each.description) for name, each in DATASETS.items()]
    )
    yield from ("", "## Environments", "", "[Environments](environments.md) says how a circuit acts in them.", "")
    environments = [
        (f"`{name}`", each.description, _settings(each.make), each.source) for name, each in ENVIRONMENTS.items()
    ]
    yield from markdown_table(("name", "what it is", "settings", "source"), environments)


def _parameters(rule: Rule) -> str:
    return ", ".join(f"`{key}` {value.text}" for key, value in rule.parameters.items())


def _first_line(update: Any) -> str:
    return (inspect.getdoc(update) or "").splitlines()[0].replace("``", "`")


def _settings(update: Any) -> str:
    found = inspect.signature(update).parameters.values()
    return ", ".join(f"`{p.name}`" + ("" if p.default is p.empty else f" {_short(p.default)}") for p in found)


def _short(default: Any) -> str:
    return f"{default:g}" if isinstance(default, int | float) else str(default)


if __name__ == "__main__":
    deliver(sys.argv[1:], page(), {PAGE: page(), SCHEMA: schema_text(json_schema())})
