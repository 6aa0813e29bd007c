"""Loops over arrays as machine code, by Numba: compiled at the first call, kept on disk where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

Loop = Callable[..., Any]


def compiled_loop(**options: Any) -> Callable[[Loop], Loop]:
    """Return a decorator that compiles a function with `numba.njit` when it is first called.

    Numba keeps the machine code beside the source, in the user's cache folder or in ``NUMBA_CACHE_DIR``. A loop that
    finds no folder to write to, or a full disk, is recompiled in each process, which takes a second or two.

    Parameters
    ----------
    **options
        Options of `numba.njit`, such as ``nogil``.
    """

    def decorate(loop: Loop) -> Loop:
        machine_code: Loop | None = None

        @wraps(loop)
        def call(*arguments: Any) -> Any:
            nonlocal machine_code
            if machine_code is None:
                machine_code = _with_cache(loop, options)
            try:
                return machine_code(*arguments)
            except OSError:  # from the cache alone, before the loop begins: a loop opens no file
                machine_code = _without_cache(loop, options)
                return machine_code(*arguments)

        return call

    return decorate


def _with_cache(loop: Loop, options: dict[str, Any]) -> Loop:
    import numba  # here and not above: half a second that commands which compute nothing need not spend

    try:
        compiled: Loop = numba.njit(cache=True, **options)(loop)
    except RuntimeError as error:  # Numba has no narrower exception for a cache without a folder
        if "no locator available" not in str(error):
            raise
        return _without_cache(loop, options)
    return compiled


def _without_cache(loop: Loop, options: dict[str, Any]) -> Loop:
    import numba

    compiled: Loop = numba.njit(**options)(loop)
    return compiled
