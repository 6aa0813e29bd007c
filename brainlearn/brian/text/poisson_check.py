"""Check that spikes from outside the circuit reach a variable of the population's neuron model, in its unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from brian2 import Equations
from brian2.equations.equations import DIFFERENTIAL_EQUATION
from brian2.units.fundamentalunits import get_or_create_dimension

from brainlearn.circuit import Circuit
from brainlearn.mistakes import Mistake, closest
from brainlearn.units import wrong_dimension


def check_poisson_inputs(circuit: Circuit, equations: Mapping[str, Equations]) -> Iterator[Mistake]:
    """Yield every Poisson input of a population that its neuron model cannot take.

    Parameters
    ----------
    circuit : Circuit
    equations : mapping of str to Equations
        Of the populations whose neuron models can be read, by path.
    """
    for i, area in enumerate(circuit.areas):
        for j, population in enumerate(area.populations):
            own = equations.get(population.path)
            for k, each in enumerate(population.poisson_input if own is not None else ()):
                assert own is not None
                place = f"{circuit.path}: areas[{i}].populations[{j}].poisson_input[{k}]"
                dynamic = [name for name in own if own[name].type == DIFFERENTIAL_EQUATION]
                if each.variable not in dynamic:
                    wrong = f'{population.neuron} has no differential equation for "{each.variable}"'
                    suggestion = closest(each.variable, dynamic)
                    yield Mistake(f"{place}.variable", wrong, f'"{each.variable}"', ", ".join(dynamic), suggestion)
                elif get_or_create_dimension(list(each.weight.dimension)) is not own[each.variable].dim:
                    error = wrong_dimension(each.weight, own[each.variable].dim._dims)
                    yield Mistake(f"{place}.weight", error.wrong, error.found, error.allowed, error.suggestion)
