"""Pairs of views of digits, and what is measured of a device that learned from them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from device import PAIRS, Device

from brainlearn import load_dataset
from brainlearn.lab import SoftmaxReadout, error_percent
from brainlearn.stimuli import shift_images

SHEET, FURTHEST, CLASSES = (8, 8), 1, 10
SEARCH = 597  # images of the search for step sizes; the other 1,200 are learned from and tested on
DRAWS = 5  # pairs of views of every image that the readout learns from, and is tested on
READOUT_EPOCHS, READOUT_STEP, BATCH = 30, 3e-3, 100


Items = tuple[np.ndarray, np.ndarray]


def items_of(seed: int) -> tuple[Items, Items]:
    """Return images and labels that a seed draws: 900 to learn from, and 300 to be tested on."""
    images, labels = everything()
    order = SEARCH + np.random.default_rng([seed, 1]).permutation(len(labels) - SEARCH)
    learned, tested = order[300:], order[:300]
    return (images[learned], labels[learned]), (images[tested], labels[tested])


def items_of_search() -> tuple[Items, Items]:
    """Return images and labels of which no seed sees any: 397 to learn from, and 200 for validation."""
    images, labels = everything()
    return (images[200:SEARCH], labels[200:SEARCH]), (images[:200], labels[:200])


def everything() -> Items:
    """Return all 1,797 images, (item, pixel), and labels, (item,), in an order that is the same for all seeds."""
    data = load_dataset("digits")
    order = np.random.default_rng(52).permutation(len(data.labels) + len(data.test_labels))
    images = np.concatenate([data.images, data.test_images])[order]
    return images, np.concatenate([data.labels, data.test_labels])[order]


def view(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a view of every image, (item, pixel): shifted by up to one pixel down, up, left or right."""
    return shift_images(images, SHEET, FURTHEST, rng)


def rounds_of_pairs(images: np.ndarray, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield views for one round after the other without end: real pairs, then false ones.

    The second view of a false pair is one of another image of the same round.
    """
    while True:
        order = rng.permutation(len(images))
        for k in range(0, len(order) - PAIRS + 1, PAIRS):
            chosen = images[order[k : k + PAIRS]]
            one, other, false_one = (view(chosen, rng) for _ in range(3))
            yield np.concatenate([one, false_one]), np.concatenate([other, another(view(chosen, rng), rng)])


def another(views: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the same views dealt out so that none keeps its place."""
    return np.roll(views, int(rng.integers(1, len(views))), axis=0)


def measured(device: Device, learned: Items, tested: Items, seed: int) -> dict[str, float]:
    """Return the share of labels that a linear readout gets wrong, and of pairs that the goodness does [percent]."""
    rng = np.random.default_rng([seed, 3])
    features, labels = of_draws(device, *learned, rng)
    readout = SoftmaxReadout(features.shape[1], CLASSES, step=READOUT_STEP)
    for epoch in range(READOUT_EPOCHS):
        order = rng.permutation(len(labels))
        for k in range(0, len(order), BATCH):
            some = order[k : k + BATCH]
            readout.learn(features[some], labels[some], min(1.0, 2 * (1 - epoch / READOUT_EPOCHS)))
    seen, wanted = of_draws(device, *tested, rng)
    return {
        "label_error": error_percent(readout.probabilities(seen).argmax(axis=1), wanted),
        "pair_error": pair_error(device, tested[0], rng),
        "active": 100 * float((seen > 0).any(axis=0).mean()),
    }


def of_draws(device: Device, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Items:
    """Return what a device passes on for real pairs of views, (pair, unit), with the labels, (pair,)."""
    many = np.tile(images, (DRAWS, 1))
    features, _ = device.shown(view(many, rng), view(many, rng))
    return features, np.tile(labels, DRAWS)


def pair_error(device: Device, images: np.ndarray, rng: np.random.Generator) -> float:
    """Return how often false pairs have more goodness than real ones with the same first view [percent]; ties: half."""
    many = np.tile(images, (DRAWS, 1))
    one = view(many, rng)
    _, real = device.shown(one, view(many, rng))
    _, false = device.shown(one, another(view(many, rng), rng))
    return 100 * float(np.mean((false > real) + 0.5 * (false == real)))
