"""Two controls with as many decisions as the circuit: ``python experiments/49_cart_pole/controls.py``.

A table of action values (Q-learning, Watkins 1989) over a discretised state, in one environment, and an actor-critic of
two small networks (advantage actor-critic, Mnih et al. 2016; generalised advantages, Schulman et al. 2016) in as many
environments as the circuit has copies. Both are plain NumPy. It writes ``result/controls.json``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from brainlearn.lab import values_and_means, write_json

HERE = Path(__file__).resolve().parent
COPIES, ROUNDS, TESTED = 48, 2000, 48
RANGE = np.array([[-2.4, 2.4], [-2.5, 2.5], [-0.21, 0.21], [-2.0, 2.0]])
BINS = np.array([3, 3, 9, 9])


def main() -> None:
    """Learn with every seed, and write what came out."""
    parser = argparse.ArgumentParser(description="Controls for CartPole-v1.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--output", type=Path, default=HERE / "result" / "controls.json")
    asked = parser.parse_args()
    found = {
        name: [learn(seed) for seed in asked.seeds] for name, learn in {"table": table, "network": network}.items()
    }
    for name, each in found.items():
        print(name, each)
    told = {name: values_and_means(each) for name, each in found.items()}
    write_json({"decisions": COPIES * ROUNDS, "seeds": asked.seeds, **told}, asked.output)


# ---- a table -------------------------------------------------------------------------------------------------------


def table(seed: int) -> dict[str, float]:
    """Return mean rewards of Q-learning: of the last 100 episodes of training, and of greedy test episodes."""
    environment, rng = gymnasium.make("CartPole-v1"), np.random.default_rng(seed)
    values, decisions, rewards = np.zeros((*BINS, 2)), COPIES * ROUNDS, list[float]()
    state, total = cell(environment.reset(seed=seed)[0]), 0.0
    for k in range(decisions):
        left = 1 - k / decisions
        greedy = rng.random() > 0.2 * left
        action = int(values[state].argmax()) if greedy else int(rng.integers(2))
        seen, reward, ended, given_up, _ = environment.step(action)
        after = cell(seen)
        target = reward + 0.99 * (not ended) * values[after].max()
        values[(*state, action)] += (0.02 + 0.2 * left) * (target - values[(*state, action)])
        state, total = after, total + reward
        if ended or given_up:
            rewards.append(total)
            state, total = cell(environment.reset()[0]), 0.0
    tested = [lived(environment, lambda seen: int(values[cell(seen)].argmax()), 10_000 + k) for k in range(TESTED)]
    return {"last_reward": float(np.mean(rewards[-100:])), "test_reward": float(np.mean(tested))}


def cell(seen: np.ndarray) -> tuple[int, ...]:
    """Return in which cell of the table a state is."""
    places = (np.asarray(seen) - RANGE[:, 0]) / (RANGE[:, 1] - RANGE[:, 0])
    return tuple(np.clip((places * BINS).astype(int), 0, BINS - 1).tolist())


def lived(environment: Any, act: Any, seed: int) -> float:
    """Return the reward of an episode."""
    seen, total, over = environment.reset(seed=seed)[0], 0.0, False
    while not over:
        seen, reward, ended, given_up, _ = environment.step(act(seen))
        total, over = total + reward, ended or given_up
    return total


# ---- a small network -----------------------------------------------------------------------------------------------


class Network:
    """Four numbers, 64 hidden units, and outputs; it learns by Adam from gradients at its outputs."""

    def __init__(self, outputs: int, rng: np.random.Generator, step: float = 7e-3) -> None:
        self.parts = [rng.normal(0, 0.5, (4, 64)), np.zeros(64), rng.normal(0, 0.02, (64, outputs)), np.zeros(outputs)]
        self.moments = [(np.zeros_like(part), np.zeros_like(part)) for part in self.parts]
        self.step, self.taken = step, 0

    def __call__(self, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return outputs, (case, output), and hidden activity."""
        hidden = np.tanh(seen @ self.parts[0] + self.parts[1])
        return hidden @ self.parts[2] + self.parts[3], hidden

    def learn(self, seen: np.ndarray, hidden: np.ndarray, wrong: np.ndarray) -> None:
        """Go against a gradient at the outputs, (case, output)."""
        below = (wrong @ self.parts[2].T) * (1 - hidden**2)
        gradients = [seen.T @ below, below.sum(0), hidden.T @ wrong, wrong.sum(0)]
        self.taken += 1
        for part, gradient, (first, second) in zip(self.parts, gradients, self.moments, strict=True):
            first += 0.1 * (gradient / len(seen) - first)
            second += 0.001 * ((gradient / len(seen)) ** 2 - second)
            scaled = first / (1 - 0.9**self.taken), second / (1 - 0.999**self.taken)
            part -= self.step * scaled[0] / (np.sqrt(scaled[1]) + 1e-8)


def network(seed: int, stretch: int = 5) -> dict[str, float]:
    """Return mean rewards of an actor-critic, as `table` does."""
    rng, scale = np.random.default_rng(seed), np.abs(RANGE).max(1) / 2
    many = gymnasium.make_vec("CartPole-v1", num_envs=COPIES, vectorization_mode="vector_entry_point")
    actor, critic = Network(2, rng), Network(1, rng)
    seen, rewards, totals = many.reset(seed=seed)[0] / scale, list[float](), np.zeros(COPIES)
    fresh = np.zeros(COPIES, dtype=bool)
    for _ in range(ROUNDS // stretch):
        kept = []
        for _ in range(stretch):
            logits, hidden = actor(seen)
            action = (rng.random(COPIES) < chance(logits)[:, 1]).astype(np.int64)
            after, reward, ended, given_up, _ = many.step(action)
            kept.append((seen, hidden, logits, action, reward, ended, given_up, fresh))
            totals = np.where(fresh, 0.0, totals + reward)
            fresh, seen = ended | given_up, after / scale
            rewards += totals[fresh].tolist()
        improve(actor, critic, kept, seen)
    one = gymnasium.make("CartPole-v1")
    tested = [lived(one, lambda seen: int(actor(seen[None] / scale)[0].argmax()), 10_000 + k) for k in range(TESTED)]
    return {"last_reward": float(np.mean(rewards[-100:])), "test_reward": float(np.mean(tested))}


def chance(logits: np.ndarray) -> np.ndarray:
    """Return probabilities of actions, (case, action)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def improve(actor: Network, critic: Network, kept: list[Any], last: np.ndarray) -> None:
    """Learn from a stretch of decisions; steps that only begin an episode do not count."""
    following, advantage = critic(last)[0][:, 0], np.zeros(COPIES)
    found = []
    for seen, hidden, logits, action, reward, ended, given_up, fresh in reversed(kept):
        value, inside = critic(seen)
        error = reward + 0.99 * ~ended * following - value[:, 0]
        advantage = np.where(fresh, 0.0, error + 0.99 * 0.95 * ~(ended | given_up) * advantage)
        found.append((seen, hidden, inside, chance(logits), np.eye(2)[action], advantage))
        following = value[:, 0]
    seen, hidden, inside, likely, taken, gained = (np.concatenate(each) for each in zip(*found, strict=True))
    critic.learn(seen, inside, -gained[:, None])
    scaled = (gained - gained.mean()) / (gained.std() + 1e-8)
    actor.learn(seen, hidden, (likely - taken) * scaled[:, None] + 0.01 * likely * (np.log(likely) + 1))


if __name__ == "__main__":
    main()
