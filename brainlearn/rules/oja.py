"""Oja's rule: Hebbian, with a forgetting that keeps the weights of a unit bounded."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

OJA = Rule(
    name="oja",
    description="Hebbian learning with decay proportional to the weight: the first principal component",
    source="Oja 1982, Journal of Mathematical Biology 15, 267, equation 3",
    changes=(
        Change(pre="activity", post="activity"),
        Change(pre="1", post="-activity**2", weight="w"),
    ),
)
