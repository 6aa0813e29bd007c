"""Check that this machine has the devices for the mirror."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brainlearn.experiment.loading import Experiment
from brainlearn.mistakes import Mistake, UserError

CPU = "cpu"


def check_devices(experiment: Experiment, baselines: Sequence[str], rule: bool = False) -> None:
    """Raise a UserError if a device is missing; not a mistake of the file, which may run elsewhere.

    Parameters
    ----------
    experiment : Experiment
    baselines : sequence of str
        Names of those that will run.
    rule : bool
        Whether the rule will run.
    """
    tables = experiment.settings.baselines.chosen()
    asked = {f"baselines.{name}": tables[name].device for name in baselines}
    asked |= {"training": experiment.settings.training.device} if rule else {}
    mistakes = [mistake for place, device in asked.items() for mistake in _check_device(experiment, place, device)]
    if mistakes:
        raise UserError(*mistakes)


def _check_device(experiment: Experiment, place: str, device: str) -> list[Mistake]:
    if device == CPU:
        return []
    from brainlearn.mirror.choice import choose_device

    try:
        choose_device(device)
    except UserError as error:
        return [replace(each, where=f"{experiment.path}: {place}.device") for each in error.mistakes]
    return []
