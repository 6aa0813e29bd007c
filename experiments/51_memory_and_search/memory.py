"""Memory that training adds to a process, for chains of areas that learn in several ways."""

from __future__ import annotations

import ctypes
import math
import multiprocessing
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from brainlearn import Area, Circuit, Experiment, Neuron, Population, Projection
from brainlearn.lab import Course, Silent, prepare

UNITS, SHEET, CLASSES = 100, (8, 8), 10
ROUNDS = 2
RETURNED = 65_536  # bytes: what is larger goes back to the system as soon as it is released
M_MMAP_THRESHOLD = -3  # of mallopt, in malloc.h of the C library
ARMS = {  # name: rule or baseline, engine of the rule, circuit
    "forward_forward, mirror": ("forward_forward", "mirror", "upward"),
    "forward_forward, Brian2": ("forward_forward", "brian", "upward"),
    "backprop_through_time": ("backprop_through_time", "mirror", "upward"),
    "checkpointing": ("checkpointing", "mirror", "upward"),
    "temporal_difference, mirror": ("temporal_difference", "mirror", "both ways"),
    "temporal_difference, Brian2": ("temporal_difference", "brian", "both ways"),
    "backprop_through_time, both ways": ("backprop_through_time", "mirror", "both ways"),
    "forward_forward, graded": ("forward_forward", "mirror", "graded"),
    "backprop, graded": ("backprop_through_time", "mirror", "graded"),
}
PYRAMIDAL = Neuron(model="lif_apical", parameters={"tau_apical": "1 ms"})
INTEGRATOR = Neuron(model="lif_delta", parameters={"tau_membrane": "4.4814 ms", "resistance": 5})


