"""Which items are learned from and which are held out for the test: as the data name them, or drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brainlearn.mistakes import Mistake, UserError

Chosen = np.ndarray


def draw_test(labels: np.ndarray, share: float, seed: int) -> tuple[Chosen, Chosen]:
    """Draw items for the test, of every class in its proportion; each class keeps one or more to learn from.

    Parameters
    ----------
    labels : (item,) array of int
    share : float
        Of all items, in (0, 1).
    seed : int

    Returns
    -------
    train, test : (chosen,) arrays of int
        Numbers of items, in their order.
    """
    rng = np.random.default_rng([seed, 1])
    test, seen, drawn = [], 0, 0
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        seen += len(members)
        count = min(round(share * seen) - drawn, len(members) - 1)
        drawn += count
        test.append(members[:count])
    held_out = np.sort(np.concatenate(test))
    return np.setdiff1d(np.arange(len(labels)), held_out), held_out


def draw_items(targets: np.ndarray, share: float, seed: int) -> tuple[Chosen, Chosen]:
    """As `draw_test`, of items that have no classes but values, (item, ...)."""
    order = np.random.default_rng([seed, 1]).permutation(len(targets))
    held_out = np.sort(order[: min(round(share * len(targets)), len(targets) - 1)])
    return np.setdiff1d(np.arange(len(targets)), held_out), held_out


def named_division(where: str, arrays: Mapping[str, np.ndarray], items: int) -> tuple[Chosen, Chosen]:
    """Return the items that the arrays ``test`` and, if it is there, ``train`` name: as a mask, or by their numbers.

    Raises
    ------
    UserError
        If they are neither, name items that are not there, or share some.
    """
    test = _chosen(f"{where}: test", arrays["test"], items)
    if "train" not in arrays:
        train = np.setdiff1d(np.arange(items), test)
    else:
        train = _chosen(f"{where}: train", arrays["train"], items)
        if (shared := np.intersect1d(train, test)).size:
            found = f"item {shared[0]}" + (f" and {len(shared) - 1} more" if len(shared) > 1 else "")
            raise UserError(Mistake(f"{where}: train", "items are also in the test", found, "each in one of the two"))
    for name, chosen in (("train", train), ("test", test)):
        if not len(chosen):
            raise UserError(Mistake(f"{where}: {name}", "no item is left", "0 items", "1 or more"))
    return train, test


def _chosen(where: str, values: np.ndarray, items: int) -> Chosen:
    allowed = f"({items},) of bool, or numbers of items from 0 to {items - 1}, each once"
    found = f"{values.dtype} of shape {values.shape}"
    if values.dtype.kind == "b" and values.shape == (items,):
        return np.flatnonzero(values)
    if values.dtype.kind not in "iu" or values.ndim != 1:
        raise UserError(Mistake(where, "does not select items", found, allowed))
    outside = values[(values < 0) | (values >= items)]
    if len(outside) or len(np.unique(values)) < len(values):
        found = f"item {outside[0]}" if len(outside) else "an item twice"
        raise UserError(Mistake(where, "does not select items", found, allowed))
    return values.astype(np.int64)
