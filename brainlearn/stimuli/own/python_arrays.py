"""Arrays of a script (NumPy, xarray, PyTorch, lists) as NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.stimuli.own.named_dimensions import in_order


def as_array(where: str, name: str, values: Any) -> np.ndarray:
    """Return `values` as an array of NumPy.

    Parameters
    ----------
    where, name : str
        For mistakes: whose, and which array.
    values : array, xarray.DataArray, torch.Tensor or list
        A DataArray is brought into order by its dimensions; a tensor is copied from its device.

    Raises
    ------
    UserError
        If they are rows of different lengths, or objects other than text.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()  # a tensor, which may be on a GPU or part of a graph
    if hasattr(values, "transpose") and hasattr(values, "dims") and any(str(d).endswith("item") for d in values.dims):
        return in_order(f"{where}: {name}", name, values)
    try:
        found = np.asarray(values)
    except (ValueError, TypeError) as error:
        said = str(error).splitlines()[0]
        raise UserError(Mistake(f"{where}: {name}", "it cannot be converted to an array", said, "an array")) from error
    if found.dtype.kind == "O" and found.size and all(isinstance(value, str) for value in found.ravel()):
        return found.astype(str)
    return found.astype(str) if found.dtype.kind == "T" else found
