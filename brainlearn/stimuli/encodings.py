"""Encodings: what a stimulus population is set to, so that an image and its label reach the circuit.

An encoding takes the values of the image and of the label and returns, for each, the variable of the stimulus
model and its values: ``{"image": {"activity": (item, unit)}, "label": {"activity": (item, class)}}``. Where
the label is in the image's first pixels there are no label values, and no ``"label"`` in the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

Encoded = dict[str, dict[str, np.ndarray]]


def scale_rms(drive: np.ndarray, rms: float) -> np.ndarray:
    """Return `drive` (item, unit), every row scaled to the root mean square `rms`; a zero row stays zero."""
    return scale_rms_together([drive], rms)[0]


def scale_rms_together(drives: Sequence[np.ndarray], rms: float) -> tuple[np.ndarray, ...]:
    """Scale several populations by one factor per item, so that all their units together have a given RMS.

    Hinton's program divides the image with its label by their common root mean square: the length
    then says nothing, and a bright image is no better than a dark one.

    Parameters
    ----------
    drives : sequence of (item, unit) arrays
        What each stimulus population would be set to [1].
    rms : float
        Root mean square over the units of all populations, for each item [1].

    Returns
    -------
    tuple of (item, unit) arrays
        In the order of `drives`, float32 or wider as they are. An item that is zero everywhere stays zero.

    Examples
    --------
    >>> image, label = scale_rms_together([np.array([[3.0, 0.0]]), np.array([[4.0, 0.0]])], rms=5.0)
    >>> image.tolist(), label.tolist()
    ([[6.0, 0.0]], [[8.0, 0.0]])
    """
    units = sum(drive.shape[1] for drive in drives)
    squares = sum(np.square(drive, dtype=np.float64).sum(axis=1) for drive in drives)
    length = np.sqrt(squares / units)
    factor = np.divide(rms, length, out=np.zeros_like(length), where=length > 0)[:, None]
    return tuple((drive * factor).astype(np.result_type(drive, np.float32)) for drive in drives)


def poisson_rates(values: np.ndarray, maximum: float = 100.0) -> np.ndarray:
    """Return firing rates [Hz]: `maximum` for a value of 1, in proportion for others, never below 0."""
    if not maximum > 0:
        raise ValueError(f"the rate of a value of 1 must be positive; found {maximum} Hz")
    return (np.clip(values, 0, None) * maximum).astype(np.result_type(values, np.float32))


def encode_constant_current(image: np.ndarray, label: np.ndarray | None = None, rms: float = 0.3) -> Encoded:
    """Constant current: image and label together have the root mean square `rms`, the same at every step."""
    return _set("activity", image, label, lambda drives: scale_rms_together(drives, rms))


def encode_poisson(image: np.ndarray, label: np.ndarray | None = None, maximum: float = 100.0) -> Encoded:
    """Poisson spikes: a value of 1 fires with `maximum` [Hz], on average; every step draws again."""
    return _set("rate", image, label, lambda drives: tuple(poisson_rates(drive, maximum) for drive in drives))


def encode_graded(image: np.ndarray, label: np.ndarray | None = None, rms: float = 1.0) -> Encoded:
    """Graded activity, transmitted continuously: image and label together have the root mean square `rms`."""
    return _set("activity", image, label, lambda drives: scale_rms_together(drives, rms))


def encode_spikes(image: np.ndarray, label: np.ndarray | None = None) -> Encoded:
    """Spike trains as they are: a unit spikes once in a frame in which its value is above 0.5."""
    return _set("spikes_now", image, label, lambda drives: tuple(drives))


def encode_log_odds(image: np.ndarray, label: np.ndarray | None = None, certainty: float = 20.0) -> Encoded:
    """Evidence for units that sample: a value is the probability of being on, and is told as its log odds."""
    return _set("activity", image, label, lambda drives: tuple(log_odds(drive, certainty) for drive in drives))


def log_odds(values: np.ndarray, certainty: float) -> np.ndarray:
    """Return the log odds log(p/(1 - p)) of probabilities, no further from 0 than `certainty`.

    Nor are they 0, which tells units nothing: a fair draw has odds so little above 1 that it makes no difference.

    >>> log_odds(np.array([0.0, 0.5, 0.75]), certainty=8.0).round(3).tolist()
    [-8.0, 0.0, 1.099]
    """
    with np.errstate(divide="ignore"):
        odds = np.log(values) - np.log1p(-values)
    odds = np.clip(odds, -certainty, certainty).astype(np.result_type(values, np.float32))
    return np.where(odds == 0, odds.dtype.type(FAIR), odds)


FAIR = 1e-6


def _set(
    variable: str,
    image: np.ndarray,
    label: np.ndarray | None,
    encode: Callable[[Sequence[np.ndarray]], tuple[np.ndarray, ...]],
) -> Encoded:
    drives = {"image": image} if label is None else {"image": image, "label": label}
    encoded = encode(list(drives.values()))
    return {name: {variable: values} for name, values in zip(drives, encoded, strict=True)}


ENCODINGS: Mapping[str, Callable[..., Encoded]] = {
    "constant_current": encode_constant_current,
    "poisson": encode_poisson,
    "graded": encode_graded,
    "spikes": encode_spikes,
    "log_odds": encode_log_odds,
}
