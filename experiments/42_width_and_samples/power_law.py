"""Power laws, error = a * size ** -b, beside laws that saturate, error = c + a * size ** -b: both in log-log axes."""

from __future__ import annotations

from math import log

import numpy as np
from scipy.optimize import curve_fit
from xarray import DataArray


def exponent(logs: DataArray, axis: str) -> DataArray:
    """Return b of the straight line through log10(error) over log10(size) by least squares.

    Parameters
    ----------
    logs : array
        log10 of errors, with the dimension `axis`, whose coordinate holds the sizes.
    """
    return -_fit(logs, axis, 1).sel(degree=1, drop=True)


def curvature(logs: DataArray, axis: str) -> DataArray:
    """Return the second-order coefficient of a parabola through the logarithms; above 0: the error falls ever less."""
    return _fit(logs, axis, 2).sel(degree=2, drop=True)


def excess(logs: DataArray, axis: str) -> DataArray:
    """Return the error at the largest size over what the power law of all smaller ones predicts; 1: as predicted."""
    smaller, largest = logs.isel({axis: slice(None, -1)}), logs.isel({axis: -1}, drop=True)
    line = _fit(smaller, axis, 1)
    predicted = line.sel(degree=0, drop=True) + line.sel(degree=1, drop=True) * float(np.log10(logs[axis][-1]))
    return 10 ** (largest - predicted)


def _fit(logs: DataArray, axis: str, degree: int) -> DataArray:
    x = logs.assign_coords({axis: np.log10(logs[axis].values.astype(float))})
    return x.polyfit(axis, degree)["polyfit_coefficients"]


def saturation(sizes: np.ndarray, errors: np.ndarray) -> dict[str, float]:
    """Fit both laws to the errors of all seeds together, least squares of logarithms, and compare them by AIC.

    Parameters
    ----------
    sizes : (size,) array
    errors : (size, seed) array
        Percent, above 0.

    Returns
    -------
    dict
        ``floor`` c [percent] of the law that saturates, and ``aic_gain``: the AIC of the power law less that of the law
        that saturates. Above 2 the latter is better (Burnham and Anderson 2002, section 2.6).
    """
    x, y = np.repeat(np.asarray(sizes, dtype=float), errors.shape[1]), np.log(errors.ravel())
    slope, height = np.polyfit(np.log(x), y, 1)

    def law(size: np.ndarray, floor: float, scale: float, power: float) -> np.ndarray:
        return np.log(np.exp(floor) + np.exp(scale) * size**-power)

    start = (float(np.log(errors.mean(1).min() / 2)), float(height), float(np.clip(-slope, 0.05, 5)))
    bounds = ([-12.0, -20.0, 0.0], [5.0, 40.0, 10.0])
    fitted, _ = curve_fit(law, x, y, start, bounds=bounds, max_nfev=20_000)
    straight = float(np.sum((y - slope * np.log(x) - height) ** 2))
    bent = float(np.sum((y - law(x, *fitted)) ** 2))
    return {"floor": float(np.exp(fitted[0])), "aic_gain": len(y) * log(straight / bent) - 2}
