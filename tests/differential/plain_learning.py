"""Writes a circuit that learns as a plain Brian2 script: all copies as groups of their own, weights in NumPy.

As in `plain_brian`, no code of the package. The weights change by the mean over the copies that take part; the script
leaves `history`, one dictionary of weights for each stretch, and `spikes`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.differential.file_text import SIGNS, name_of, quantity, sign_of, steps_of
from tests.differential.learning_case import LearningCase
from tests.differential.plain_brian import PARTS, circuit_text

FRAME = '''
copies, size = {copies}, {size}
built = [dict(zip("{parts}".split(", "), build())) for copy in range(copies)]
spiking = built[0]["spiking"]
constants = {constants}
functions = dict(exp=np.exp, abs=np.abs, clip=np.clip, sqrt=np.sqrt, int=lambda x: np.asarray(x).astype(int))
decays = {decays}  # of each trace: what is left of it after a step, exactly
broadcasts, modulators = {broadcasts}, {modulators}
terms = {terms}  # (presynaptic text, postsynaptic text, when, factor of the weight)
ends = {ends}  # source and target of the projections that learn
signs, delays, outputs, tied = {signs}, {delays}, {outputs}, {tied}
begins, lasts, learns, polarities = {begins}, {lasts}, {learns}, {polarities}
masks = {{name: weights[name] != 0 for name in weights}}
state = dict(step=0, stretch=0)
history, record = [], {{path: [] for path in spiking}}
traces, counts, arriving, sent, total, soon = {{}}, {{}}, {{}}, {{}}, {{}}, {{}}
on_spikes = "pre_spike", "post_spike"


def spiked(copy, path):
    group = built[copy]["groups"][path]
    return np.isin(np.arange(len(group)), group.spikes)


def evaluate(text, names, length):
    value = eval(text, {{"__builtins__": {{}}}}, {{**functions, **names}})
    return np.broadcast_to(np.asarray(value, dtype=float), (length,))


def unit(copy, path):
    """What rule text reads of the units of a population, now."""
    group, parts = built[copy]["groups"][path], built[copy]
    names = {{name: group.variables[name].get_value() for name in parts["recorded"][path]}} | traces[copy, path]
    count, steps = counts[copy, path]
    activity = count/max(steps, 1) if path in spiking else group.variables[outputs[path]].get_value()
    now = dict(spiked=spiked(copy, path)) if path in spiking else {{}}
    return names | constants | now | dict(activity=activity, gain=1.0)


def told(copy, path):
    """The same, and what the whole population is told."""
    names, length = unit(copy, path), len(built[copy]["groups"][path])
    names["polarity"] = polarities[state["stretch"]][copy]
    own = {{name: np.mean(evaluate(text, names, length)) for name, text in broadcasts.items()}}
    names |= own
    for name, text in modulators.items():
        names[name] = evaluate(text, names, 1)[0]
    return names


def of_weight(text, w):
    return eval(text, {{"__builtins__": {{}}}}, {{**functions, **constants, "w": w}}) if text else 1.0


def products(name, when):
    """The sum over the copies that take part of one kind of term, (pre, post); None if there is none."""
    source, target = ends[name]
    kinds = [term for term in terms if term[2] == when]
    taking_part = [copy for copy in range(copies) if polarities[state["stretch"]][copy]]
    if not kinds or not taking_part or not learns[state["stretch"]]:
        return None
    value = np.zeros(weights[name].shape)
    for copy in taking_part:
        for pre, post, _, factor in kinds:
            a = sent[copy, name, pre][0] if when in on_spikes else evaluate(pre, unit(copy, source), len(value))
            b = evaluate(post, told(copy, target), value.shape[1])
            if when == "pre_spike":
                a = a*arriving[copy, name][0]
            if when == "post_spike":
                b = b*spiked(copy, target)
            value += np.outer(a, b)*of_weight(factor, weights[name])
    return value


def apply(name, value):
    """Take the mean over the copies that take part into the weights."""
    weights[name] += size*value/np.count_nonzero(polarities[state["stretch"]])*masks[name]
    if signs[name]:
        weights[name][:] = np.maximum(weights[name]*signs[name], 0)*signs[name]
    write_weights()


def write_weights():
    for name, (to, scale, sign) in tied.items():
        weights[name] = weights[to].T*scale
        if sign:
            weights[name] = np.maximum(weights[name]*sign, 0)*sign
    for parts in built:
        for name, (synapses, i, j) in parts["synapses"].items():
            synapses.variables["plain_w"].get_value()[:] = weights[name][i, j]


@network_operation(clock=clock, when="before_start", order=-1)
def plain_begin():
    if state["step"] not in begins:
        return
    state["stretch"] = begins.index(state["step"])
    for copy, parts in enumerate(built):
        for path, group in parts["groups"].items():
            counts[copy, path] = [np.zeros(len(group)), 0]
            if (key := "{{}}:{{}}".format(state["step"], path)) in shown:
                group.variables[parts["inputs"][path]].get_value()[:] = shown[key][copy]
    total.clear()


@network_operation(clock=clock, when="groups")
def plain_decay():
    for values in traces.values():
        for name, decay in decays.items():
            values[name] = values[name]*decay


@network_operation(clock=clock, when="after_thresholds")
def plain_after_thresholds():
    for copy, parts in enumerate(built):
        for path in parts["groups"]:
            counts[copy, path][1] += 1
            if path in spiking:
                counts[copy, path][0] += spiked(copy, path)
        for name, (source, _) in ends.items():
            if source in spiking:
                line = arriving[copy, name]
                line.append(spiked(copy, source))
                if len(line) > delays[name] + 1:
                    line.pop(0)
            for pre in {{pre for pre, _, when, _ in terms if when in on_spikes}}:
                line = sent.setdefault((copy, name, pre), [])  # a synapse sees what arrives
                now = unit(copy, source)
                for names in [now] if line else [now | dict(spiked=0.0)]*delays[name] + [now]:
                    line.append(np.array(evaluate(pre, names, len(weights[name]))))
                if len(line) > delays[name] + 1:
                    line.pop(0)
    for name in ends:
        for when in ("pre_spike", "post_spike"):
            if when == "pre_spike" and not all(len(arriving[copy, name]) > delays[name] for copy in range(copies)):
                continue
            if (value := products(name, when)) is not None:
                soon[name] = soon.get(name, 0) + value
        if (value := products(name, "step")) is not None:
            total[name] = total.get(name, 0) + value


@network_operation(clock=clock, when="after_synapses")
def plain_after_synapses():
    for name, value in soon.items():
        apply(name, value)
    soon.clear()


@network_operation(clock=clock, when="resets")
def plain_jump():
    for (copy, path), values in traces.items():
        if path in spiking:
            for name in decays:
                values[name] = values[name] + spiked(copy, path)


@network_operation(clock=clock, when="end", order=10)
def plain_end():
    for path in spiking:
        record[path].append(np.stack([spiked(copy, path) for copy in range(copies)]))
    if state["step"] in lasts:
        proposed = {{name: products(name, "phase_end") for name in ends}}  # all from the same weights and states
        for name, value in proposed.items():
            parts = [each for each in (value, total.get(name)) if each is not None]
            if parts:
                apply(name, sum(parts))
        history.append({{name: np.array(values) for name, values in weights.items()}})
    state["step"] += 1


everything = [each for parts in built for each in (*parts["groups"].values(), *parts["operations"])]
own = (plain_begin, plain_decay, plain_after_thresholds, plain_after_synapses, plain_jump, plain_end)
network = Network(*everything, *own)
network.store("onset")
kept = None
for first, last, reset, onset in {spans}:
    plain_begin_span(built, kept, reset, onset)
    for copy, parts in enumerate(built):
        for path, group in parts["groups"].items():
            if reset:
                traces[copy, path] = {{name: np.zeros(len(group)) for name in decays}}
        for name in ends:
            if reset:
                arriving[copy, name] = []
                sent.update({{key: [] for key in sent if key[:2] == (copy, name)}})
    write_weights()
    network.run((last - first)*clock.dt, namespace={{}})
    kept = plain_parameters(built)
spikes = {{path: np.stack(values) for path, values in record.items()}}
'''


def write(learning: LearningCase) -> str:
    """Return the script."""
    case, file = learning.case, learning.case.file
    populations = {f"{area['name']}/{p['name']}": p for area in file["areas"] for p in area["populations"]}
    projections = {name_of(p): p for p in file["projections"]}
    plastic = {name: projections[name] for name in learning.projections}
    dt = quantity(file["dt"])
    taus = {t.name: quantity(learning.parameters[t.tau]) for t in learning.traces}
    return circuit_text(case) + FRAME.format(
        parts=PARTS,
        copies=case.copies,
        size=learning.size,
        constants=_literal({name: f"float({quantity(value)})" for name, value in learning.parameters.items()}),
        decays=_literal({name: f"np.exp(-float({dt})/float({tau}))" for name, tau in taus.items()}),
        broadcasts=learning.broadcasts,
        modulators=learning.modulators,
        terms=[(term.pre, term.post, term.when, term.weight) for term in learning.terms],
        ends={name: (p["source"], p["target"]) for name, p in plastic.items()},
        signs={name: SIGNS[sign_of(p, populations)] for name, p in plastic.items()},
        delays={name: steps_of(p, file) for name, p in plastic.items()},
        outputs={path: file["neurons"][p["neuron"]].get("output") for path, p in populations.items()},
        tied={
            name: (p["weights"]["to"], p["weights"]["scale"], SIGNS[sign_of(p, populations)])
            for name, p in projections.items()
            if p["weights"]["distribution"] == "tied"
        },
        begins=case.begins[:-1],
        lasts=[step - 1 for step in case.begins[1:]],
        learns=[bool(learn) for learn in learning.learns],
        polarities=[list(map(float, polarity)) for polarity in learning.polarities],
        spans=case.spans,
    )


def run(text: str, path: str) -> tuple[list[dict[str, np.ndarray]], dict[str, np.ndarray]]:
    """Run the script; return the weights after each stretch, and the spikes."""
    namespace: dict[str, Any] = {"__file__": path, "__name__": "plain"}
    exec(compile(text, path, "exec"), namespace)  # noqa: S102 - a script of our own
    return namespace["history"], namespace["spikes"]


def _literal(texts: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name!r}: {text}" for name, text in texts.items()) + "}"
