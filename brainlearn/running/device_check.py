"""See that this machine has the devices that baselines are to be computed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError

CPU = "cpu"


def check_devices(experiment: Experiment, baselines: Sequence[str]) -> None:
    """Raise a UserError if a baseline's device is not there; not a mistake of the file, which may go elsewhere.

    Parameters
    ----------
    experiment : Experiment
    baselines : sequence of str
        Names of those that will run.
    """
    mistakes = [mistake for name in baselines for mistake in _check_device(experiment, name)]
    if mistakes:
        raise UserError(*mistakes)


def _check_device(experiment: Experiment, name: str) -> list[Mistake]:
    device = experiment.settings.baselines.chosen()[name].device
    if device == CPU:
        return []
    from brainlearn.mirror.choice import choose_device

    try:
        choose_device(device)
    except UserError as error:
        return [replace(each, where=f"{experiment.path}: baselines.{name}.device") for each in error.mistakes]
    return []
