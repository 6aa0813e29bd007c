"""Which neuron model runs where, measured: ``python -m pages.engines``.

Without an argument it prints the page; with a folder it writes ``engines.md`` there.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np

from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror
from brainlearn.mistakes import UserError
from brainlearn.report.markdown_table import markdown_row, markdown_table
from brainlearn.verification.outcome import Verification
from brainlearn.verification.verify import MACHINES, TOLERANCE, verify
from pages.deliver import deliver
from pages.engine_examples import BUILT_IN, Example
from pages.known_models import KNOWN

PAGE = "engines.md"
COPIES = 3
READ = "V2/E"  # whose activity the gradient is that of

HEAD = f"""\
# Neuron models and engines

<!-- Made by `python -m pages.engines docs`; do not edit. -->

Every cell of these tables was measured on a small circuit: random stimuli reach 10 units of the model in V1, whose
spikes (or graded activity) reach 8 units of the model in V2, and some come back. A stimulus is measured with units
that it drives.

- **stock Brian2**: `brian2.Synapses`, the reference. *spikes* or *active*: all populations did something.
- **copies**: many copies with one weight matrix, as `brainlearn run` simulates. *same*: every spike at the same step
  and unit as in stock Brian2, and every state variable within {TOLERANCE:g} of its largest value there.
- **mirror**: the circuit in PyTorch, [rendered from Brian2's abstract code](mirror.md). *same*: as above.
- **gradient**: of the activity of V2 in the mirror, in single precision, by all weights. *finite*: every one is a
  finite number, and no projection has zeros only.

`brainlearn verify CIRCUIT` compares the three machines on a circuit of yours."""

COLUMNS = ("neuron model", "stock Brian2", "copies", "mirror", "gradient", "why not")


@dataclass(frozen=True)
class Support:
    """What was measured of one neuron model, in words: a row of the table."""

    stock: str
    copies: str
    mirror: str
    gradient: str
    reason: str = ""


def measure(name: str, example: Example) -> Support:
    """Run the circuit of a neuron model on every engine."""
    circuit = example.circuit(name)
    reason = ""
    try:
        Mirror(circuit)
    except UserError as refusal:
        reason = refusal.mistakes[0].wrong
    found = verify(circuit, example.steps, COPIES, machines=("copies",) if reason else MACHINES)
    return Support(
        _stock(found),
        _outcome(found, "copies"),
        "refused" if reason else _outcome(found, "mirror"),
        "" if reason else gradient(circuit, example.steps),
        reason,
    )


def _stock(found: Verification) -> str:
    if found.diverged:
        return "diverges: " + ", ".join(found.diverged)
    if found.inactive:
        return "silent: " + ", ".join(found.inactive)
    return "spikes" if found.spikes else "active"


def _outcome(found: Verification, machine: str) -> str:
    comparison = found.machines[machine]
    wrong = [f"spikes of {path}" for path in comparison.misfiring()] + comparison.deviating(TOLERANCE)
    return "differs: " + ", ".join(wrong) if wrong else "same"


def gradient(circuit: Circuit, steps: int) -> str:
    """Send the activity of V2 back through the mirror, and say whether all weights get a gradient."""
    mirror = Mirror(circuit)
    rng = np.random.default_rng(1)
    stimuli = {
        p.path: rng.random((COPIES, p.size)) for p in circuit.populations if circuit.models[p.path].kind == "stimulus"
    }
    state = mirror.present(stimuli, steps)
    mirror.activity(state, READ).sum().backward()
    found = {name: weights.grad for name, weights in mirror.weights.items()}
    wrong = [name for name, grad in found.items() if grad is None or not grad.isfinite().all()]
    zero = [name for name, grad in found.items() if name not in wrong and not (grad != 0).any()]
    if wrong:
        return "not finite: " + ", ".join(wrong)
    return "0: " + ", ".join(zero) if zero else "finite"


def page(measured: Mapping[str, Support]) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    measured : mapping of str to Support
        A row for every name in `BUILT_IN` and `KNOWN`.
    """
    lines = [HEAD, "", "## Built-in models", "", *_table(BUILT_IN, measured)]
    lines += ["", "## Well-known models as text", "", *_table(KNOWN, measured), ""]
    lines.append("To use one, copy its text into a circuit file. [Circuit files](circuit-files.md) lists the keys.")
    for name, example in KNOWN.items():
        lines += ["", f"### {name}", "", f"{example.source}. Time step here: {example.dt}.", ""]
        lines += ["```toml", (example.text + ("\n" + example.synapses if example.synapses else "")).rstrip(), "```"]
    return "\n".join(lines) + "\n"


def _table(examples: Mapping[str, Example], measured: Mapping[str, Support]) -> list[str]:
    return markdown_table(COLUMNS, [_cells(name, measured[name]) for name in examples])


def row(name: str, support: Support) -> str:
    """Return a row of the table."""
    return markdown_row(_cells(name, support))


def _cells(name: str, support: Support) -> tuple[str, ...]:
    return (f"`{name}`", *astuple(support))


if __name__ == "__main__":
    text = page({name: measure(name, example) for name, example in {**BUILT_IN, **KNOWN}.items()})
    deliver(sys.argv[1:], text, {PAGE: text})
