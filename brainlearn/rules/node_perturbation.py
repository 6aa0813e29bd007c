"""Node perturbation: units are perturbed, and all are told what that did to the error of the output."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Rule

# `perturbation` is what a unit's neuron model adds to its input in the phase that learns, and not in the one before.
# Expected over independent perturbations of variance s^2, the product is -s^2 times the gradient of the error, for
# small s; its standard deviation grows with the number of perturbed units.
NODE_PERTURBATION = Rule(
    name="node_perturbation",
    description="presynaptic activity times the unit's own perturbation, times how much less the output errs with it",
    source=(
        "Fiete & Seung 2006, Phys. Rev. Lett. 97:048104 (perturbed conductances, with the unperturbed reward as the "
        "baseline); Williams 1992, Machine Learning 8, 229 (REINFORCE); Werfel, Xie & Seung 2005, Neural Comput. "
        "17:2699 (its learning curve)"
    ),
    broadcasts={"error": "(target - activity)**2", "error_before": "(target - activity_before)**2"},
    modulators={"better": "error_before - error"},
    changes=(Change(pre="activity_before*gain", post="better*perturbation"),),
)
