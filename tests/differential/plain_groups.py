"""Writes a population as a plain Brian2 group."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from tests.differential.file_text import equations_of, quantity, read_by, steps_of, target_of, unit_of
from tests.differential.varied import differs, unit_word


def group_text(path: str, population: dict[str, Any], number: int, file: dict[str, Any]) -> str:
    model = file["neurons"][population["neuron"]]
    own = equations_of(model)
    lines = [model["equations"]]
    for k, projection in enumerate(file.get("projections", [])):
        synapse = file["synapses"][projection["synapse"]]
        if projection["target"] == path and "transmit" in synapse:
            lines.append(f"plain_part_{k} : {unit_of(model, target_of(synapse['transmit']))}")
        if projection["source"] == path and "on_pre" in synapse and steps_of(projection, file):
            lines += [
                f"plain_{k}_{name}_sent : {unit_of(model, name)}" for name in read_by(synapse["on_pre"]) if name in own
            ]
            lines.append(f"plain_{k}_plain_gain_sent : 1")
    lines.append("plain_gain : 1")
    given = model.get("parameters", {})
    lines += [f"{name} : {unit_word(value)} (constant)" for name, value in given.items() if differs(value)]
    size = population.get("size") or int(np.prod(population["sheet"]))
    settings = {"threshold": model.get("threshold"), "refractory": model.get("refractory")}
    reset = "\n".join(_statement_by_statement(model.get("reset", ""), own))
    settings |= {"reset": reset, "method": model.get("method", "euler")}
    arguments = "".join(f"    {key}={value!r},\n" for key, value in settings.items() if value)
    same = {name: value for name, value in given.items() if not differs(value)}
    constants = ", ".join(f"{key!r}: {quantity(value)}" for key, value in same.items())
    kept = [name for name, (kind, _, flags) in own.items() if kind == "parameter" and not flags]
    recorded = [name for name, (kind, _, flags) in own.items() if kind == "differential"] + kept
    text = f"""
groups[{path!r}] = NeuronGroup(
    {size},
    {chr(10).join(lines)!r},
{arguments}    namespace={{"plain_one": 1.0, {constants}}},
    clock=clock,
    name="plain_group_{number}*",
)
recorded[{path!r}] = {recorded}
parameters[{path!r}] = {kept}
"""
    text += f"i, N = np.arange({size}), {size}\n"
    for name, value in {**model.get("initial", {}), **{n: v for n, v in given.items() if differs(v)}}.items():
        right = f"np.asarray({value['value']})" if differs(value) else f"float({quantity(value)})"
        text += f"groups[{path!r}].variables[{name!r}].get_value()[:] = {right}\n"
    if "input" in model:
        text += f"inputs[{path!r}] = {model['input']!r}\n"
    if "threshold" in model:
        text += f"spiking.add({path!r})\n"
    if "normalisation" in population:
        text += _gain(path, population["normalisation"]["rms"], number, model)
    return text


def _gain(path: str, rms: float, number: int, model: dict[str, Any]) -> str:
    """Scale what a population sends so that its activity since the stretch began has a root mean square of `rms`."""
    raw = f"group.variables[{model.get('output')!r}].get_value()"
    count, when = "", "after_groups"
    if "threshold" in model:
        raw, when = f"counts[{path!r}]/max(counted[{path!r}], 1)", "before_synapses"
        count = f"    counts[{path!r}][group.spikes] += 1\n    counted[{path!r}] += 1\n"
    return f"""


def plain_gain_{number}():
    group = groups[{path!r}]
    length = np.sqrt(np.mean(({raw})**2))
    group.variables["plain_gain"].get_value()[:] = 0 if length < 1e-6 else {rms}/length


@network_operation(clock=clock, when="{when}")
def plain_normalise_{number}():
    group = groups[{path!r}]
{count}    plain_gain_{number}()


gains[{path!r}] = plain_gain_{number}
operations.append(plain_normalise_{number})
"""


def _statement_by_statement(reset: str, own: dict[str, tuple[str, str, str]]) -> list[str]:
    """Return a reset in which no statement sees another one's variable change under its hands.

    Brian2's NumPy target gives `last` the very array of `v` in ``last = v; v -= 0.5``, so a variable alone on the
    right side is multiplied by 1. Subexpressions are what they stand for at that moment.
    """
    kept = []
    for line in re.split(r"[;\n]", reset):
        match = re.match(r"\s*(\w+)\s*([-+*/]?=)\s*(.*?)\s*$", line)
        if match is None:
            continue
        value = match[3]
        for name, (kind, right, flags) in own.items():
            if kind == "subexpression" and not flags:
                value = re.sub(rf"\b{name}\b", f"({right})", value)
        if match[2] == "=" and isinstance(ast.parse(value, mode="eval").body, ast.Name):
            value = f"plain_one*{value}"
        kept.append(f"{match[1]} {match[2]} {value}")
    return kept
