"""Three letter areas and a word area learn words; then the letter in the middle is something between H and A."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path

import numpy as np

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit
from brainlearn.circuit import Wiring
from brainlearn.rules import RULES
from brainlearn.stimuli import GLYPHS, between, draw_glyphs, one_hot, scale_rms_together

CIRCUIT = Path(__file__).with_name("words.toml")
PLACES = ("first", "second", "third")
WORD = "words/word"
UP = tuple(f"retina/{place}->letters/{place}" for place in PLACES) + tuple(
    f"letters/{place}->{WORD}" for place in PLACES
)
DOWN = tuple(f"{WORD}->letters/{place}" for place in PLACES)

# THE and TOE, CAT and CUT: the middle letter counts. S?Y may be SHY or SAY.
WORDS = (
    "THE",
    "SHE",
    "WHO",
    "SHY",
    "CAT",
    "HAT",
    "MAN",
    "SAY",
    "TOE",
    "TIE",
    "SEE",
    "WOO",
    "CUT",
    "COT",
    "HIT",
    "HOT",
    "MEN",
    "SKY",
)
CONTEXTS: Mapping[str, tuple[str, ...]] = {"H": ("T_E", "S_E", "W_O"), "A": ("C_T", "M_N", "H_T"), "both": ("S_Y",)}
TOP_DOWN = ("on", "off", "shuffled")

NOISE = 0.2  # standard deviation of every pixel's grey level
LEARN = (
    Phase("settle", 20, learn=False),
    Phase("free", 20, reset=False, learn=False, remember=True),
    Phase("nudged", 20, reset=False, nudge=1.0),
)
WINDOW, WINDOWS = 10, 8  # steps that one reading takes, and how many are taken one after the other
SETTLED = slice(2, None)  # the readings that count


@dataclass(frozen=True)
class Learned:
    """A circuit that has learned.

    Parameters
    ----------
    wiring : dict of str to Wiring
    seed : int
    """

    wiring: Mapping[str, Wiring]
    seed: int


def learn(seed: int, rounds: int, copies: int = 60) -> Learned:
    """Show random words, and let temporal differences teach the circuit which they are."""
    rng = np.random.default_rng([seed, 0])
    updates = (("adam", {"size": 3e-3}), ("decay", {"rate": 3e-4}))
    plasticity = Plasticity(RULES["temporal_difference"], UP, updates=updates)
    with Simulation(load_circuit(CIRCUIT), copies, LEARN, plasticity, seed=seed) as simulation:

        def shown() -> Iterator[Round]:
            for k in range(rounds):
                for projection in simulation.learning.values():
                    projection.factor = 1 - k / rounds
                words = rng.integers(0, len(WORDS), copies)
                target = {WORD: one_hot(words, len(WORDS), 0.9)}
                yield Round(stimuli([WORDS[word] for word in words], rng) | target, np.ones(copies))

        simulation.present(shown(), rounds)
        wiring = {name: Wiring(np.array(simulation.weights(name), dtype=float), None) for name in UP + DOWN}
    return Learned(wiring, seed)


def stimuli(words: Sequence[str], rng: np.random.Generator, middle: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Draw words of three letters; ``_`` is an empty place, and `middle` replaces the second letters, (word, 7, 5)."""
    shapes = [[GLYPHS.get(word[k], np.zeros((7, 5))) for word in words] for k in range(len(PLACES))]
    images = [
        draw_glyphs(each, rng, noise=NOISE) for each in (shapes[0], shapes[1] if middle is None else middle, shapes[2])
    ]
    return dict(zip([f"retina/{place}" for place in PLACES], scale_rms_together(images, 0.3), strict=True))


def with_top_down(learned: Learned, top_down: str) -> Learned:
    """Return the circuit with its top-down weights as they are, all 0, or dealt out at random."""
    rng = np.random.default_rng([learned.seed, 1])
    change = {
        "on": lambda weights: weights,
        "off": np.zeros_like,
        "shuffled": lambda weights: rng.permutation(weights.ravel()).reshape(weights.shape),
    }[top_down]
    wiring = {
        name: replace(each, weights=change(each.weights)) if name in DOWN else each
        for name, each in learned.wiring.items()
    }
    return Learned(wiring, learned.seed)


