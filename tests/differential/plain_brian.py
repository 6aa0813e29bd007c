"""Writes a circuit file as a plain Brian2 script for one copy of the circuit alone.

Shares no code with the package: it reads what `tomllib` gives, and its scripts import Brian2 and NumPy only. Names
that it adds begin with ``plain_``, which no file of the fuzzer uses. The script runs beside its npz files,

    python plain.py

and leaves two dictionaries, `spikes` (path -> (step, copy, unit)) and `states` ("path.variable" -> the same).
"""

from __future__ import annotations

import re
import textwrap
from typing import Any

from tests.differential.case import SHOWN, WEIGHTS, Case, Record
from tests.differential.file_text import SIGNS, name_of, quantity, read_by, sign_of, steps_of, target_of, unit_of
from tests.differential.plain_groups import group_text
from tests.differential.varied import differs

HEAD = '''\
"""A circuit as a plain Brian2 script, written by tests/differential/plain_brian.py."""

from pathlib import Path

import numpy as np
from brian2 import Clock, Network, NeuronGroup, Synapses, mV, ms, network_operation, prefs, us

prefs.codegen.target = "numpy"
prefs.core.default_float_dtype = np.float64
folder = Path(__file__).parent
stored = dict(np.load(folder / "{weights}"))
shown = dict(np.load(folder / "{shown}"))
clock = Clock(dt={dt})
weights = {{}}
'''

BUILD = """

def build():
    groups, inputs, parameters, operations, recorded, spiking = {}, {}, {}, [], {}, set()
    lines, gains, counts, counted = {}, {}, {}, {}  # what was sent lately, and what was done since a stretch began
    synapses = {}
"""

SPANS = '''

def plain_parameters(built):
    """What no equation drives, by copy, population and name."""
    return [
        {path: {name: np.array(parts["groups"][path].variables[name].get_value()) for name in names}
         for path, names in parts["parameters"].items()}
        for parts in built
    ]


def plain_begin_span(built, kept, reset, onset):
    """Put states back, all but parameters, if there is a reset; let the time begin anew if there is an onset."""
    elapsed = network.t_
    if reset or kept is None:
        network.restore("onset")
        for parts, values in zip(built, kept or [{}]*len(built)):
            for line in parts["lines"].values():
                line.clear()
            for path, names in values.items():
                for name, value in names.items():
                    parts["groups"][path].variables[name].get_value()[:] = value
    elif onset:  # a spike of before lies back as far as it did
        for parts in built:
            for group in parts["groups"].values():
                if "lastspike" in group.variables:
                    group.variables["lastspike"].get_value()[:] -= elapsed
    network.t_ = 0.0 if onset else elapsed
'''

PARTS = "groups, inputs, parameters, operations, recorded, spiking, lines, gains, counts, counted, synapses"

TAIL = """
{parts} = build()
circuit = dict(groups=groups, parameters=parameters, lines=lines)
record = {{}}


@network_operation(clock=clock, when="end")
def plain_keep():
    for path, group in groups.items():
        for name in recorded[path]:
            record.setdefault(f"{{path}}.{{name}}", []).append(np.array(group.variables[name].get_value(), dtype=float))
        if path in spiking:
            spiked = np.zeros(len(group), dtype=bool)
            spiked[group.spikes] = True
            record.setdefault(path, []).append(spiked)


@network_operation(clock=clock, when="before_start", order=-1)  # what is (constant over dt) sees it
def plain_show():
    if now["step"] in begins:
        for path in groups:
            if (key := "{{}}:{{}}".format(now["step"], path)) in shown:
                groups[path].variables[inputs[path]].get_value()[:] = shown[key][copy]
        for path, gain in gains.items():
            counts[path], counted[path] = np.zeros(len(groups[path])), 0
            gain()


@network_operation(clock=clock, when="end", order=10)
def plain_count():
    now["step"] += 1


network = Network(*groups.values(), *operations, plain_keep, plain_show, plain_count)
network.store("onset")
begins, copies, runs, now = {begins}, {copies}, [], {{}}
for copy in range(copies):
    record.clear()
    now["step"] = 0
    kept = None
    for first, last, reset, onset in {spans}:
        plain_begin_span([circuit], kept, reset, onset)
        network.run((last - first)*clock.dt, namespace={{}})
        kept = plain_parameters([circuit])
    runs.append({{name: np.stack(values) for name, values in record.items()}})
both = {{name: np.stack([run[name] for run in runs], axis=1) for name in runs[0]}}  # (step, copy, unit)
spikes = {{path: values for path, values in both.items() if path in spiking}}
states = {{name: values for name, values in both.items() if name not in spiking}}
"""


