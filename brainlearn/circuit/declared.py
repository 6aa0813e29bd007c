"""What a script says of a circuit: models, areas, populations and projections, each with the keys of a circuit file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brainlearn.circuit.circuit import Population as ReadPopulation

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Neuron:
    """A neuron model of a circuit: a built-in one with other parameters (`model`), or Brian2 text (`equations`).

    Parameters
    ----------
    model : str
        Name of the model to start from: a built-in one (``brainlearn list neurons`` lists them) or one of the circuit.
    kind : "spiking", "graded" or "stimulus", optional
        Default: by what the model has.
    equations, threshold, reset, refractory : str
        Brian2 text, with units.
    method : str, optional
        How Brian2 integrates the equations; default: "euler".
    parameters, initial : mapping of str to quantity
        Constants of the text, and variables at the onset of a presentation. A quantity is text (``"20 ms"``), a number,
        a quantity of Brian2 (``20*ms``), an array with one for every unit (of Brian2, if it has a unit), or a
        table from which every unit gets its own, as in
        ``{"distribution": "normal", "mean": "20 ms", "sd": "2 ms"}``.
    output, input, feedback : str
        Variables with a role: transmitted by continuous synapses, set by a stimulus, carrying top-down
        input.
    kept : sequence of str
        Variables that persist across presentations; all copies share them.

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
        return short(self)


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
        return short(self)


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
        Rows and columns of a two-dimensional sheet; the size is their product, times `channels`.
    channels : int
        Units at every position of the sheet.
    sign : "excitatory", "inhibitory" or "mixed"
        Dale sign of every synapse that the population makes.
    normalisation : mapping, optional
        How its output is scaled, as in ``{"rms": 0.3}``.
    poisson_input : sequence of mapping, optional
        External spikes, as in ``{"variable": "v", "number": 1000, "rate": "8 Hz", "weight": "0.1 mV"}``.
    parameters, initial : mapping of str to quantity
        Override those of its neuron model; see `Neuron`.

    Examples
    --------
    >>> Population("E", "lif", size=200)
    Population(name='E', neuron='lif', size=200)
    """

    name: str
    neuron: str
    size: int | None = None
    sheet: tuple[int, int] | None = None
    channels: int = 1
    sign: str = "mixed"
    normalisation: Any = None
    poisson_input: Sequence[Any] = ()
    parameters: Table = field(default_factory=dict)
    initial: Table = field(default_factory=dict)

    def __repr__(self) -> str:
        return short(self)


@dataclass(frozen=True)
class Area:
    """A cortical area, or the place where stimuli enter.

    Parameters
    ----------
    name : str
        Unique within the circuit.
    level : int
        Position in the hierarchy; bottom-up projections lead to a higher level.
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
        Its role: to a higher level, to a lower one, or within a level.
    synapse : str
        A synapse model of the circuit, or a built-in one; ``brainlearn list synapses`` lists them.
    weights : mapping or (pre, post) array
        How the initial weights are drawn, as in ``{"distribution": "normal", "sd": 1.0, "per_input": True}``, or the
        weights themselves; where they are 0 there is no synapse. A convolution has kernels: (pre_channel, post_channel,
        kernel_row, kernel_column).
    delay : quantity
        From spike to effect, as text (``"2 ms"``) or as a quantity of Brian2 (``2*ms``); a multiple of the time step.
    short_term_plasticity : mapping, optional
        Short-term depression and facilitation, as in ``{"utilisation": 0.5, "tau_recovery": "800 ms"}``.
    fast_weights : mapping, optional
        A second, decaying weight of every synapse in every copy, as in ``{"rate": "500 Hz", "tau_decay": "10 ms"}``.
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
    short_term_plasticity: Any = None
    fast_weights: Any = None

    def __repr__(self) -> str:
        return short(self)


@dataclass(frozen=True)
class ProjectionTable:
    """Projections between several populations, each with its own probability or number.

    Parameters
    ----------
    sources, targets : sequence of str
        Paths of the populations that send, and of those that receive.
    synapse, weights, delay, short_term_plasticity, sign, self_connections : object
        As in `Projection`, for all of them.
    probabilities : (target, source) array of float
        Chance that a pair of units is connected: one row for each target, one column for each source; where it is 0
        there is no projection.
    numbers, in_degrees, out_degrees : (target, source) array of int
        Instead of probabilities: synapses of each projection, onto every target unit, or of every source unit.
    kind : "probability" or "fixed_total_number", optional
        Whether probabilities connect each pair by chance (the default), or say a number that is drawn with replacement.
    multapses : bool, optional
        For numbers of synapses: whether two units may have several.
    connectivity : mapping, optional
        Instead of a table of numbers: that of all projections.
    exceptions : sequence of mapping
        What is different in some entries: ``{"sources": ["L4/E"], "targets": ["L2/E"], "weights": …}``.
    name : str
        Of the projections; ``{source}`` and ``{target}`` stand for the populations.
    """

    sources: Sequence[str]
    targets: Sequence[str]
    synapse: str
    weights: Any
    probabilities: Any = None
    numbers: Any = None
    in_degrees: Any = None
    out_degrees: Any = None
    kind: str | None = None
    multapses: bool | None = None
    connectivity: Any = None
    delay: Any = "0 ms"
    sign: str | None = None
    self_connections: bool = False
    exceptions: Sequence[Table] = ()
    name: str = "{source}->{target}"
    short_term_plasticity: Any = None

    def __repr__(self) -> str:
        return short(self)


def short(declared: Any) -> str:
    """Show what was said, without the defaults."""
    return f"{type(declared).__name__}({', '.join(f'{name}={value!r}' for name, value in said_of(declared).items())})"


def said_of(declared: Any) -> dict[str, Any]:
    """Return the fields that differ from their defaults."""
    said = {}
    for each in dataclasses.fields(declared):
        value = getattr(declared, each.name)
        empty = isinstance(value, Mapping) and not value and each.default_factory is not dataclasses.MISSING
        if value is not each.default and not empty:
            said[each.name] = value
    return said
