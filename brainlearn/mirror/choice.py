"""The data type and the device that a mirror computes with."""

from __future__ import annotations

import torch

from brainlearn.mirror.surrogates import SURROGATES, Surrogate
from brainlearn.mistakes import Mistake, UserError, closest

DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16, "float16": torch.float16}


def choose_dtype(dtype: str | torch.dtype) -> torch.dtype:
    """Return the floating-point type called `dtype`.

    Raises
    ------
    UserError
        If there is none.
    """
    if isinstance(dtype, torch.dtype) and dtype in DTYPES.values():
        return dtype
    if isinstance(dtype, str) and dtype in DTYPES:
        return DTYPES[dtype]
    name = str(dtype)
    raise UserError(Mistake("dtype", "no such data type", f'"{name}"', ", ".join(DTYPES), closest(name, DTYPES)))


def devices() -> list[str]:
    """Return the names of the devices that exist."""
    names = ["cpu"]
    names += [f"cuda:{k}" for k in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return names + (["mps"] if torch.backends.mps.is_available() else [])


def choose_device(device: str | torch.device) -> torch.device:
    """Return the device called `device`, as in ``"cuda"`` or ``"cuda:1"``.

    Raises
    ------
    UserError
        If it is not there.
    """
    there = devices()
    try:
        chosen = torch.device(device)
    except RuntimeError:
        chosen = None
    same = [name for name in there if chosen is not None and name.split(":")[0] == chosen.type]
    if chosen is None or (chosen.index or 0) >= len(same):
        raise UserError(
            Mistake(
                "device",
                "no such device on this machine",
                f'"{device}"',
                ", ".join(there),
                'Use "cpu", which is always available.',
            )
        )
    return chosen


def choose_surrogate(name: str) -> Surrogate:
    """Return a surrogate by its name; UserError if there is none."""
    if name not in SURROGATES:
        known, suggestion = ", ".join(SURROGATES), closest(str(name), SURROGATES)
        raise UserError(Mistake("surrogate", "no such surrogate", f'"{name}"', known, suggestion))
    return SURROGATES[name]
