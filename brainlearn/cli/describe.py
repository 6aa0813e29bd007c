"""``brainlearn describe``: a circuit as tables and as a drawing."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from brainlearn.circuit import Circuit, Projection
    from brainlearn.circuit.connectivity import CONVOLVED
    from brainlearn.circuit.replacing import Sizes
    from brainlearn.experiment.loading import Experiment
    from brainlearn.experiment.rule_schema import RuleTable

PLAIN_WIDTH = 140  # columns where there is no terminal


def describe(
    file: Annotated[Path, typer.Argument(help="A circuit file, or an experiment file.", show_default=False)],
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="Draw the circuit to FILE.svg, FILE.png or FILE.pdf; may be repeated."),
    ] = None,
) -> None:
    """Show and draw the areas, populations and projections of a circuit; for an experiment, also the learning rules."""
    from brainlearn.cli.terminal import terminal_console

    circuit, experiment = read(file)
    for path in output or ():
        from brainlearn.plots.circuit_drawing import save_drawing

        save_drawing(circuit, path)
    console = terminal_console(PLAIN_WIDTH)
    console.print(circuit.name, circuit.description, sep="  ")
    console.print(summary_line(circuit))
    rules = [] if experiment is None else [rule_table(experiment)]
    some = (value_table(circuit), poisson_table(circuit)), (short_term_table(circuit), fast_weights_table(circuit))
    of_populations, of_projections = ([table for table in tables if table.row_count] for tables in some)
    for table in (population_table(circuit), *of_populations, projection_table(circuit), *of_projections, *rules):
        console.print()
        console.print(table)
    for path in output or ():
        console.print(f"Drawing: {path}")


def load(file: Path, sizes: Sizes = MappingProxyType({})) -> Circuit:
    """Read a circuit, or that of an experiment; see `read`."""
    return read(file, sizes)[0]


def read(file: Path, sizes: Sizes = MappingProxyType({})) -> tuple[Circuit, Experiment | None]:
    """Read a circuit with other sizes, if any, or an experiment and its circuit with the experiment's sizes.

    Raises
    ------
    UserError
        With every mistake, and where sizes are asked for an experiment, which has its own.
    """
    from brainlearn.brian.loading import load_circuit
    from brainlearn.circuit.file_kind import EXPERIMENT, kind_of_file
    from brainlearn.circuit.reading import read_toml
    from brainlearn.circuit.shipped import circuit_file
    from brainlearn.mistakes import Mistake, UserError

    file = circuit_file(file)
    if kind_of_file(read_toml(file)) == EXPERIMENT:
        from brainlearn.experiment import load_experiment

        if sizes:
            raise UserError(Mistake("--size", "an experiment has its own sizes", str(file), "a circuit file"))
        experiment = load_experiment(file)
        return experiment.circuit, experiment
    return load_circuit(file, sizes), None


def summary_line(circuit: Circuit) -> str:
    """Count areas, populations, projections, units and synapses."""
    from brainlearn.circuit.counting import count_synapses

    units = sum(population.size for population in circuit.populations)
    counts = [count_synapses(circuit, projection) for projection in circuit.projections]
    synapses = sum(count.number for count in counts)
    about = "" if all(count.exact for count in counts) else "about "
    return (
        f"{len(circuit.areas)} areas, {len(circuit.populations)} populations, "
        f"{len(circuit.projections)} projections, "
        f"{units:,} units, {about}{synapses:,} synapses, time step {circuit.dt.text}"
    )


def population_table(circuit: Circuit) -> Table:
    """Return a table of all populations, the highest level first."""
    from rich.table import Table

    from brainlearn.circuit.counting import sheet_words

    table = Table("area", "level", "population", "units", "sheet", "neuron", "kind", "sign", "normalised to rms")
    for column in (1, 3):
        table.columns[column].justify = "right"
    for area in sorted(circuit.areas, key=lambda area: -area.level):
        for k, population in enumerate(area.populations):
            first = (area.name, str(area.level)) if k == 0 else ("", "")
            sheet = sheet_words(population)
            rms = f"{population.normalisation.rms:g}" if population.normalisation else ""
            kind = circuit.models[population.path].kind
            table.add_row(
                *first,
                population.name,
                f"{population.size:,}",
                sheet,
                population.neuron,
                kind,
                population.sign,
                rms,
            )
    return table


def value_table(circuit: Circuit) -> Table:
    """Return a table of what differs between units, or from the neuron model of their population."""
    from rich.table import Table

    from brainlearn.circuit.unit_values import differing_values

    table = Table("population", "variable", "value", "when")
    for row in differing_values(circuit):
        table.add_row(*row)
    return table


def poisson_table(circuit: Circuit) -> Table:
    """Return a table of the spikes that populations receive from outside."""
    from rich.table import Table

    table = Table("population", "Poisson trains onto a unit", "rate", "add to", "weight")
    table.columns[1].justify = "right"
    for population in circuit.populations:
        for each in population.poisson_input:
            table.add_row(population.path, f"{each.number:,}", each.rate.text, each.variable, each.weight.text)
    return table


def projection_table(circuit: Circuit) -> Table:
    """Return a table of all projections, in the order of the file."""
    from rich.table import Table

    from brainlearn.circuit.counting import count_synapses

    table = Table("projection", "pathway", "synapse", "sign", "connectivity", "synapses", "weights", "delay")
    table.columns[5].justify = "right"
    for projection in circuit.projections:
        table.add_row(
            projection.name,
            projection.pathway.replace("_", "-"),
            projection.synapse,
            projection.sign,
            _connectivity(projection),
            str(count_synapses(circuit, projection)),
            _weights(projection),
            projection.delay.text if projection.delayed else "",
        )
    return table


def short_term_table(circuit: Circuit) -> Table:
    """Return a table of the projections with short-term plasticity."""
    from rich.table import Table

    table = Table("projection", "short-term plasticity")
    for projection in circuit.projections:
        if projection.short_term_plasticity is not None:
            table.add_row(projection.name, projection.short_term_plasticity.text)
    return table


def fast_weights_table(circuit: Circuit) -> Table:
    """Return a table of the projections with fast weights."""
    from rich.table import Table

    table = Table("projection", "fast weights")
    for projection in circuit.projections:
        if projection.fast_weights is not None:
            table.add_row(projection.name, projection.fast_weights.text)
    return table


def rule_table(experiment: Experiment) -> Table:
    """Return a table of the projections that learn, each with its rule and its updates, and of those that do not."""
    from rich.table import Table

    table = Table("projection", "learns by", "parameters", "updates", "states of synapses")
    settings, learning = experiment.settings, experiment.learning_by
    by_name = {name: key for key, names in learning.items() for name in names}
    for projection in experiment.circuit.projections:
        key = by_name.get(projection.name)
        if key is None:
            tied = getattr(projection.weights, "to", "")
            table.add_row(projection.name, f"tied to {tied}" if tied else "no rule", "", "", "")
            continue
        rule = settings.rule_tables[key]
        parameters = ", ".join(f"{name} {value.text}" for name, value in rule.parameters.items())
        updates = ", ".join(" ".join([u.name, *map(str, (u.model_extra or {}).values())]) for u in rule.updates)
        table.add_row(projection.name, rule.name, parameters, updates or "adam", _states(experiment, projection, rule))
    return table


def _states(experiment: Experiment, projection: Projection, table: RuleTable) -> str:
    """Return the states that a rule gives to the synapses of a projection, and the memory that they take."""
    from brainlearn.circuit.counting import count_synapses
    from brainlearn.experiment.rule_of import rule_of
    from brainlearn.simulating.learning import memory_of_states

    rule, training = rule_of(table), experiment.settings.training
    if rule is None or not rule.states:
        return ""
    number = count_synapses(experiment.circuit, projection).number
    needed = memory_of_states(rule, number, training.copies, training.precision)
    return f"{', '.join(state.name for state in rule.states)}: {needed / 1e6:,.1f} MB"


def _connectivity(projection: Projection) -> str:
    from brainlearn.circuit.schema import (
        BY_DISTANCE,
        CONVOLVED,
        FixedInDegree,
        FixedOutDegree,
        FixedTotalNumber,
        FromFile,
        Gaussian,
        Local,
        Probability,
        Reciprocal,
        Square,
    )

    connectivity = projection.connectivity
    if isinstance(connectivity, BY_DISTANCE):
        width = f"sd {connectivity.sd:g}" if isinstance(connectivity, Gaussian) else f"length {connectivity.length:g}"
        edges = ", periodic" if connectivity.periodic else ""
        return f"{connectivity.kind} {connectivity.probability:g}, {width}{edges}"
    if isinstance(connectivity, Reciprocal):
        return f"reciprocal to {connectivity.to}"
    if isinstance(connectivity, FromFile):
        return f"from {connectivity.file}" + (", multapses" if connectivity.multapses else "")
    if isinstance(connectivity, FixedInDegree | FixedOutDegree | FixedTotalNumber):
        number = next(value for key, value in connectivity if key not in ("kind", "multapses"))
        return f"{connectivity.kind.replace('_', ' ')} {number:,}" + (", multapses" if connectivity.multapses else "")
    if isinstance(connectivity, Probability):
        return f"probability {connectivity.probability:g}"
    if isinstance(connectivity, CONVOLVED):
        return _convolution(connectivity)
    if isinstance(connectivity, Square):
        return f"square, side {connectivity.side}"
    if isinstance(connectivity, Local):
        return f"local, radius {connectivity.radius:g}"
    return connectivity.kind.replace("_", " ")


def _convolution(connectivity: CONVOLVED) -> str:
    """Say how windows are placed, as in ``convolution 5 × 5, stride 2, padding 2``; what is usual is left out."""
    from brainlearn.circuit.schema import Convolution
    from brainlearn.circuit.windows import stride_of

    kernel, stride, padding = connectivity.kernel, stride_of(connectivity), connectivity.padding
    said = [f"{connectivity.kind.replace('_', ' ')} {kernel[0]} × {kernel[1]}"]
    if stride != ((1, 1) if isinstance(connectivity, Convolution) else kernel):
        said.append(f"stride {_sides(stride)}")
    if padding != (0, 0):
        said.append(f"padding {_sides(padding)}")
    return ", ".join(said)


def _sides(sides: tuple[int, int]) -> str:
    return str(sides[0]) if sides[0] == sides[1] else f"{sides[0]} × {sides[1]}"


def _weights(projection: Projection) -> str:
    from brainlearn.circuit.schema import Constant, Exponential, Stored, Tied, Uniform

    weights = projection.weights
    if isinstance(weights, Uniform):
        text = f"uniform {weights.low:g} to {weights.high:g}"
    elif isinstance(weights, Tied):
        text = f"{weights.scale:g} × {weights.to}, transposed"
        text += "" if weights.correlation == 1 else f", correlation {weights.correlation:g}"
    elif isinstance(weights, Stored):
        text = f"from {weights.file}"
    elif isinstance(weights, Constant):
        text = f"constant {weights.value:g}"
    else:
        text = f"{weights.distribution} {weights.mean:g}"
        text += "" if isinstance(weights, Exponential) else f" ± {weights.sd:g}"
        text += "" if weights.low is None else f", at least {weights.low:g}"
        text += "" if weights.high is None else f", at most {weights.high:g}"
    return text + (" / √inputs" if weights.per_input else "")
