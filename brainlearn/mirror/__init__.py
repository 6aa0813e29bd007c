"""The mirror: the same circuit in PyTorch, rendered from Brian2's own abstract code."""

from __future__ import annotations

from brainlearn.mirror.mirror import Mirror
from brainlearn.mirror.state import MirrorState
from brainlearn.mirror.surrogates import SURROGATES, Surrogate

__all__ = ["SURROGATES", "Mirror", "MirrorState", "Surrogate"]
