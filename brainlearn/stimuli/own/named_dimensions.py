"""Labelled arrays, brought into the order (item, step, row, column, channel) by the names of their dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from brainlearn.mistakes import Mistake, UserError

if TYPE_CHECKING:
    from xarray import DataArray

ORDERS = (("unit",), ("step", "unit"), ("row", "column"), ("row", "column", "channel"))
"""What may follow the dimension of items."""

IN_WORDS = "(item, unit), (item, step, unit), (item, row, column) or (item, row, column, channel), in any order"


def in_order(where: str, name: str, array: DataArray) -> np.ndarray:
    """Return the values of `array`; those of images in the order of ``ORDERS``, targets as (item, [step,] unit).

    Dimensions of items end with ``item``: those of the test may be called ``test_item``.

    Raises
    ------
    UserError
        If images have other dimensions.
    """
    if not name.endswith(("images", "values", "targets")):
        return np.asarray(array.values)
    dims = [str(dim) for dim in array.dims]
    items = [dim for dim in dims if dim.endswith("item")]
    rest = {dim for dim in dims if dim not in items}
    order: tuple[str, ...] | None = next((order for order in ORDERS if set(order) == rest), None)
    if name.endswith("targets") and len(rest - {"step"}) == 1:  # outputs are others than the units of items
        order = (*(["step"] if "step" in rest else []), *(rest - {"step"}))
    if len(items) == 1 and order is not None:
        return np.asarray(array.transpose(*items, *order).values)
    wrong, hint = "dimensions with other names", "Rename them: array.rename({...})."
    raise UserError(Mistake(where, wrong, f"({', '.join(dims)})", IN_WORDS, hint))
