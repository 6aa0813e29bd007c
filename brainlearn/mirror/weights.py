"""The weights of a mirror, by the names of projections."""

from __future__ import annotations

from torch import nn


class Weights(nn.ParameterDict):
    """Weights by the name of their projection, which may be any word, ``"forward"`` and ``"keys"`` too."""

    def _key_to_attr(self, key: str) -> str:
        return f"projection {key}"
