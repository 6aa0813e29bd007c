"""Equilibrium propagation: how the settled state moves when its outputs are nudged is the gradient of their error."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

# The energy of a pair of units is the product of their activities, so its derivative with respect to their weight is
# that product, and the gradient of the outputs' error is how fast the product changes with the nudge.
_NUDGE = "(nudge_strength - nudge_strength_before)"

EQUILIBRIUM_PROPAGATION = Rule(
    name="equilibrium_propagation",
    description="product of the two activities, nudged minus remembered phase, divided by the difference of the nudges",
    source=(
        "Scellier & Bengio 2017, Front. Comput. Neurosci. 11:24, section 2 (one-sided nudge); Laborieux et al. 2021, "
        "Front. Neurosci. 15:633674, section 2 (two nudges of opposite sign)"
    ),
    changes=(
        Change(pre="activity*gain", post=f"activity/{_NUDGE}"),
        Change(pre="-activity_before*gain", post=f"activity_before/{_NUDGE}"),
    ),
)
