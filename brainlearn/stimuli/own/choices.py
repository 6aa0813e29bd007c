"""What somebody says about data of their own that the data do not say themselves."""

from __future__ import annotations

from dataclasses import dataclass

TEST = 0.2  # share of the items that are drawn for the test where nothing else is said


@dataclass(frozen=True)
class Choices:
    """How arrays become a dataset.

    Parameters
    ----------
    test : float or None
        Share of the items that are drawn for the test; None: those that the data name, or a fifth.
    range : (float, float) or None
        Values that become black and white; None: what their type says.
    as_names : bool
        Whether labels are names even if they are whole numbers, so that numbers may be missing among them.
    seed : int
        Draws the test items.
    frame : float or None
        How long a frame of spike trains lasts [s].
    """

    test: float | None = None
    range: tuple[float, float] | None = None
    as_names: bool = False
    seed: int = 0
    frame: float | None = None