def write(case: Case) -> str:
    """Return the script."""
    begins = case.begins[:-1]
    return circuit_text(case) + TAIL.format(parts=PARTS, copies=case.copies, spans=case.spans, begins=begins)


def circuit_text(case: Case) -> str:
    """Return the part of the script that defines `build`, which makes one copy of the circuit."""
    file = case.file
    text = HEAD.format(weights=WEIGHTS, shown=SHOWN, dt=quantity(file["dt"]))
    populations = {f"{area['name']}/{p['name']}": p for area in file["areas"] for p in area["populations"]}
    projections = list(enumerate(file.get("projections", [])))
    text += "".join(_weights(projection, populations) for _, projection in projections)
    parts = [group_text(path, population, k, file) for k, (path, population) in enumerate(populations.items())]
    parts += [_projection(projection, k, populations, file) for k, projection in projections]
    parts += [_set_inputs(path, file, populations) for path in populations]
    return text + BUILD + textwrap.indent("".join(parts), "    ") + f"    return {PARTS}\n" + SPANS


def run(case: Case, text: str, path: str) -> Record:
    """Run the script, with its arrays beside `path`."""
    namespace: dict[str, Any] = {"__file__": path, "__name__": "plain"}
    exec(compile(text, path, "exec"), namespace)  # noqa: S102 - a script of our own
    file = case.file
    texts = [(p["target"], file["synapses"][p["synapse"]].get("transmit")) for p in file.get("projections", [])]
    sums = frozenset(f"{target}.{target_of(text)}" for target, text in texts if text)
    return Record(namespace["spikes"], namespace["states"], sums)


def _weights(projection: dict[str, Any], populations: dict[str, Any]) -> str:
    table, name = projection["weights"], name_of(projection)
    text = f"\nweights[{name!r}] = "
    if table["distribution"] == "tied":
        text += f"weights[{table['to']!r}].T*({table['scale']})\n"
        if sign := SIGNS[sign_of(projection, populations)]:  # a weight that would break it is 0
            text += f"weights[{name!r}] = np.maximum(weights[{name!r}]*{sign}, 0)*{sign}\n"
        return text
    if table["distribution"] == "file":
        text += f"stored[{table.get('array') or name!r}]\n"
    else:
        sizes = [populations[projection[end]]["size"] for end in ("source", "target")]
        text += f"np.full({tuple(sizes)}, {table['value']})\n"
    if projection["source"] == projection["target"] and not projection.get("self_connections"):
        text += f"np.fill_diagonal(weights[{name!r}], 0)\n"
    return text


def _constants(
    text: str, projection: dict[str, Any], populations: dict[str, Any], file: dict[str, Any]
) -> dict[str, str]:
    """Return the parameters that synapse text names: of either model, or ``x_pre`` and ``x_post`` of one."""
    known: dict[str, str] = {}
    for end, suffix in (("target", "post"), ("source", "pre")):
        model = file["neurons"][populations[projection[end]]["neuron"]]
        for name, value in ((n, v) for n, v in model.get("parameters", {}).items() if not differs(v)):
            known |= {name: value, f"{name}_{suffix}": value}
    known.pop("w", None)  # the weight, whatever else is called so
    return {name: quantity(value) for name, value in known.items() if re.search(rf"\b{name}\b", text)}


