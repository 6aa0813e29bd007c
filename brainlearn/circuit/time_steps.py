"""Times of users as numbers of time steps."""

from __future__ import annotations

from brainlearn.mistakes import Mistake
from brainlearn.units import Quantity, UnitError, parse_quantity_of

SLACK = 1e-6  # of a step


def steps_of(text: str | int | float, dt: Quantity | None, most: int, where: str) -> tuple[int, list[Mistake]]:
    """Return the number of steps in a time; without a `dt` only its unit is looked at.

    Parameters
    ----------
    text : str
        As ``"300 ms"``.
    dt : Quantity, optional
    most : int
        Steps that are allowed.
    where : str
        For the mistake.

    Returns
    -------
    int, list of Mistake
        With a mistake the number is 0.
    """
    try:
        found = parse_quantity_of(text, "time")
    except UnitError as error:
        return 0, [Mistake(where, error.wrong, error.found, error.allowed, error.suggestion)]
    if dt is None:
        return 0, []
    steps = found.value / dt.value
    # Of many steps the quotient is rounded: relatively, not within a millionth of a step.
    if not 1 - SLACK <= steps <= most or abs(steps - round(steps)) > SLACK * max(1.0, steps * 1e-6):
        allowed = f"a multiple of dt = {dt.text}, from 1 to {most:,} steps"
        return 0, [Mistake(where, "does not fit the time step", f'"{found.text}"', allowed)]
    return round(steps), []