def watch(learned: Learned, images: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Show images without a teacher.

    Returns
    -------
    (window, copy, unit) array
        Spikes per step of the middle letter area [1].
    (copy,) array
        The word whose output spikes most once all has settled.
    """
    copies = len(images["retina/second"])
    window = Phase("window", WINDOW, reset=False, learn=False)
    letters, words = [], []
    with Simulation(load_circuit(CIRCUIT), copies, [window], seed=learned.seed, wiring=learned.wiring) as simulation:

        def keep(_: Round) -> None:
            letters.append(simulation.activity("letters/second").copy())
            words.append(simulation.activity(WORD).copy())

        simulation.present(repeat(Round(images, np.zeros(copies), learn=False)), WINDOWS, keep)
    return np.array(letters), np.array(words)[SETTLED].mean(0).argmax(1)


def patterns(learned: Learned, items: int = 100) -> np.ndarray:
    """Return the mean activity of the middle letter area for an H and for an A that stand alone, (2, unit).

    Nothing above tells it what to see: the top-down weights are 0.
    """
    rng = np.random.default_rng([learned.seed, 2])
    images = stimuli(["_H_"] * items + ["_A_"] * items, rng)
    activity, _ = watch(with_top_down(learned, "off"), images)
    return activity[SETTLED].mean(0).reshape(2, items, -1).mean(1)


def likeness(activity: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """Return how much more an activity is like an A than like an H: the difference of two correlations.

    Parameters
    ----------
    activity : (..., unit) array
    letters : (2, unit) array
        The patterns of H and of A.

    Returns
    -------
    (...) array
    """
    to_h, to_a = (correlation(activity, letter) for letter in letters)
    return to_a - to_h


def correlation(activity: np.ndarray, pattern: np.ndarray) -> np.ndarray:
    """Return the correlation over units, 0 where nothing is active."""
    a, b = activity - activity.mean(-1, keepdims=True), pattern - pattern.mean()
    length = np.linalg.norm(a, axis=-1) * np.linalg.norm(b)
    return np.divide(a @ b, length, out=np.zeros_like(length), where=length > 0)


def read(learned: Learned, shares: Sequence[float], items: int) -> dict[str, dict[str, np.ndarray]]:
    """Show every context with every shape between H and A, with every kind of top-down weights.

    All kinds see the same images.

    Parameters
    ----------
    shares : sequence of float
        Of the A in the shape.
    items : int
        Glyphs for each context and share; each has its own place and noise.

    Returns
    -------
    dict of str to dict of str to array
        By `TOP_DOWN`, then by ``letter`` of the context: what `likeness` says of each, (window, share, item).
    """
    rng = np.random.default_rng([learned.seed, 3])
    letters = patterns(learned)
    contexts = [(letter, context) for letter, each in CONTEXTS.items() for context in each]
    words = [context for _, context in contexts for _ in shares for _ in range(items)]
    shapes = np.array([between("H", "A", share) for _ in contexts for share in shares for _ in range(items)])
    images = stimuli(words, rng, shapes)
    found = {}
    for top_down in TOP_DOWN:
        activity, _ = watch(with_top_down(learned, top_down), images)
        each = likeness(activity, letters).reshape(WINDOWS, len(contexts), len(shares), items)
        found[top_down] = {
            letter: np.concatenate([each[:, k] for k, (of, _) in enumerate(contexts) if of == letter], axis=-1)
            for letter in CONTEXTS
        }
    return found


def word_error(learned: Learned, items: int = 400) -> dict[str, float]:
    """Return how many clear words are taken for others [percent], by `TOP_DOWN`."""
    rng = np.random.default_rng([learned.seed, 4])
    words = rng.integers(0, len(WORDS), items)
    images = stimuli([WORDS[word] for word in words], rng)
    return {each: float(100 * np.mean(watch(with_top_down(learned, each), images)[1] != words)) for each in TOP_DOWN}
