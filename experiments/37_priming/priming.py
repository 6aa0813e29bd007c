"""Learn words with slow weights, then hear one clearly, wait, and recognise one in noise; simulated in Brian2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from brainlearn import Mirror, Phase, Round, Simulation, load_circuit
from brainlearn.circuit import Circuit

CIRCUIT = load_circuit(Path(__file__).with_name("circuit.toml"))
WORDS = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()
LETTERS, HEARD, SAID = 26, "retina/image", "IT/word"
NOISE = (0.3, 0.6, 0.9, 1.2, 1.5)  # standard deviation that is added to every unit; a letter is 1
PRIMES = ("none", "same", "other")
DELAYS = (20, 100, 200, 400)  # from the prime to the word [ms]
SHOWN = 10  # how long a word is heard [ms]
ROUNDS, AT_ONCE, STEP_SIZE, LEARNED_NOISE = 400, 100, 0.01, 0.5
EACH = 20  # presentations of every word in a condition


def words() -> np.ndarray:
    """Return the words, (word, unit): 1 for the letter at each of the five places."""
    places = np.array([[LETTERS * k + ord(letter) - ord("a") for k, letter in enumerate(word)] for word in WORDS])
    heard = np.zeros((len(WORDS), 5 * LETTERS))
    np.put_along_axis(heard, places, 1, axis=1)
    return heard


def without_fast_weights() -> Circuit:
    """Return the circuit with its slow weights alone."""
    return CIRCUIT.with_parts(projections=tuple(replace(each, fast_weights=None) for each in CIRCUIT.projections))


def learn(seed: int) -> dict[str, Any]:
    """Return slow weights that name words in noise, learned by backpropagation."""
    mirror, rng = Mirror(without_fast_weights(), seed), np.random.default_rng([seed, 37])
    optimiser = torch.optim.Adam(mirror.weights.parameters(), STEP_SIZE)
    for _ in range(ROUNDS):
        names = rng.integers(0, len(WORDS), AT_ONCE)
        heard = words()[names] + LEARNED_NOISE * rng.normal(size=(AT_ONCE, 5 * LETTERS))
        loss = cross_entropy(mirror.activity(mirror.present({HEARD: heard}, 2), SAID), torch.as_tensor(names))
        optimiser.zero_grad()
        loss.backward()
        mirror.weights["V1/E->V1/E"].grad = None  # where only fast weights are to act
        optimiser.step()
    return dict(mirror.learned_wiring())


def recognised(seed: int) -> dict[str, np.ndarray]:
    """Return the share of words that are recognised [percent].

    Returns
    -------
    dict
        ``"recognised"``, (fast, prime, noise), with a delay of 20 ms; ``"after"``, (prime, delay), with fast weights
        and noise of 0.9.
    """
    wiring, circuits = learn(seed), {"without": without_fast_weights(), "with": CIRCUIT}
    curve = np.stack([_curve(circuit, wiring, seed, DELAYS[0], NOISE) for circuit in circuits.values()])
    later = [_curve(CIRCUIT, wiring, seed, delay, (0.9,))[:, 0] for delay in DELAYS]
    return {"recognised": curve, "after": np.stack(later, axis=1)}


def _curve(circuit: Circuit, wiring: Mapping[str, Any], seed: int, delay: int, noise: tuple[float, ...]) -> np.ndarray:
    """Return the share of recognised words, (prime, noise) [percent]; words and noise are the same for all primes."""
    names = np.tile(np.arange(len(WORDS)), EACH)
    phases = [Phase("prime", SHOWN), Phase("wait", delay, reset=False), Phase("word", SHOWN, reset=False)]
    found = np.zeros((len(PRIMES), len(noise)))
    rounds, places = [], list(np.ndindex(found.shape))
    for prime, level in places:
        rng = np.random.default_rng([seed, 73, level])
        others = (names + rng.integers(1, len(WORDS), len(names))) % len(WORDS)
        heard = words()[names] + noise[level] * rng.normal(size=(len(names), 5 * LETTERS))
        silence = np.zeros_like(heard)
        first = {"none": silence, "same": words()[names], "other": words()[others]}[PRIMES[prime]]
        then = {"wait": {HEARD: silence}, "word": {HEARD: heard}}
        rounds.append(Round({HEARD: first}, np.ones(len(names)), learn=False, then=then))
    with Simulation(circuit, len(names), phases, wiring=dict(wiring)) as simulation:

        def read(_: Round) -> None:
            guess = simulation.activity(SAID).argmax(axis=1)
            found[places[len(read_so_far)]] = 100 * np.mean(guess == names)
            read_so_far.append(1)

        read_so_far: list[int] = []
        simulation.present(iter(rounds), len(rounds), done=read)
    return found
