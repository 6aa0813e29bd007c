"""Forward-Forward in a recurrent circuit: every step is a presentation, with context from the step before."""

from __future__ import annotations

from brainlearn.rules.rule import Change, Memory, Rule, Trace, parameters

# As in forward_forward, with a goodness that may be the lack of activity: with sense = -1 the right answer is quiet.
FORWARD_FORWARD_RECURRENT = Rule(
    name="forward_forward_recurrent",
    description="in every step, transmitted activity times a modulator of goodness, which is maximised or minimised",
    source="Hinton 2022, arXiv 2212.13345, on top-down effects in perception and, for least activity, on CIFAR-10; "
    "spike traces as in Ororbia 2024, Science Advances 10, eadn6076",
    parameters=parameters(threshold=0.06, width=1 / 60, peer=0.05, memory_rate=0.1, tau_trace="13 ms", sense=1),
    traces=(
        Trace(
            "recent",
            "drecent/dt = -recent/tau_trace : 1",
            on_spike="recent += dt/tau_trace",
            graded="recent = activity : 1",
        ),
    ),
    broadcasts={"goodness": "sense*recent**2"},
    modulators={
        "surprise": "clip(polarity*(goodness - sense*threshold)/width, -60, 60)",
        "modulator": "sense*polarity/(1 + exp(surprise))",
    },
    memories=(
        Memory("usual", of="recent", where="polarity > 0", rate="memory_rate", scope="unit"),
        Memory("usual_level", of="recent", where="polarity > 0", rate="memory_rate", scope="population"),
    ),
    changes=(
        Change(
            pre="recent*gain",
            post="modulator*recent + peer*int(polarity > 0)*(usual_level - usual)",
            when="transmission",
        ),
    ),
)
