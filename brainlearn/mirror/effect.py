"""What synapses of the mirror add to one variable: products of a presynaptic and a postsynaptic part."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from torch import Tensor

from brainlearn.mirror.population import State
from brainlearn.mirror.rendered import Rendered
from brainlearn.mirror.threshold import fitted


class MirrorEffect:
    """One product.

    Parameters
    ----------
    target : str
        Variable of the target.
    pre : Rendered
        What multiplies the weight.
    post : Rendered or None
        What multiplies the sum over synapses; None: nothing does.
    from_origin : collection of str
        Variables that are counted from that of the first target unit, as only differences of both units count.
    """

    def __init__(self, target: str, pre: Rendered, post: Rendered | None, from_origin: Collection[str] = ()) -> None:
        self.target, self.pre, self.post = target, pre, post
        self._from_origin = frozenset(from_origin)
        self._of_pre = {name: name.removesuffix("_pre") for name in pre.names}
        self._of_post = {name: name.removesuffix("_post") for name in (post.names if post is not None else ())}

    @property
    def fixed(self) -> bool:
        """Whether the presynaptic part reads no variable."""
        return not self._of_pre

    def of_source(self, source: State) -> dict[str, Any]:
        """Return the variables that the presynaptic part reads, by its names."""
        return {name: source[plain] for name, plain in self._of_pre.items()}

    def origins(self, target: State) -> dict[str, Tensor]:
        """Return what variables of the presynaptic part are counted from, (copy, unit), by its names."""
        return {name: target[plain] for name, plain in self._of_pre.items() if plain in self._from_origin}

    def scaled(self, total: Tensor, target: State) -> Tensor:
        """Return the sum over synapses times what the target's units say, (copy, post)."""
        if self.post is None:
            return total
        values = {name: target[plain] for name, plain in self._of_post.items()}
        said = self.post.evaluate(
            {n: v - v[:, :1] if self._of_post[n] in self._from_origin else v for n, v in values.items()}
        )
        return total * fitted(said, total)