def _projection(projection: dict[str, Any], k: int, populations: dict[str, Any], file: dict[str, Any]) -> str:
    synapse, name = file["synapses"][projection["synapse"]], name_of(projection)
    source, target = projection["source"], projection["target"]
    text = synapse.get("on_pre") or synapse["transmit"]
    constants = _constants(text, projection, populations, file)
    for constant in constants:  # under a name that is no variable of either side
        text = re.sub(rf"\b{constant}\b", f"plain_{constant}_constant", text)
    normalised = "normalisation" in populations[source]
    text = re.sub(r"\bw\b", "plain_w*plain_gain_pre" if normalised else "plain_w", text)
    namespace = ", ".join(f"'plain_{key}_constant': {value}" for key, value in constants.items())
    delay = steps_of(projection, file)
    before = ""
    if "on_pre" in synapse:
        if delay:
            for variable in read_by(text):
                before += _sent(k, variable, source, delay)
                text = re.sub(rf"\b{variable}_pre\b", f"plain_{k}_{variable}_sent_pre", text)
        model, event = "plain_w : 1", f"on_pre={text!r}, delay={quantity(projection.get('delay', '0 ms'))}, "
        order = f"plain_synapses.pre.order = {10 * k + 100}"
    else:
        variable = target_of(text)
        unit = unit_of(file["neurons"][populations[target]["neuron"]], variable)
        value = text.partition("=")[2].strip()
        model, event = f"plain_w : 1\nplain_part_{k}_post = {value} : {unit} (summed)", ""
        order = f"plain_synapses.summed_updaters['plain_part_{k}_post'].order = -200"
    return f"""{before}if weights[{name!r}].any():
    plain_i, plain_j = np.nonzero(weights[{name!r}])
    plain_synapses = Synapses(
        groups[{source!r}], groups[{target!r}], {model!r}, {event}namespace={{{namespace}}}, clock=clock,
        name="plain_synapses_{k}*",
    )
    plain_synapses.connect(i=plain_i, j=plain_j)
    plain_synapses.variables["plain_w"].get_value()[:] = weights[{name!r}][plain_i, plain_j]
    {order}
    operations.append(plain_synapses)
    synapses[{name!r}] = plain_synapses, plain_i, plain_j
"""


def _sent(k: int, variable: str, source: str, delay: int) -> str:
    """Keep a presynaptic variable as it was when the spikes that arrive now were sent."""
    return f"""lines["{k} {variable}"] = []


@network_operation(clock=clock, when="synapses", order={10 * k + 95})
def plain_sent_{k}_{variable}():
    line, group = lines["{k} {variable}"], groups[{source!r}]
    line.append(np.array(group.variables[{variable!r}].get_value()))
    if len(line) > {delay}:
        group.variables["plain_{k}_{variable}_sent"].get_value()[:] = line.pop(0)


operations.append(plain_sent_{k}_{variable})
"""


def _set_inputs(path: str, file: dict[str, Any], populations: dict[str, Any]) -> str:
    """Set continuous inputs anew at the beginning of every step: each the sum of its projections."""
    parts: dict[str, list[str]] = {}
    for k, projection in enumerate(file.get("projections", [])):
        transmit = file["synapses"][projection["synapse"]].get("transmit")
        if projection["target"] == path and transmit:
            parts.setdefault(target_of(transmit), []).append(f"plain_part_{k}")
    text = ""
    for variable, names in parts.items():
        total = " + ".join(f"group.variables[{name!r}].get_value()" for name in names)
        label = re.sub(r"\W", "_", f"{path}_{variable}") + f"_{list(populations).index(path)}"
        text += f"""

@network_operation(clock=clock, when="groups", order=-100)
def plain_set_{label}():
    group = groups[{path!r}]
    group.variables[{variable!r}].get_value()[:] = {total}


operations.append(plain_set_{label})
"""
    return text
