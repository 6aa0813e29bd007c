"""Seeded mistakes in TOML files: what typing, copying and half-finished editing do to them."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

VALUES = (
    -1, 0, 1, 2.5, 1e300, float("nan"), True, [], {}, "", "x", "1 ms", "-1 mV", "V1/E", "lif", "delta", "lateral",
    [3, 3], [[1]], 10**30, {"a": 1}, "inhibitory", {"kind": "local", "radius": 1}, {"rms": 0.5}, "exact", "heun",
    {"distribution": "uniform", "low": -1, "high": 1}, {"distribution": []}, {"kind": {}},
)  # fmt: skip


def mutate_text(text: str, rng: random.Random) -> str:
    """Delete, double or swap lines, or replace a character."""
    lines = text.splitlines()
    for _ in range(rng.randint(1, 3)):
        i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
        match rng.randrange(5):
            case 0:
                del lines[i]
            case 1:
                lines.insert(j, lines[i])
            case 2:
                lines[i], lines[j] = lines[j], lines[i]
            case _:
                k = rng.randrange(len(lines[i]) + 1)
                lines[i] = lines[i][:k] + rng.choice("\"'[]{}=:.#*-9v\0é") + lines[i][k + 1 :]
    return "\n".join(lines)


def mutate_tree(tree: dict[str, Any], rng: random.Random, tokens: Sequence[str]) -> dict[str, Any]:
    """Replace a value, or a piece of a text by one of `tokens`, or delete a key."""
    for _ in range(rng.randint(1, 2)):
        holder, key = rng.choice(list(leaves(tree)))
        old = holder[key]
        if isinstance(old, str) and rng.random() < 0.7:
            pieces = re.findall(r"\w+|\W", old) or [""]
            pieces[rng.randrange(len(pieces))] = rng.choice(tokens)
            holder[key] = "".join(pieces)
        elif isinstance(holder, dict) and rng.random() < 0.3:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
    return tree


def graft(tree: dict[str, Any], other: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Put a key of another file where it stands there, if there is a place for it, or at the top."""
    holder, key = rng.choice(list(leaves(other)))
    place = next((each for each in _tables(tree) if isinstance(holder, dict) and each.keys() & holder.keys()), tree)
    place[key if isinstance(key, str) else "x"] = copy.deepcopy(holder[key])
    return tree


def leaves(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in nested tables and lists: what holds it, and its key there."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        if isinstance(value, dict | list):
            yield from leaves(value)


def _tables(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every table, from the inside out."""
    found = [holder[key] for holder, key in leaves(tree) if isinstance(holder[key], dict)]
    yield from reversed(found)
