"""Check that projections which tables name are there and have their own weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.schema import Constant, Tied
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake


def check_named_projections(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield every mistake about projections that drift, and that baselines fix or believe to be others."""
    free = {p.name: p for p in circuit.projections if not isinstance(p.weights, Tied)}
    for name in settings.drift:
        place = f"drift.{show(name)}"
        yield from _check_own(place, name, circuit, free)
        if name in free and isinstance(free[name].weights, Constant):
            wrong = "all of its weights are equal, so the drift has no standard deviation as its scale"
            yield Mistake(place, wrong, show("constant"), "normal, uniform")
    for baseline, table in settings.baselines.chosen().items():
        key = f"baselines.{baseline}"
        for k, name in enumerate(table.fixed):
            yield from _check_own(f"{key}.fixed[{k}]", name, circuit, free)
        for name in table.beliefs:
            yield from _check_own(f"{key}.beliefs.{show(name)}", name, circuit, free)
        if not set(free) - set(table.fixed):
            yield Mistake(f"{key}.fixed", "no projection remains to learn", "all", "some of them")


def _check_own(place: str, name: str, circuit: Circuit, free: Iterable[str]) -> Iterator[Mistake]:
    names = [p.name for p in circuit.projections]
    if name not in names:
        yield unknown(place, "projection", name, names)
    elif name not in free:
        wrong = "its weights are tied to those of another projection"
        yield Mistake(place, wrong, show(name), ", ".join(free))
