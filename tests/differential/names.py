"""Names that a circuit file may use: ordinary ones first, then those that a program might take for its own."""

from __future__ import annotations

from hypothesis import strategies as st

ORDINARY = ("v", "u", "x", "y", "z", "tau", "theta", "bias", "current", "drive", "level", "scale")
NASTY = (
    # what brainlearn, its mirror and its rules call things
    "gain", "spike_count", "activity", "current_0", "current_1", "drive_0", "drive_1", "threshold", "threshold_v",
    "width", "peer", "polarity", "goodness", "modulator", "usual", "usual_level", "recent", "nudge",
    "nudge_strength", "feedback", "feedback_before", "activity_before", "trace", "trace_plus", "trace_minus",
    "held_0", "gathered", "gathering", "w", "dw", "weights", "order", "delay", "mask", "steps", "step", "counts",
    "spikes", "lines", "lastspikes", "copies", "population", "projection", "name", "state", "reset", "target", "source",
    # what Brian2 and fused loops call things
    "i_syn", "N_0", "t_0", "x0", "a0", "s0", "n", "k", "m", "space", "indices", "clock", "group",
    "namespace", "synapses", "pre", "post", "j", "idx", "cond", "refrac", "not_ref", "constant", "shared", "summed",
    "loop", "array", "where", "value", "values", "method", "equations", "thresholds", "f_exp",
)  # fmt: skip
AREAS = ("A", "A_B", "V1", "V1_E", "A_B_C", "population", "x")
POPULATIONS = ("C", "B_C", "E", "E_I", "B", "B_C_counter", "gain")
PROJECTIONS = ("", "", "a_b", "a-b", "a/b", "a>b", "forward", "keys", "weights", "projection_a_b")


class Names:
    """Gives names that were not given before."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw, self._given = draw, set[str]()

    def fresh(self, usual: str) -> str:
        """Return a name: the usual one in a shrunk file, most often a nasty one."""
        taken = [name for name in (usual, *ORDINARY, *NASTY) if name not in self._given]
        return self.take(self._draw(st.sampled_from(list(dict.fromkeys(taken)))))

    def take(self, name: str) -> str:
        """Give this very name, or, if it is given already, another."""
        if name in self._given:
            return self.fresh(name)
        self._given.add(name)
        return name
