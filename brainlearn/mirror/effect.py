"""What synapses of the mirror add to one variable: products of a presynaptic and a postsynaptic part."""

from __future__ import annotations

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
    """

    def __init__(self, target: str, pre: Rendered, post: Rendered | None) -> None:
        self.target, self.pre, self.post = target, pre, post
        self._of_pre = {name: name.removesuffix("_pre") for name in pre.names}
        self._of_post = {name: name.removesuffix("_post") for name in (post.names if post is not None else ())}

    @property
    def fixed(self) -> bool:
        """Whether the presynaptic part reads no variable."""
        return not self._of_pre

    def of_source(self, source: State) -> dict[str, Any]:
        """Return the variables that the presynaptic part reads, by its names."""
        return {name: source[plain] for name, plain in self._of_pre.items()}

    def scaled(self, total: Tensor, target: State) -> Tensor:
        """Return the sum over synapses times what the target's units say, (copy, post)."""
        if self.post is None:
            return total
        said = self.post.evaluate({name: target[plain] for name, plain in self._of_post.items()})
        return total * fitted(said, total)
