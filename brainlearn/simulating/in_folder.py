"""A simulation in its own folder: circuit, result and report."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from brainlearn.brian.simulation import Delivery
from brainlearn.circuit import Circuit
from brainlearn.circuit.loading import parse_circuit
from brainlearn.mistakes import Mistake, UserError
from brainlearn.results.new_folder import create_default_folder, create_run_folder
from brainlearn.results.run_folder import CIRCUIT, RunFolder
from brainlearn.results.seal import seal
from brainlearn.results.store import open_simulation, read_simulation
from brainlearn.results.whole_file import whole_file, write_text
from brainlearn.rules import Rule
from brainlearn.running.copied_arrays import copy_arrays
from brainlearn.simulating.learning import Asked, asked_of
from brainlearn.simulating.run import Prepared, Simulated, Watch, prepare, simulate_into, text_of
from brainlearn.training.notebook_bar import bar_in_notebook

if TYPE_CHECKING:
    from xarray import DataTree

LOADED_BYTES = 200_000_000  # of a result that `simulate` returns in memory; of a larger one it opens the file


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a simulation; `tree` holds what was simulated until then."""

    def __init__(self, tree: DataTree) -> None:
        super().__init__()
        self.tree = tree


def simulate(
    circuit: Circuit | str | Path,
    duration: Any,
    inputs: Mapping[str, Any] | None = None,
    record: str | Sequence[str] = (),
    interval: Any = None,
    copies: int = 1,
    seed: int = 0,
    delivery: Delivery = "shared",
    precision: Literal["float32", "float64"] = "float64",
    nudging: float = 0.0,
    rule: Rule | str | Path | None = None,
    learn: str | Sequence[str] = (),
    parameters: Mapping[str, Any] = MappingProxyType({}),
    updates: Sequence[Mapping[str, Any]] = (),
    rules: Sequence[Mapping[str, Any]] | str | Path | None = None,
    weights_every: Any = None,
    folder: str | Path | None = None,
    watch: Watch | None = None,
) -> DataTree:
    """Simulate a circuit for a given time, unchanged or learning by a rule.

    Parameters
    ----------
    circuit : Circuit, str or Path
        A circuit, its file, or the name of one that comes with brainlearn, as ``"Brunel_2000"``.
    duration : str or Quantity
        As ``"500 ms"``, or a time of Brian2; a multiple of the circuit's time step.
    inputs : mapping of str to value, optional
        By population (``"retina/image"``), or variable of one (``"V1/E:current"``): a number or a text with a unit
        (``"20 Hz"``, ``"20 Hz from 100 ms to 200 ms"``, ``"random"``, the name of a file), an array (unit,) or
        (copy, unit), a `Sampled`, `SpikeTrains`, or an `xarray.DataArray` with dimensions among time, copy and unit.
        Plain arrays are in SI units. Stimuli that are not named are 0. Default: random values for all stimuli.
    record : str or sequence of str
        As ``["V1/E:v,spikes", "V1/E[0:10]:current", "V1/E:rate", "V1/E->V2/E:weights"]``. Spikes of all populations
        are recorded too, unless ``"none"`` is among them; if nothing is named, so are the membranes of a few units.
    interval : str or Quantity, optional
        From one sample of states and rates to the next; default: a time step.
    copies : int
        Trials at once: the same weights, the same inputs where they are not given for each copy, other random spikes.
    seed : int
        Of weights, random inputs, and random numbers in the text.
    delivery : "shared" or "stock"
        One weight matrix for all copies, or `brian2.Synapses`: the same spikes, slower.
    precision : "float32" or "float64"
    nudging : float
        What the variable ``nudging`` of taught outputs is; 0 leaves them alone.
    rule : Rule, str or Path, optional
        What weights change by: a rule, the name of one that is built in, or a rule file. Default: none change.
    learn : str or sequence of str
        Names of the projections that learn, or ``"all"``.
    parameters : mapping of str to value
        Values that replace the rule's, as ``{"tau_plus": "17 ms"}``.
    updates : sequence of mappings
        The chain from what the rule proposes to the weights, as ``[{"name": "clip", "low": 0.0, "high": 1.0}]``;
        default: a step of size 1.
    rules : sequence of mappings, str or Path, optional
        Several rules, each at projections of its own, instead of these four: ``[{"rule": "pair_stdp", "learn":
        "A/E->B/E"}, ...]``, or a file with ``[[rules]]`` as an experiment has them.
    weights_every : str or Quantity, optional
        From one sample of the weights that learn to the next; default: a hundredth of the duration.
    folder : str or Path, optional
        A new or an empty folder for circuit, result and report; what is recorded goes there while it comes. Default:
        nothing is written, and memory holds what is recorded.
    watch : callable, optional
        Called with the steps done and all steps, a few times a second; default: a bar in Jupyter.

    Returns
    -------
    xarray.DataTree
        Groups ``spikes``, ``states``, ``rates``, ``weights``, ``learning``, ``statistics`` and ``correlations``, each
        with a group for every population or projection; docs/simulate.md describes them. With a folder, and larger
        than 200 MB, it is read from the file as it is asked for.

    Raises
    ------
    UserError
        With everything that is wrong in circuit, inputs or records; nothing has been written then.
    Stopped
        After Ctrl-C, with what was simulated until then.

    Examples
    --------
    >>> from brainlearn import simulate
    >>> tree = simulate("circuits/two_areas.toml", "100 ms", {"retina/image": 0.5}, "V1/E:v")
    >>> tree["states/V1.E"]["v"].sizes["time"], tree["spikes/V1.E"]["spike_time"].attrs["units"]
    (100, 'ms')
    """
    watch = watch or bar_in_notebook()
    learning = what_learns(Asked(rule, learn, parameters, updates), rules)
    prepared = prepare(
        circuit, duration, inputs, record, interval, copies, seed, delivery, precision, nudging, learning, weights_every
    )
    if folder is None:
        tree, simulated = simulate_in_memory(prepared, watch)
    else:
        where = RunFolder(create_run_folder(folder))
        simulated = simulate_in(prepared, where, watch)
        small = where.result.stat().st_size < LOADED_BYTES
        tree = read_simulation(where.result) if small else open_simulation(where.result)
    if simulated.stopped:
        raise Stopped(tree)
    return tree


