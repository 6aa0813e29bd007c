"""Everything in a simulation that decides how it continues, as named arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from brainlearn.reserved import of_rule
from brainlearn.saved_state import Arrays, below, find, put_back, under

if TYPE_CHECKING:
    from brainlearn.brian.simulation import Simulation


def simulation_state(simulation: Simulation) -> Arrays:
    """Return weights, states of units, spikes in transit, what rules remember, random numbers and time.

    Between two runs of the network, or at the end of a round within one: no other step has begun then.

    Returns
    -------
    dict of str to array
        Some are views: copy them if the simulation continues before they are written.
    """
    saved: Arrays = {
        "step": np.array(simulation.next_step),
        "onset_steps": np.array(simulation.onset_steps),
        "nudge_before": np.array(simulation.nudge_before),
    }
    for name, synapses in simulation.projections.items():
        saved |= under(f"weights/{name}", {"w": synapses.weights})
        saved |= under(f"line/{name}", synapses.state())
    for path, population in simulation.populations.items():
        saved |= under(f"population/{path}", population.state()) | under("counted_steps", {path: population.steps})
    for path, kept in simulation.kept.items():
        saved |= under(f"kept/{path}", kept.state())
    for name, drive in simulation.drives.items():
        saved |= under(f"poisson/{name}", drive.spikes.state())
    for path, values in simulation.values.items():
        saved |= under(f"values/{path}", values.state())
    for number, rule in enumerate(simulation.rules):
        for path, told in rule.neuromodulation.items():
            saved |= under(of_rule("neuromodulation", number) + f"/{path}", told.state())
    for name, learning in simulation.learning.items():
        saved |= under(f"learning/{name}", learning.state())
    saved |= under("dropout", simulation.dropout.state())
    return saved | under("random", simulation.random_numbers.state())


def restore_simulation(simulation: Simulation, saved: Arrays) -> None:
    """Put a simulation of the same circuit where another one was.

    Raises
    ------
    ForeignState
        If the state is that of another circuit.
    """
    simulation.set_step(int(find("step", saved)))
    simulation.onset_steps = int(find("onset_steps", saved))
    simulation.nudge_before = float(find("nudge_before", saved))
    for name, synapses in simulation.projections.items():
        put_back(synapses.weights, "w", below(f"weights/{name}", saved))
        synapses.restore(below(f"line/{name}", saved))
        synapses.touch()
    for path, population in simulation.populations.items():
        population.restore(below(f"population/{path}", saved))
        population.steps = int(find(path, below("counted_steps", saved)))
    for path, kept in simulation.kept.items():
        kept.restore(below(f"kept/{path}", saved))
    for name, drive in simulation.drives.items():
        drive.spikes.restore(below(f"poisson/{name}", saved))
    for path, values in simulation.values.items():
        values.restore(below(f"values/{path}", saved))
    for number, rule in enumerate(simulation.rules):
        for path, told in rule.neuromodulation.items():
            told.restore(below(of_rule("neuromodulation", number) + f"/{path}", saved))
    for name, learning in simulation.learning.items():
        learning.restore(below(f"learning/{name}", saved))
    simulation.dropout.restore(below("dropout", saved))
    simulation.random_numbers.restore(below("random", saved))


def why_not_saved(simulation: Simulation) -> str:
    """Tell why a simulation's state cannot be saved whole; nothing if it can."""
    if simulation.delivery == "stock" and not simulation.presenter.phases[0].reset:
        return 'delivery = "stock" keeps spikes in transit in Brian2, and the first phase does not reset them'
    return ""
