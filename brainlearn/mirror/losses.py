"""Losses of positive and negative presentations, whose gradients local changes are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from torch import Tensor
from torch.nn.functional import softplus

Goodness = Mapping[str, Tensor]


@dataclass(frozen=True)
class Loss:
    """A loss of goodness.

    Parameters
    ----------
    name, description : str
    of : callable
        From the goodness of positive and of negative presentations, (item,) by population, the threshold of every
        population and the width of the sigmoid, to the mean loss [nat].
    """

    name: str
    description: str
    of: Callable[[Goodness, Goodness, Mapping[str, float], float], Tensor]


def _contrast(positive: Goodness, negative: Goodness, thresholds: Mapping[str, float], width: float) -> Tensor:
    difference = sum((positive[path] - negative[path] for path in positive), start=0 * next(iter(positive.values())))
    return softplus(-difference / width).mean()


def _every_area(positive: Goodness, negative: Goodness, thresholds: Mapping[str, float], width: float) -> Tensor:
    areas = [
        softplus(-(positive[path] - thresholds[path]) / width) + softplus((negative[path] - thresholds[path]) / width)
        for path in positive
    ]
    return sum(areas, start=0 * areas[0]).mean() / 2


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "contrast": Loss(
            "contrast",
            "-log sigmoid((G+ - G-)/width), where G is the goodness of all areas that are read out: what the answer "
            "depends on",
            _contrast,
        ),
        "every_area": Loss(
            "every_area",
            "the mean over presentations of the sum over areas of -log sigmoid(polarity (goodness - threshold)/width): "
            "what every area improves for itself, differentiated through all areas below",
            _every_area,
        ),
    }
)
"""Name in an experiment file -> loss."""
