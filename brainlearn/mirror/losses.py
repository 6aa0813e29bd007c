"""Losses whose gradients local changes are compared with: of goodness, and of the distance to a target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot, softplus

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
            "-log sigmoid((G+ - G-)/width), where G is the goodness of all areas that are read out: the basis of "
            "the answer",
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


@dataclass(frozen=True)
class TargetLoss:
    """A loss of the activity of outputs.

    Parameters
    ----------
    name, description : str
    of : callable
        From the activity and the target of every output, (copy, unit), and the number of steps over which the
        activity is a mean, to the mean loss.
    by_class : bool
        Whether it compares classes: of several units of a class it takes the mean.
    """

    name: str
    description: str
    of: Callable[[Tensor, Tensor, int], Tensor]
    by_class: bool = False

    def of_labels(self, activity: Tensor, labels: Tensor, strength: float, per_class: int, steps: int) -> Tensor:
        """Return the mean loss for (copy,) labels, where so many units that stand next to each other are a class."""
        if self.by_class:
            activity, per_class = activity.unflatten(1, (-1, per_class)).mean(dim=2), 1
        classes = one_hot(labels, activity.shape[1] // per_class).to(activity)
        return self.of(activity, strength * classes.repeat_interleave(per_class, dim=1), steps)


def _squared(activity: Tensor, targets: Tensor, steps: int) -> Tensor:
    return (targets - activity).square().sum(dim=1).mean() / 2


def _cross_entropy(activity: Tensor, targets: Tensor, steps: int) -> Tensor:
    """Of several right classes each has its share; where all targets are 0, nothing is asked."""
    asked = targets.sum(dim=1) > 0
    if not asked.any():
        return 0 * activity.sum()
    shares = targets[asked] / targets[asked].sum(dim=1, keepdim=True)
    return cross_entropy(activity[asked] * steps, shares)


TARGET_LOSSES: Mapping[str, TargetLoss] = MappingProxyType(
    {
        "squared": TargetLoss(
            "squared",
            "half the squared distance between the mean activity of the outputs and their targets: what a nudge "
            "pulls on",
            _squared,
        ),
        "cross_entropy": TargetLoss(
            "cross_entropy",
            "-log of the softmax of the outputs' spike counts, at the right class, or its mean over the right symbols",
            _cross_entropy,
            by_class=True,
        ),
    }
)
"""Name in an experiment file with targets -> loss."""
