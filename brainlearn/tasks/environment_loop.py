"""From the table ``[environment]`` of an experiment to the loop of circuit and environment."""

from __future__ import annotations

from brainlearn.circuit import Circuit
from brainlearn.environments.acting import Decoding
from brainlearn.environments.making import longest_episode, spaces_of
from brainlearn.experiment.checks.environment import encoding_of, make_of
from brainlearn.experiment.environment_schema import EnvironmentTable
from brainlearn.experiment.loading import Experiment
from brainlearn.tasks.environment import Loop, Shown


def loop_of(experiment: Experiment, table: EnvironmentTable) -> Loop:
    """Return how a circuit acts in the environment that its experiment names."""
    make = make_of(table, f"{experiment.path}: environment")
    one = make()
    observations, actions = spaces_of(one, table.name)
    circuit, phases = experiment.circuit, experiment.settings.phases
    window = round(phases[-1].duration.value / circuit.dt.value)
    return Loop(
        make,
        [Shown(each.population, encoding_of(each, observations), each.maximum.value) for each in table.observations],
        [(path, _factor(circuit, path, window)) for path in table.action.populations],
        Decoding(table.action.choice, actions, table.action.temperature),
        sum(phase.duration.value for phase in phases),
        table.rounds,
        table.test_episodes,
        longest_episode(one),
    )


def _factor(circuit: Circuit, path: str, window: int) -> float:
    """Return what makes spikes per step spikes in the window; graded activity is read as it is."""
    return float(window) if circuit.models[path].threshold else 1.0
