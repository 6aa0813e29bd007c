"""Whether published circuits spike identically in stock Brian2, copies and the mirror, by `brainlearn verify`.

Run from the root of the project::

    python -m experiments.published.verified [NAME ...]

It prints what is said, and writes ``verified.json`` next to this script.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from brainlearn import load_circuit, verify
from brainlearn.lab import parse_quantity

CIRCUITS = Path("circuits/published")
RESULT = Path(__file__).with_name("verified.json")


@dataclass(frozen=True)
class Asked:
    """How a circuit is verified.

    Parameters
    ----------
    duration : str
    sizes : dict of str to int
        Smaller populations, for circuits whose synapses stock Brian2 cannot hold twice over.
    copies : int
    """

    duration: str = "300 ms"
    sizes: dict[str, int] = field(default_factory=dict)
    copies: int = 2

    def command(self, name: str) -> str:
        """Return the command that does the same."""
        sizes = "".join(f" --size {path}={size}" for path, size in self.sizes.items())
        return f"brainlearn verify {CIRCUITS}/{name}.toml --duration '{self.duration}' --copies {self.copies}{sizes}"


MICROCIRCUIT = {"L23": (207, 58), "L4": (219, 55), "L5": (49, 11), "L6": (144, 29)}  # one unit in a hundred
OTHERWISE = {
    "Brunel_2000": Asked("100 ms", {"cortex/E": 1010, "cortex/I": 260}),
    "Potjans_Diesmann_2014": Asked(
        "50 ms",
        {f"{layer}/{kind}": n for layer, both in MICROCIRCUIT.items() for kind, n in zip("EI", both, strict=True)},
    ),
    "Tsodyks_2000": Asked("1 s"),  # units are silent until the first population burst
    "Wang_2002": Asked(
        "200 ms",
        {
            "stimulus/left": 48,
            "stimulus/right": 48,
            "cortex/left": 48,
            "cortex/right": 48,
            "cortex/other": 224,
            "cortex/I": 80,
        },
    ),
}


@dataclass(frozen=True)
class Said:
    """The result."""

    command: str
    holds: bool
    said: str


def ask(name: str) -> Said:
    """Verify a circuit."""
    asked = OTHERWISE.get(name, Asked())
    circuit = load_circuit(CIRCUITS / f"{name}.toml", asked.sizes)
    steps = round(parse_quantity(asked.duration).value / circuit.dt.value)
    found = verify(circuit, steps, asked.copies)
    return Said(asked.command(name), found.holds, str(found))


def recorded() -> dict[str, Said]:
    """Return the last recorded result for each circuit."""
    if not RESULT.is_file():
        return {}
    return {name: Said(**each) for name, each in json.loads(RESULT.read_text(encoding="utf-8")).items()}


def main(names: list[str]) -> None:
    """Verify some circuits, or all."""
    for name in names or sorted(path.stem for path in CIRCUITS.glob("*.toml")):
        found = recorded() | {name: ask(name)}
        print(f"{name}: {found[name].said}", flush=True)
        content = {each: asdict(found[each]) for each in sorted(found)}
        RESULT.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
