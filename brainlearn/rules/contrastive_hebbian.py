"""Contrastive Hebbian learning: teacher-driven activity strengthens weights, free activity weakens them."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

CONTRASTIVE_HEBBIAN = Rule(
    name="contrastive_hebbian",
    description="product of the two activities in the taught phase, minus that product in the remembered, free one",
    source=(
        "Movellan 1991, Connectionist Models Summer School 10 (contrastive Hebbian learning); "
        "Xie & Seung 2003, Neural Comput. 15:441 (equal to backpropagation as feedback grows weak)"
    ),
    changes=(
        Change(pre="activity*gain", post="activity"),
        Change(pre="-activity_before*gain", post="activity_before"),
    ),
)
