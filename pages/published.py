"""The page of published models: circuit files and recorded comparisons → ``docs/published.md``.

Run from the root of the project::

    python -m pages.published docs
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brainlearn.report.markdown_table import markdown_table
from experiments.published.side_by_side import shown, table
from experiments.published.verified import Said, recorded
from pages.deliver import deliver

PAGE = "published.md"
ROOT = Path(__file__).parents[1]
CIRCUITS = ROOT / "circuits" / "published"
COMPARISONS = ROOT / "experiments" / "published"

HEAD = """# Published models

<!-- Made by `python -m pages.published docs`; do not edit. -->

Models from papers, as circuit files in [circuits/published](../circuits/published/). For each: what the paper reports,
or where it gives no number a script of stock Brian2 written by hand, and what brainlearn finds. Values are means over
seeds ± their standard deviation; a number alone is one that others published. The command measures again and prints the
table of the model; [experiments/published](../experiments/published/README.md) explains how they are compared."""

VERIFIED = """## Verified

What `brainlearn verify` says of each: whether it does the same in stock Brian2, copies and the mirror. Populations
are smaller where stock Brian2 could not hold all synapses. `python -m experiments.published.verified` asks again."""

_FIELDS = ("Paper", "Published", "Compared")
_FIELD = re.compile(rf"^({'|'.join(_FIELDS)}): ")


@dataclass(frozen=True)
class Model:
    """A published model.

    Parameters
    ----------
    name : str
        Of its circuit file.
    description : str
    paper : str
        With the figure, where one is compared.
    published : str
        The number to be met.
    compared : str
        The measure that the overview shows; default: the first.
    measured : dict of str to list of dict
        By who measured (brainlearn first), for each seed what was measured. Empty if there is no comparison.
    errors : tuple of float
        Test errors [%] over seeds, of a model that is an experiment.
    """

    name: str
    description: str
    paper: str
    published: str
    compared: str
    measured: dict[str, list[dict[str, float]]]
    errors: tuple[float, ...] = ()

    @property
    def found(self) -> str:
        """What was found, in short."""
        if self.errors:
            return f"test error {shown(self.errors)} %"
        if not self.measured:
            return "not recorded yet"
        name = self.compared or next(iter(next(iter(self.measured.values()))[0]))
        ours, *others = ((who, shown([each[name] for each in runs])) for who, runs in self.measured.items())
        return f"{name}: {ours[1]}" + "".join(f"; {who}: {value}" for who, value in others)

    @property
    def command(self) -> str:
        """What measures it again."""
        if self.errors:
            return f"brainlearn run experiments/published/{self.name}/experiment.toml --data DIR"
        return f"python -m experiments.published.{self.name}.compare"


def models() -> list[Model]:
    """Return all published models, by name."""
    return [read_model(path) for path in sorted(CIRCUITS.glob("*.toml"))]


def read_model(path: Path) -> Model:
    """Return what the head of a circuit file and the records of its comparison say.

    Raises
    ------
    ValueError
        If the head does not name the paper and the number.
    """
    text = path.read_text(encoding="utf-8")
    fields = head_fields(text)
    missing = [name for name in ("Paper", "Published") if name not in fields]
    if missing:
        raise ValueError(f"{path.name}: its first comment has no line '# {missing[0]}: …'")
    folder = COMPARISONS / path.stem
    return Model(
        path.stem,
        tomllib.loads(text)["description"],
        fields["Paper"],
        fields["Published"],
        fields.get("Compared", ""),
        _read(folder / "result.json", {"measured": {}})["measured"],
        tuple(each["test_error_percent"] for each in _read(folder / "result" / "seeds.json", [])),
    )


def head_fields(text: str) -> dict[str, str]:
    r"""Return the fields of the comment that a circuit file begins with; indented lines continue a field.

    >>> head_fields("# A network.\n#\n# Paper: Brunel 2000,\n#   figure 8\n#\nname = 'x'")
    {'Paper': 'Brunel 2000, figure 8'}
    """
    fields: dict[str, str] = {}
    open_field = ""
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        said = line[1:].removeprefix(" ")
        if match := _FIELD.match(said):
            open_field = match[1]
            fields[open_field] = said[match.end() :].strip()
        elif open_field and said.startswith("  "):
            fields[open_field] += f" {said.strip()}"
        else:
            open_field = ""
    return fields


def page() -> str:
    """Return the page as Markdown."""
    rows = [
        (f"[{each.name}](#{each.name.lower()})", each.paper, each.published, each.found, f"`{each.command}`")
        for each in models()
    ]
    lines = [HEAD, "", *markdown_table(("model", "paper", "published", "found", "command"), rows)]
    for each in models():
        lines += ["", f"## {each.name}", "", *_section(each)]
    lines += ["", VERIFIED, "", *_verified(recorded())]
    return "\n".join([*lines, ""])


def _verified(said: dict[str, Said]) -> list[str]:
    """Return the table of what was said of each model."""
    rows = [(name, each.said, f"`{each.command}`") for name, each in said.items()]
    return list(markdown_table(("model", "outcome", "command"), rows))


def _section(model: Model) -> list[str]:
    circuit = f"{model.description} [Circuit](../circuits/published/{model.name}.toml)"
    if model.errors:
        return [f"{circuit}, [experiment](../experiments/published/{model.name}/README.md)."]
    if not model.measured:
        return [f"{circuit}, [comparison](../experiments/published/{model.name}/compare.py)."]
    seeds = len(model.measured["brainlearn"])
    return [
        f"{circuit}, [comparison](../experiments/published/{model.name}/compare.py) over {seeds} seeds:",
        "",
        *table(model.measured).splitlines(),
    ]


def _read(path: Path, otherwise: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else otherwise


if __name__ == "__main__":
    deliver(sys.argv[1:], page(), {PAGE: page()})
