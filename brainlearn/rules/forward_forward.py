"""Forward-Forward: raise the goodness of positive presentations, lower that of negative ones."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Memory, Rule, Trace, parameters

_SOURCE = (
    "Hinton 2022, arXiv 2212.13345, section 2 (goodness, threshold, normalisation) and the peer normalisation of "
    "its published code"
)

# Log-likelihood of the right answer is log sigmoid(polarity * (goodness - threshold) / width); its derivative with
# respect to the goodness, up to a constant, is `modulator`; the goodness of a unit grows with its own activity.
_MODULATORS = {
    "surprise": "clip(polarity*(goodness - threshold)/width, -60, 60)",
    "modulator": "polarity/(1 + exp(surprise))",
}
_PEER = "peer*int(polarity > 0)*(usual_level - usual)"
_MEMORIES = (
    Memory("usual", of="{x}", where="polarity > 0", rate="memory_rate", scope="unit"),
    Memory("usual_level", of="{x}", where="polarity > 0", rate="memory_rate", scope="population"),
)
_DEFAULTS = parameters(threshold=0.06, width=1 / 60, peer=0.05, memory_rate=0.1)


def _memories(x: str) -> tuple[Memory, ...]:
    return tuple(Memory(m.name, m.of.format(x=x), m.where, m.rate, m.scope, m.initial) for m in _MEMORIES)


FORWARD_FORWARD = Rule(
    name="forward_forward",
    description="goodness is the mean square of activity (spikes per step, or graded activity); fixed threshold",
    source=_SOURCE,
    parameters=_DEFAULTS,
    broadcasts={"goodness": "activity**2"},
    modulators=_MODULATORS,
    memories=_memories("activity"),
    changes=(Change(pre="activity*gain", post=f"modulator*activity + {_PEER}"),),
)

FORWARD_FORWARD_RUNNING = Rule(
    name="forward_forward_running",
    description="like forward_forward; the threshold is a running mean of goodness over both kinds of presentation",
    source=_SOURCE,
    parameters=parameters(width=1 / 60, peer=0.05, memory_rate=0.1, threshold_rate=0.02),
    broadcasts={"goodness": "activity**2"},
    modulators=_MODULATORS,
    memories=(
        *_memories("activity"),
        Memory(
            "threshold",
            of="goodness",
            where="abs(polarity) > 0",
            rate="threshold_rate",
            scope="population",
            initial=0.06,
        ),
    ),
    changes=(Change(pre="activity*gain", post=f"modulator*activity + {_PEER}"),),
)

FORWARD_FORWARD_TRACE = Rule(
    name="forward_forward_trace",
    description="goodness is the mean square of a decaying spike trace at the end of the phase: local in time",
    source=_SOURCE + "; spike traces as in Ororbia 2024, Science Advances 10, eadn6076",
    parameters=parameters(threshold=0.06, width=1 / 60, peer=0.05, memory_rate=0.1, tau_trace="13 ms"),
    traces=(
        Trace(
            "recent",
            "drecent/dt = -recent/tau_trace : 1",
            on_spike="recent += dt/tau_trace",
            graded="drecent/dt = (activity - recent)/tau_trace : 1",
        ),
    ),
    broadcasts={"goodness": "recent**2"},
    modulators=_MODULATORS,
    memories=_memories("recent"),
    changes=(Change(pre="recent*gain", post=f"modulator*recent + {_PEER}"),),
)