def what_learns(one: Asked, rules: Sequence[Mapping[str, Any]] | str | Path | None) -> list[Asked]:
    """Return what is to learn: by one rule, by several, or by none.

    Raises
    ------
    UserError
        If one and several were asked for, or what several are is wrong by itself.
    """
    is_asked = one.rule is not None or bool(one.learn or one.parameters or one.updates)
    if rules is None:
        return [one] if is_asked else []
    if is_asked:
        wrong, hint = "both one rule and several were given", "Add the single rule to the list."
        raise UserError(Mistake("rules", wrong, suggestion=hint))
    if isinstance(rules, str | Path):
        from brainlearn.simulating.rules_file import rules_of_file

        return rules_of_file(rules)
    return asked_of(rules)


def simulate_in_memory(prepared: Prepared, watch: Watch | None = None) -> tuple[DataTree, Simulated]:
    """Simulate, and return what was recorded, which memory must hold."""
    import io

    content = io.BytesIO()
    simulated = simulate_into(prepared, content, watch)
    content.seek(0)
    return read_simulation(content), simulated


def new_folder(circuit: Circuit, output: Path | None) -> RunFolder:
    """Create the folder that was named, or ``runs/simulate-<circuit>-<date>-<time>``."""
    if output is not None:
        return RunFolder(create_run_folder(output))
    return RunFolder(create_default_folder(f"simulate-{circuit.name}", datetime.datetime.now()))


def simulate_in(prepared: Prepared, folder: RunFolder, watch: Watch | None = None) -> Simulated:
    """Simulate, and write circuit, result and report into an existing empty folder."""
    from brainlearn.report.simulation import write_simulation_report

    circuit = prepared.simulation.circuit
    with folder.locked():
        if text := text_of(circuit):
            write_text(folder.circuit, text)
            copy_arrays(circuit, folder.path)
        with whole_file(folder.result) as part:
            simulated = simulate_into(prepared, part, watch)
            seal(part)
        with open_simulation(folder.result) as tree:
            write_simulation_report(tree, circuit, folder.report)
    return simulated


def write_page(folder: RunFolder) -> None:
    """Rewrite the page of a simulation from its result.

    Raises
    ------
    UserError
        If the result does not hold the text of the circuit, or this version cannot read it.
    """
    from brainlearn.report.simulation import write_simulation_report

    with open_simulation(folder.result) as tree:
        try:
            data = tomllib.loads(str(tree.attrs["circuit_text"]).removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            raise UserError(Mistake(str(folder.result), "the circuit in it cannot be read", str(error))) from error
        circuit, mistakes = parse_circuit(data, CIRCUIT)
        if mistakes:
            raise UserError(*mistakes)
        write_simulation_report(tree, circuit, folder.report)
