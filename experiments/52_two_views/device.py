"""A device whose units have gains and offsets of their own, on which one of the schemes learns from pairs of views."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brainlearn import Circuit, Phase, Plasticity, Round, Simulation, load_circuit
from brainlearn.lab import load_rule, parse_quantity
from brainlearn.rules import RULES
from brainlearn.stimuli import scale_rms_together

HERE = Path(__file__).resolve().parent
WRITTEN = "mismatch = 0.2"  # in the circuit files
DRAWN = re.compile(
    r'\{ distribution = "normal", mean = 0, sd = 1 \}  # (\w+)'
)  # there: of units, with the name of their array
TOLD = r'{ distribution = "file", file = "device.npz", array = "\1" }'
VIEWS = ("retina/one", "retina/other")
UNITS, STEPS, PAIRS, RMS = 100, 12, 50, 0.3
SCHEMES = {  # name: circuit, populations, rule
    "real_or_false": ("one_population", ("V1/E",), RULES["forward_forward_running"]),
    "two_representations": ("two_modules", ("V1/A", "V1/B"), load_rule(HERE / "agreement.toml")),
}


@dataclass(frozen=True)
class Kind:
    """What learns, and on which device.

    Parameters
    ----------
    scheme : str
        Of `SCHEMES`.
    mismatch : float
        How much units differ: standard deviation of their gains and offsets.
    same_quirks : bool
        Whether the second module has the gains and offsets of the first one.
    same_weights : bool
        Whether both modules always have the same weights, which no local rule can do.
    """

    scheme: str
    mismatch: float
    same_quirks: bool = False
    same_weights: bool = False


class Device:
    """A circuit on a device of its own, which is shown pairs of views.

    Parameters
    ----------
    kind : Kind
    seed : int
        Draws gains, offsets and initial weights: the gains and offsets of both schemes are the same 100.
    step, width : float
        Size of a step of Adam, and width of the modulator.
    """

    def __init__(self, kind: Kind, seed: int, step: float, width: float) -> None:
        circuit, self.populations, rule = SCHEMES[kind.scheme]
        self.kind = kind
        self.names = tuple(
            f"{view}->{population}"
            for k, view in enumerate(VIEWS)
            for population in (self.populations if len(self.populations) == 1 else self.populations[k : k + 1])
        )
        plasticity = Plasticity(
            rule,
            self.names,
            {"width": parse_quantity(width)},
            (("adam", {"size": step}), ("decay", {"rate": 1e-4})),
        )
        with tempfile.TemporaryDirectory() as folder:  # the simulation reads gains and offsets when it is built
            built = circuit_on(circuit, kind, seed, Path(folder))
            self.simulation = Simulation(built, 2 * PAIRS, [Phase("show", STEPS)], plasticity, seed=seed)
        if kind.same_weights:
            self.simulation.weights(self.names[1])[:] = self.simulation.weights(self.names[0])
            self.simulation.changed(self.names)

    def learn(self, pairs: Iterator[tuple[np.ndarray, np.ndarray]], count: int) -> None:
        """Learn from `count` rounds of pairs of views, (2 * PAIRS, pixel) each; the first half of them are real."""
        polarity = np.repeat([1.0, -1.0], PAIRS)

        def rounds() -> Iterator[Round]:
            for k in range(count):
                for each in self.simulation.learning.values():
                    each.factor = min(1.0, 2 * (1 - k / count))
                yield Round(stimuli(*next(pairs)), polarity)

        self.simulation.present(rounds(), count, self._share_weights if self.kind.same_weights else None)

    def _share_weights(self, _: Round) -> None:
        one, other = (self.simulation.weights(name) for name in self.names)
        one[:] = other[:] = (one + other) / 2
        self.simulation.changed(self.names)

    def shown(self, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Show pairs of views without learning; return the activity, (pair, unit), and the goodness, (pair,)."""
        count, features, goodness = len(one), [], []
        starts = range(0, count, 2 * PAIRS)

        def rounds() -> Iterator[Round]:
            for k in starts:
                some = [np.resize(each[k : k + 2 * PAIRS], (2 * PAIRS, each.shape[1])) for each in (one, other)]
                yield Round(stimuli(*some), np.ones(2 * PAIRS), learn=False)

        def look(_: Round) -> None:
            units = np.concatenate([self.simulation.activity(path) for path in self.populations], axis=1)
            features.append(units.astype(np.float32))
            goodness.append(np.array(self.simulation.broadcast(self.populations[0], "goodness")))

        self.simulation.present(rounds(), len(starts), look)
        (spikes,) = scale_rms_together([np.concatenate(features)[:count]], 1.0)  # the readout sees no length
        return spikes, np.concatenate(goodness)[:count]


def circuit_on(name: str, kind: Kind, seed: int, folder: Path) -> Circuit:
    """Return a circuit on the device that a seed draws, whose files are in a folder."""
    text = (HERE / f"{name}.toml").read_text(encoding="utf-8")
    place = folder / f"{name}.toml"
    text = DRAWN.sub(TOLD, text.replace(WRITTEN, f"mismatch = {kind.mismatch}"))
    place.write_text(text, encoding="utf-8")
    np.savez(folder / "device.npz", **quirks(seed, kind.same_quirks))
    return load_circuit(place)


def quirks(seed: int, same: bool = False) -> dict[str, np.ndarray]:
    """Return gains and offsets of a device before they are scaled, (unit,), of all and of each half."""
    drawn = dict(zip(("gain", "offset"), np.random.default_rng([seed, 52]).standard_normal((2, UNITS)), strict=True))
    halves = {name: np.split(values, 2) for name, values in drawn.items()}
    ones = {f"{name}_one": one for name, (one, _) in halves.items()}
    others = {f"{name}_other": one if same else other for name, (one, other) in halves.items()}
    return {**drawn, **ones, **others}


def stimuli(one: np.ndarray, other: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the retina is set to: both views with one root mean square."""
    return dict(zip(VIEWS, scale_rms_together([one, other], RMS), strict=True))
