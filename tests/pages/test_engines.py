from __future__ import annotations

import pytest

from brainlearn.brian.text.text_check import find_mistakes
from brainlearn.neurons import NEURONS
from pages.engine_examples import BUILT_IN
from pages.engines import PAGE, Support, measure, page, row
from pages.known_models import KNOWN
from tests.docs.markdown import read

COMMAND = "run `python -m pages.engines docs`"
EXAMPLES = {**BUILT_IN, **KNOWN}
QUICK = ["lif_conductance", "poisson", "graded", "izhikevich"]


def written() -> dict[str, Support]:
    """Return the cells that stand in the page."""
    rows = [line.strip("| ").split(" | ") for line in read(f"docs/{PAGE}").splitlines() if line.startswith("| `")]
    return {name.strip("`"): Support(*(cell.strip(" |") for cell in cells)) for name, *cells in rows}


def test_every_neuron_model_has_a_row() -> None:
    assert list(written()) == [*NEURONS, *KNOWN], COMMAND


def test_the_page_is_current_but_for_what_is_measured() -> None:
    blank = Support("", "", "", "")
    assert read(f"docs/{PAGE}") == page({name: written().get(name, blank) for name in EXAMPLES}), COMMAND


@pytest.mark.parametrize("name", QUICK)
def test_rows_are_what_is_measured(name: str) -> None:
    assert row(name, measure(name, EXAMPLES[name])) in read(f"docs/{PAGE}").splitlines(), COMMAND


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in QUICK])
def test_all_other_rows_are_what_is_measured(name: str) -> None:
    assert row(name, measure(name, EXAMPLES[name])) in read(f"docs/{PAGE}").splitlines(), COMMAND


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_circuits_have_no_mistakes(name: str) -> None:
    circuit = EXAMPLES[name].circuit(name)
    assert find_mistakes(circuit) == []
    used = {circuit.neurons[population.neuron].name for population in circuit.populations}
    assert name in used
