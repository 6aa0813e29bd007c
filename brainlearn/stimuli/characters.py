"""Text as sequences of characters, each with the next one as its target."""

from __future__ import annotations

import numpy as np

from brainlearn.mistakes import Mistake, UserError


def next_characters(text: str, length: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Cut a text into sequences, each of which predicts the next character in every frame.

    Parameters
    ----------
    text : str
    length : int
        Characters of a sequence; what is left at the end of the text is not used.

    Returns
    -------
    values, targets : (item, frame, character) arrays of float32
        1 for the character that is shown, and for the one that follows; for `Dataset.from_arrays`.
    alphabet : str
        The characters in the order of the units.

    Raises
    ------
    UserError
        If the text has no sequence of this length with a character after it.

    Examples
    --------
    >>> values, targets, alphabet = next_characters("abcabca", 3)
    >>> alphabet, values.argmax(axis=2).tolist(), targets.argmax(axis=2).tolist()
    ('abc', [[0, 1, 2], [0, 1, 2]], [[1, 2, 0], [1, 2, 0]])
    """
    count = (len(text) - 1) // length if length > 0 else 0
    if not count:
        wrong = "the text is too short for a sequence and the character after it"
        found = f"{len(text)} characters, length {length}"
        raise UserError(Mistake("length", wrong, found, f"1 to {max(len(text) - 1, 1)}"))
    alphabet = "".join(sorted(set(text)))
    numbers = np.array([alphabet.index(each) for each in text[: count * length + 1]])
    one_hot = np.eye(len(alphabet), dtype=np.float32)[numbers]
    shape = count, length, len(alphabet)
    return one_hot[:-1].reshape(shape), one_hot[1:].reshape(shape), alphabet
