"""What a script says of a circuit: models, areas, populations and projections, each with the keys of a circuit file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brainlearn.circuit.circuit import Area as ReadArea
from brainlearn.circuit.circuit import Population as ReadPopulation
from brainlearn.circuit.circuit import Projection as ReadProjection
from brainlearn.circuit.plain_values import plain
from brainlearn.circuit.writing import area_table, neuron_table, population_table, projection_table, synapse_table
from brainlearn.neurons import NeuronModel
from brainlearn.synapses import SynapseModel

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Neuron:
    """A neuron model of a circuit: a built-in one with other parameters (`model`), or Brian2 text (`equations`).

    Parameters
    ----------
    model : str
        Name of the built-in model to start from; ``brainlearn list neurons`` lists them.
    kind : "spiking", "graded" or "stimulus", optional
        Default: by what the model has.
    equations, threshold, reset, refractory : str
        Brian2 text, with units.
    method : str, optional
        How Brian2 integrates the equations; default: "euler".
    parameters, initial : mapping of str to quantity
        Constants of the text, and variables at the onset of a presentation. A quantity is text (``"20 ms"``), a number
        or a quantity of Brian2 (``20*ms``).
    output, input, feedback : str
        Variables with a part to play: what continuous synapses transmit, what a stimulus sets, what brings top-down
        input.
    kept : sequence of str
        Variables that a unit keeps over presentations; all copies share them.

    Examples
    --------
    >>> Neuron(model="lif_delta", parameters={"tau_membrane": "20 ms"})
    Neuron(model='lif_delta', parameters={'tau_membrane': '20 ms'})
    """

    model: str = ""
    _: dataclasses.KW_ONLY
    kind: str | None = None
    equations: str = ""
    threshold: str = ""
    reset: str = ""
    refractory: Any = ""
    method: str | None = None
    parameters: Table = field(default_factory=dict)
    initial: Table = field(default_factory=dict)
    output: str = ""
    input: str = ""
    feedback: str = ""
    kept: Sequence[str] = ()

    def __repr__(self) -> str:
        return _short(self)


@dataclass(frozen=True)
class Synapse:
    """A synapse model of a circuit as Brian2 text: give one of `on_pre` and `transmit`.

    Parameters
    ----------
    on_pre : str
        Statements for a presynaptic spike, as in ``v_post += w*mV``.
    transmit : str
        What is transmitted all the time, as in ``drive_post = w*activity_pre``.
    sign : "excitatory", "inhibitory" or "mixed"
        The sign that its weights must have.

    Examples
    --------
    >>> Synapse("v_post += w*mV")
    Synapse(on_pre='v_post += w*mV')
    """

    on_pre: str = ""
    transmit: str = ""
    sign: str = "mixed"

    def __repr__(self) -> str:
        return _short(self)


@dataclass(frozen=True)
class Population:
    """Units of one kind within an area.

    Parameters
    ----------
    name : str
        Unique within its area.
    neuron : str
        A neuron model of the circuit, or a built-in one.
    size : int, optional
        Number of units.
    sheet : (int, int), optional
        Rows and columns of a two-dimensional sheet; the size is their product, times `per_place`.
    per_place : int
        Units at every place of the sheet.
    sign : "excitatory", "inhibitory" or "mixed"
        Dale sign of every synapse that the population makes.
    normalisation : mapping, optional
        How what it passes on is scaled, as in ``{"rms": 0.3}``.
    poisson_input : sequence of mapping, optional
        Spikes from outside, as in ``{"variable": "v", "number": 1000, "rate": "8 Hz", "weight": "0.1 mV"}``.

    Examples
    --------
    >>> Population("E", "lif", size=200)
    Population(name='E', neuron='lif', size=200)
    """

    name: str
    neuron: str
    size: int | None = None
    sheet: tuple[int, int] | None = None
    per_place: int = 1
    sign: str = "mixed"
    normalisation: Any = None
    poisson_input: Sequence[Any] = ()

    def __repr__(self) -> str:
        return _short(self)


@dataclass(frozen=True)
class Area:
    """A cortical area, or the place where stimuli enter.

    Parameters
    ----------
    name : str
        Unique within the circuit.
    level : int
        Place in the hierarchy; bottom-up projections climb.
    populations : sequence of Population
        At least one.
    """

    name: str
    level: int
    populations: Sequence[Population | ReadPopulation]


@dataclass(frozen=True)
class Projection:
    """Synapses from one population to another.

    Parameters
    ----------
    source, target : str
        Paths of populations, as ``"V1/E"``.
    pathway : "bottom_up", "top_down" or "lateral"
        Its role: it climbs a level, descends, or stays.
    synapse : str
        A synapse model of the circuit, or a built-in one; ``brainlearn list synapses`` lists them.
    weights : mapping
        How the initial weights are drawn, as in ``{"distribution": "normal", "sd": 1.0, "per_input": True}``.
    delay : quantity
        From spike to effect, as text (``"2 ms"``) or as a quantity of Brian2 (``2*ms``); a multiple of the time step.
    connectivity : mapping, optional
        Which pairs are connected, as in ``{"kind": "probability", "probability": 0.1}``; default: all.
    sign : "excitatory", "inhibitory" or "mixed", optional
        Dale sign of the weights; default: that of the source population.
    self_connections : bool
        Whether a unit may project to itself.
    name : str
        Unique; default: ``source->target``.

    Examples
    --------
    >>> Projection("retina/image", "V1/E", "bottom_up", "delta", {"distribution": "constant", "value": 1.0})
    ... # doctest: +NORMALIZE_WHITESPACE
    Projection(source='retina/image', target='V1/E', pathway='bottom_up', synapse='delta',
               weights={'distribution': 'constant', 'value': 1.0})
    """

    source: str
    target: str
    pathway: str
    synapse: str
    weights: Any
    delay: Any = "0 ms"
    connectivity: Any = None
    sign: str | None = None
    self_connections: bool = False
    name: str = ""

    def __repr__(self) -> str:
        return _short(self)


def _short(declared: Any) -> str:
    """Show what was said, without the defaults."""
    return f"{type(declared).__name__}({', '.join(f'{name}={value!r}' for name, value in _said(declared).items())})"


def _said(declared: Any) -> dict[str, Any]:
    said = {}
    for each in dataclasses.fields(declared):
        value = getattr(declared, each.name)
        empty = isinstance(value, Mapping) and not value and each.default_factory is not dataclasses.MISSING
        if value is not each.default and not empty:
            said[each.name] = value
    return said


# ---- tables of a circuit file --------------------------------------------------------------------------------------


def tables(
    name: Any,
    dt: Any,
    areas: Any,
    projections: Any = (),
    neurons: Any = None,
    synapses: Any = None,
    description: str = "",
) -> dict[str, Any]:
    """Return what a circuit file would hold that says the same.

    Parameters
    ----------
    name, dt, description : object
    areas, projections : iterable
        Of `Area` and `Projection`, as declared here or as read from a file, or of tables.
    neurons, synapses : mapping, optional
        Of `Neuron` and `Synapse`, as declared here or as read from a file, or of tables, by name.
    """
    data = {"name": plain(name), "description": description, "dt": plain(dt)}
    if found := {key: _neuron(key, each) for key, each in dict(neurons or {}).items()}:
        data["neurons"] = {key: each for key, each in found.items() if each is not None}
    if found := {key: _synapse(key, each) for key, each in dict(synapses or {}).items()}:
        data["synapses"] = {key: each for key, each in found.items() if each is not None}
    data["areas"] = [_area(each) for each in _listed(areas)]
    data["projections"] = [_projection(each) for each in _listed(projections)]
    return data


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]


def _neuron(name: str, given: Any) -> Any:
    if isinstance(given, Neuron) and not isinstance(given.refractory, str):  # a quantity; Brian2's text multiplies
        given = dataclasses.replace(given, refractory=str(plain(given.refractory)).replace(" ", "*"))
    return neuron_table(name, given) if isinstance(given, NeuronModel) else _table(given, Neuron)


def _synapse(name: str, given: Any) -> Any:
    return synapse_table(name, given) if isinstance(given, SynapseModel) else _table(given, Synapse)


def _area(given: Any) -> Any:
    if isinstance(given, ReadArea):
        return area_table(given)
    table = _table(given, Area)
    if isinstance(given, Area):
        table["populations"] = [_population(each) for each in _listed(given.populations)]
    return table


def _population(given: Any) -> Any:
    return population_table(given) if isinstance(given, ReadPopulation) else _table(given, Population)


def _projection(given: Any) -> Any:
    return projection_table(given) if isinstance(given, ReadProjection) else _table(given, Projection)


def _table(given: Any, kind: type) -> Any:
    """Return a table; of something else what it is, so that the checks name it."""
    return {key: plain(value) for key, value in _said(given).items()} if isinstance(given, kind) else plain(given)