def measured(point: Mapping[str, Any]) -> dict[str, float]:
    """Return what a process of its own measures at a point: a copy of this one, which has loaded the code."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(measure, (dict(point),))


def measure(point: Mapping[str, Any]) -> dict[str, float]:
    """Train a few rounds, and return the peak above what was there before [MB].

    A course with two areas and 20 copies is trained before, so that code which is loaded for the first round does not
    count. ``growth_mb`` begins when the circuit is built, as ``memory_growth_mb`` of a run does; ``with_circuit_mb``
    when only data are there, so that it holds weights and all that the learner allocates when it is built.
    """
    if point["allocator"] == "returning":
        ctypes.CDLL("libc.so.6").mallopt(M_MMAP_THRESHOLD, RETURNED)
    train(course_of({**point, "areas": 2, "copies": 20}))
    empty = reset_peak()
    course = course_of(point)
    before = reset_peak()
    train(course)
    peak = high_water()
    return {"growth_mb": peak - before, "with_circuit_mb": peak - empty, "steps": steps(point)}


def course_of(point: Mapping[str, Any]) -> Course:
    """Return a course, ready to be trained, whose epoch has a few rounds."""
    rule, engine, kind = ARMS[point["arm"]]
    baseline = rule if rule in ("backprop_through_time", "checkpointing") else None
    experiment = experiment_of(point, kind, "temporal_difference" if kind == "both ways" else "forward_forward", engine)
    return prepare(experiment, None, Silent(), baseline)


def train(course: Course) -> None:
    """Present all rounds of an epoch."""
    rounds = course.task.rounds(course.split.train_images, course.split.train_labels, course.rng)
    course.learner.present(iter(rounds), ROUNDS, lambda shown: None)


def steps(point: Mapping[str, Any]) -> int:
    """Return the steps of a phase: ten of input for the highest area, as 12 are with two; graded: one for each."""
    return point["areas"] + (0 if ARMS[point["arm"]][2] == "graded" else 10)


# ---- the experiment ------------------------------------------------------------------------------------------------


def experiment_of(point: Mapping[str, Any], kind: str, rule: str, engine: str) -> Experiment:
    """Return an experiment on digits with a chain of areas."""
    duration, copies = f"{steps(point)} ms", point["copies"]
    table = {"copies": copies, "surrogate": "arctan", "time_steps": steps(point)}
    common: dict[str, Any] = {
        "seed": point["seed"],
        "dataset": {"name": "digits", "validation": 200},
        "training": {"epochs": 1, "copies": copies, "engine": engine},
        "baselines": {"backprop_through_time": table, "checkpointing": table},
    }
    if kind == "both ways":
        phases = [
            {"name": "settle", "duration": duration, "learn": False},
            {"name": "free", "duration": duration, "reset": False, "learn": False, "remember": True, "answer": True},
            {"name": "nudged", "duration": duration, "reset": False, "nudge": 1.0},
        ]
        return Experiment(
            "memory",
            circuit_of(point["areas"], kind),
            phases=phases,
            rule={"name": rule},
            stimulus={"image": "retina/image", "encoding": "constant_current", "rms": 0.3},
            target={"population": "IT/class", "strength": 0.9},
            **common,
        )
    encoding = {"encoding": "graded", "rms": 1.0} if kind == "graded" else {"encoding": "constant_current", "rms": 0.3}
    return Experiment(
        "memory",
        circuit_of(point["areas"], kind),
        phases=[{"name": "show", "duration": duration}],
        rule={"name": rule},
        stimulus={"image": "retina/image", "label": "retina/label", "label_strength": 3.0, **encoding},
        negatives={"kind": "random"},
        readout={"one_pass": False},
        **common,
    )


def circuit_of(areas: int, kind: str) -> Circuit:
    """Return a chain of areas above a retina: upward only, both ways with an output, or upward and graded."""
    graded, both = kind == "graded", kind == "both ways"
    stimulus, onto, between = (
        ("graded_stimulus", "graded", "graded") if graded else ("constant_current", "constant_current", "delta")
    )
    unit = "graded" if graded else "pyramidal" if both else "integrator"
    rms = None if both else {"rms": 1.0 if graded else 0.3}
    names = [f"A{k + 1}" for k in range(areas)]
    normal = {"distribution": "normal", "sd": 1.0, "per_input": True}
    retina = [Population("image", stimulus, sheet=SHEET)]
    retina += [] if both else [Population("label", stimulus, size=CLASSES)]
    parts = [Area("retina", 0, retina)]
    parts += [Area(name, k + 1, [Population("E", unit, size=UNITS, normalisation=rms)]) for k, name in enumerate(names)]
    chain = [f"{name}/E" for name in names]
    projections = [Projection("retina/image", chain[0], "bottom_up", onto, normal)]
    if both:
        parts.append(Area("IT", areas + 1, [Population("class", "lif_taught", size=CLASSES)]))
        chain.append("IT/class")
    else:
        little = {"distribution": "normal", "sd": 0.116}
        projections.append(Projection("retina/label", chain[0], "bottom_up", onto, little))
    for low, high in pairwise(chain):
        projections.append(Projection(low, high, "bottom_up", between, normal))
        if both:
            tied = {"distribution": "tied", "to": f"{low}->{high}", "scale": 0.03}
            projections.append(Projection(high, low, "top_down", "top_down", tied, delay="1 ms"))
    neurons = {} if graded else {"pyramidal": PYRAMIDAL} if both else {"integrator": INTEGRATOR}
    return Circuit("chain", "1 ms", parts, projections, neurons)


# ---- the memory of this process ------------------------------------------------------------------------------------


def reset_peak() -> float:
    """Give released memory back to the system, forget the peak, and return what is resident now [MB]; Linux."""
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return high_water()


def high_water() -> float:
    """Return the peak of resident memory since it was reset [MB]."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:"))


# ---- the gradient --------------------------------------------------------------------------------------------------


def gradients_apart(areas: int, copies: int, seed: int) -> dict[str, float]:
    """Return the largest difference of a gradient with recomputation from that without, and the largest gradient."""
    found = []
    for arm in ("backprop_through_time", "checkpointing"):
        course = course_of({"arm": arm, "areas": areas, "copies": copies, "seed": seed})
        train(course)
        weights = course.learner.backprop.mirror.weights
        found.append({name: each.grad.numpy() for name, each in weights.items()})
    plain, recomputed = found
    apart = float(max(abs(plain[name] - recomputed[name]).max() for name in plain))
    largest = float(max(abs(each).max() for each in plain.values()))
    relative = math.log10(apart / largest) if apart else -math.inf
    return {"apart": apart, "largest": largest, "log10_relative_difference": relative}
