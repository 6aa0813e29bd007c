"""The spikes of a few presentations after training, for a raster."""

from __future__ import annotations

import numpy as np

from brainlearn.brian.presenter import Round
from brainlearn.brian.simulation import Simulation
from brainlearn.brian.spike_probe import probing
from brainlearn.results.record import SpikeRecord

MOST_SPIKES = 200_000  # of a population; presentations beyond them are left out


def record_spikes(
    simulation: Simulation, shown: Round, true_label: np.ndarray, shown_label: np.ndarray
) -> dict[str, SpikeRecord]:
    """Show a round once, and record every spike.

    Parameters
    ----------
    simulation : Simulation
        Its phases are those of the presentation.
    shown : Round
        Without learning; the first copies show what is recorded.
    true_label, shown_label : (presentation,) array
        Of these first copies; a label of -1 was not shown.

    Returns
    -------
    dict of str to SpikeRecord
        By population; empty if no unit spikes.
    """
    if not any(population.spiking for population in simulation.populations.values()):
        return {}
    with probing(simulation, len(true_label)) as probe:
        simulation.present(iter([shown]), 1)
    milliseconds = 1e3 * simulation.circuit.dt.value
    phases = simulation.presenter.phases
    ends = np.cumsum([phase.steps for phase in phases]) * milliseconds
    return {
        path: SpikeRecord(
            *ragged(probe.spikes(path), len(true_label), milliseconds),
            true_label=true_label,
            shown_label=shown_label,
            size=population.population.size,
            phases=dict(zip((phase.name for phase in phases), ends.tolist(), strict=True)),
        )
        for path, population in simulation.populations.items()
        if population.spiking
    }


def ragged(spikes: np.ndarray, presentations: int, milliseconds: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sort spikes by presentation.

    Parameters
    ----------
    spikes : (3, spike) array
        Step, copy and unit.
    presentations : int
        The first copies.
    milliseconds : float
        Duration of a step.

    Returns
    -------
    time, unit, row_size : (spike,), (spike,) and (presentation,) arrays
        Times [ms] from the onset, at the start of the step; `row_size` is the number of spikes in each presentation,
        -1 in one that was left out, with all after it, because there are too many.
    """
    step, copy, unit = spikes[:, np.argsort(spikes[1], kind="stable")]
    row_size = np.bincount(copy, minlength=presentations)
    left_out = np.cumsum(row_size) > MOST_SPIKES
    kept = int(row_size[~left_out].sum())
    return step[:kept] * milliseconds, unit[:kept], np.where(left_out, -1, row_size)
