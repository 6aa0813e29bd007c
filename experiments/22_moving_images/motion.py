"""Digits that move, and a circuit that learns which frame comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit
from brainlearn.circuit import Wiring
from brainlearn.lab import parse_quantity
from brainlearn.rules import RULES
from brainlearn.stimuli import Dataset, load_dataset, scale_rms

CIRCUIT = Path(__file__).with_name("circuit.toml")
IMAGE = "retina/image"
LATERAL, TOP_DOWN = ("V1/E->V1/E", "V2/E->V2/E"), ("V2/E->V1/E",)
SIDE, FRAMES, KNOWN = 12, 8, 2  # KNOWN: frames that must have been seen before a motion can be known
DIRECTIONS = np.array([(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)])  # every 45 degrees
NAMES = tuple(f"frame {k}" for k in range(1, FRAMES + 1))


@dataclass(frozen=True)
class Film:
    """Digits at places that change by one pixel a frame; what leaves on one side comes in on the other.

    Parameters
    ----------
    digits : (film, 64) array
    first : (film, 2) array
        Row and column of the first frame.
    moves : (film, frame - 1) array
        From frame to frame, numbers of `DIRECTIONS`.
    """

    digits: np.ndarray
    first: np.ndarray
    moves: np.ndarray

    def frames(self) -> list[np.ndarray]:
        """Return (film, pixel) images, one for each frame."""
        steps = np.cumsum(np.concatenate([self.first[:, None], DIRECTIONS[self.moves]], axis=1), axis=1)
        return [draw(self.digits, steps[:, k]) for k in range(steps.shape[1])]


def draw(digits: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Put every digit, (film, 64), at its place, (film, 2); return (film, pixel) with a root mean square of 1."""
    sheet = np.zeros((len(digits), SIDE, SIDE), dtype=np.float32)
    rows = (places[:, 0, None] + np.arange(8)) % SIDE
    columns = (places[:, 1, None] + np.arange(8)) % SIDE
    sheet[np.arange(len(digits))[:, None, None], rows[:, :, None], columns[:, None, :]] = digits.reshape(-1, 8, 8)
    return scale_rms(sheet.reshape(len(digits), -1), 1.0)


def straight(digits: np.ndarray, rng: np.random.Generator, frames: int = FRAMES) -> Film:
    """Let every digit move on in a direction of its own."""
    moves = np.repeat(rng.integers(0, 8, (len(digits), 1)), frames - 1, axis=1)
    return Film(digits, rng.integers(0, SIDE, (len(digits), 2)), moves)


def turning(film: Film, rng: np.random.Generator) -> Film:
    """Let every digit begin as in `film`, and take another direction from each frame to the next."""
    turns = np.cumsum(rng.integers(1, 8, film.moves[:, 1:].shape), axis=1)
    return replace(film, moves=np.concatenate([film.moves[:, :1], (film.moves[:, :1] + turns) % 8], axis=1))


def shown(film: Film, polarity: np.ndarray, learn: bool) -> Round:
    """Show one frame in each phase."""
    first, *others = film.frames()
    then: dict[str, Mapping[str, np.ndarray]] = {
        name: {IMAGE: frame} for name, frame in zip(NAMES[1:], others, strict=False)
    }
    return Round({IMAGE: first}, polarity, learn, then)


def phases(count: int = FRAMES) -> list[Phase]:
    """Return a phase of one step for each frame; a motion can be learned once it can be known."""
    return [Phase(NAMES[k], 1, reset=k == 0, learn=k >= KNOWN) for k in range(count)]


def data() -> Dataset:
    """Return the digits: those of the test part are never seen in learning."""
    return load_dataset("digits")


def learn(sense: int, seed: int, epochs: int, items: int = 100) -> dict[str, Wiring]:
    """Show films of straight motion beside films that turn, and learn from frame to frame; return the weights.

    Parameters
    ----------
    sense : 1 or -1
        Whether what moves on is to be loud or quiet.
    """
    digits, rng = data().images, np.random.default_rng([seed, 0])
    circuit = load_circuit(CIRCUIT)
    names = tuple(p.name for p in circuit.projections)
    parameters = {"threshold": 0.5, "width": 0.001, "peer": 0.03, "sense": sense}
    plasticity = Plasticity(
        RULES["forward_forward_recurrent"],
        names,
        {name: parse_quantity(value) for name, value in parameters.items()},
        (("adam", {"size": 1e-3}), ("decay", {"rate": 1e-4})),
    )
    count = epochs * (len(digits) // items)
    polarity = np.repeat([1.0, -1.0], items)
    with Simulation(circuit, 2 * items, phases(), plasticity, seed=seed) as simulation:

        def rounds() -> Iterator[Round]:
            for k in range(count):
                for each in simulation.learning.values():
                    each.factor = 1 - k / count
                film = straight(digits[rng.choice(len(digits), items, replace=False)], rng)
                yield shown(joined(film, turning(film, rng)), polarity, learn=True)

        simulation.present(rounds(), count)
        return {name: Wiring(np.array(simulation.weights(name), dtype=float), None) for name in names}


def joined(one: Film, other: Film) -> Film:
    """Return the films of both, one after the other."""
    return Film(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in ("digits", "first", "moves")))


def without(wiring: Mapping[str, Wiring], projections: Sequence[str]) -> dict[str, Wiring]:
    """Cut projections: set their weights to 0."""
    return {
        name: replace(each, weights=np.zeros_like(each.weights)) if name in projections else each
        for name, each in wiring.items()
    }


def loudness(wiring: Mapping[str, Wiring], frame: int, seed: int, items: int) -> np.ndarray:
    """Show films of test digits that go straight on until the last frame, and end there in every possible way.

    Parameters
    ----------
    frame : int
        Number of the last frame, counted from 1, at least 2.

    Returns
    -------
    (film, end) array
        Mean square of V1's activity in the last frame; V2 receives it one step later. End 0 goes straight on, end k
        by 45 k degrees elsewhere, and the last end goes straight on with another digit.
    """
    rng = np.random.default_rng([seed, 1])
    digits = data().test_images[:items]
    film = straight(digits, rng)
    ends = np.tile(np.arange(9), len(digits))
    many = Film(*(np.repeat(each, 9, axis=0) for each in (film.digits, film.first, film.moves[:, : frame - 1])))
    many.moves[:, -1] = (many.moves[:, -1] + ends) % 8  # 8 turns are none
    last = replace(many, digits=np.where(ends[:, None] == 8, np.roll(many.digits, 9, axis=0), many.digits))
    film_shown = shown(many, np.zeros(len(ends)), learn=False)
    film_shown = replace(film_shown, then={**film_shown.then, NAMES[frame - 1]: {IMAGE: last.frames()[-1]}})
    with Simulation(load_circuit(CIRCUIT), len(ends), phases(frame), wiring=wiring) as simulation:
        simulation.present(iter([film_shown]), 1)
        return np.square(simulation.activity("V1/E")).mean(1).reshape(-1, 9)


def chosen_right(loud: np.ndarray, sense: int) -> float:
    """Return how often straight on is the loudest, or the quietest, of all eight directions [percent]."""
    return 100 * float(np.mean((sense * loud[:, :8]).argmax(1) == 0))
