"""Check that units can be switched off and images made noisy as a file asks."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show, unknown
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake

NOISY = ("constant_current", "graded")


def check_dropout(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield every population with dropout that is not there or does not spike, and a twin that has no spikes."""
    known = [p.path for p in circuit.populations]
    spiking = [path for path in known if path in circuit.models and circuit.models[path].threshold]
    for path in settings.dropout:
        place = f"dropout.{show(path)}"
        if path not in known:
            yield unknown(place, "population", path, known)
        elif path not in spiking:
            wrong = "only units that spike can be switched off"
            yield Mistake(place, wrong, show(path), ", ".join(spiking) or "no population of this circuit")
    if any(settings.dropout.values()) and settings.baselines.backprop is not None:
        wrong = "the graded twin has no spikes, so its units cannot be switched off"
        yield Mistake("baselines.backprop", wrong, "with [dropout]", suggestion="Take backprop_through_time.")


def check_noise(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Yield noise of an input that is no continuous value."""
    noise, encoding = settings.stimulus.noise, settings.stimulus.encoding
    if noise and settings.environment is not None:
        yield Mistake("stimulus.noise", "an environment shows no training images", show(noise), "0")
    elif noise and encoding not in NOISY:
        wrong = f'with encoding = "{encoding}", images cannot be noisy'
        yield Mistake("stimulus.noise", wrong, show(noise), f"0, or one of the encodings {', '.join(NOISY)}")
