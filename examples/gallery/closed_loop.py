"""
A closed loop
=============

A circuit sees a cue and chooses one of two arms; after each cue, another arm pays. Reward-modulated
STDP learns from what the choices bring, in 32 copies of the circuit at once.
"""

import matplotlib.pyplot as plt
import numpy as np

from brainlearn import Experiment, load_circuit, run

# %%
# An environment takes the place of a dataset. Observations become rates of Poisson units, and the
# more active of two populations is the action.

experiment = Experiment(
    "two_arm",
    load_circuit("two_choices"),
    seed=1,
    environment={
        "name": "two_arm",
        "settings": {"cues": 2},
        "rounds": 40,
        "test_episodes": 160,
        "observations": [
            {"population": "senses/cue", "encoding": "one_hot", "repeat": 20, "maximum": "50 Hz"}
        ],
        "action": {"populations": ["motor/left", "motor/right"], "choice": "argmax"},
    },
    phases=[{"name": "decide", "duration": "50 ms", "reset": False}],
    rule={
        "name": "reward_stdp",
        "projections": ["senses/cue->motor/left", "senses/cue->motor/right"],
        "parameters": {"tau_eligibility": "100 ms", "rate": 0.05},
        "updates": [{"name": "step", "size": 0.05}, {"name": "clip", "low": 0, "high": 0.4}],
    },
    training={"epochs": 3, "copies": 32, "schedule": "constant"},
)
tree = run(experiment)

# %%
# An episode is a single choice. The better arm pays with probability 0.8, the other with 0.2.

rewards = tree["episodes"]["total_reward"].values
after = float(tree["test_episodes"]["total_reward"].mean())
trials = rewards[: len(rewards) // 32 * 32].reshape(-1, 32)  # in the order in which they ended
smooth = np.convolve(trials.mean(axis=1), np.ones(10) / 10, "valid")

figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
axes.plot(np.arange(len(smooth)) + 5, smooth, "k", label="mean of 10 trials, 32 copies")
axes.axhline(0.5, color="0.7", label="chance")
axes.axhline(0.8, color="0.7", linestyle=":", label="always the better arm")
axes.axhline(after, color="#d55e00", label=f"after learning: {after:.2f}")
axes.set(xlabel="trial of each copy", ylabel="mean reward [1]", ylim=(0.1, 0.9))
axes.legend(frameon=False, loc="lower right")
plt.show()
