"""Granger causality between two signals, frequency by frequency (Geweke 1982, J. Am. Stat. Assoc. 77:304)."""

from __future__ import annotations

import numpy as np


def causality(
    first: np.ndarray, second: np.ndarray, order: int, rate: float, points: int = 512
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return frequencies [Hz], and at each the influence of the first signal on the second, and of the second on it.

    Parameters
    ----------
    first, second : (sample, trial) array
    order : int
        Samples of the past in the autoregressive model.
    rate : float
        Samples per second.
    points : int
        Frequencies from 0 to half the rate.

    Notes
    -----
    One model of all trials, by least squares. With the transfer H of innovations of covariance C, signals have the
    spectrum S = H C H*, and what j tells i is ln S_ii / (S_ii - (C_jj - C_ij² / C_ii) |H_ij|²).
    """
    signals = np.stack([first - first.mean(axis=0), second - second.mean(axis=0)], axis=-1)  # (sample, trial, 2)
    past = np.concatenate([signals[order - lag : -lag] for lag in range(1, order + 1)], axis=-1)
    now = signals[order:].reshape(-1, 2)
    coefficients, *_ = np.linalg.lstsq(past.reshape(-1, 2 * order), now, rcond=None)
    innovations = now - past.reshape(-1, 2 * order) @ coefficients
    covariance = innovations.T @ innovations / len(innovations)
    frequencies = np.linspace(0, rate / 2, points)
    waves = np.exp(-2j * np.pi * frequencies[:, None] / rate * np.arange(1, order + 1))  # (frequency, lag)
    matrices = coefficients.reshape(order, 2, 2).swapaxes(1, 2)  # (lag, now, past)
    transfer = np.linalg.inv(np.eye(2) - np.einsum("fl,lij->fij", waves, matrices))
    spectra = transfer @ covariance @ transfer.conj().swapaxes(1, 2)

    def told(to: int, by: int) -> np.ndarray:
        own = np.real(spectra[:, to, to])
        apart = covariance[by, by] - covariance[to, by] ** 2 / covariance[to, to]
        return np.log(own / (own - apart * np.abs(transfer[:, to, by]) ** 2))

    return frequencies, told(1, 0), told(0, 1)
