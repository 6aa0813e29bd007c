"""Circuit files as text: two areas of E and I in a loop, for a neuron model that a test writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from brainlearn import load_circuit
from brainlearn.circuit import Circuit

IMAGE = """
[[areas]]
name = "retina"
level = 0
  [[areas.populations]]
  name = "image"
  sheet = [4, 4]
  neuron = "constant_current"
"""

POPULATION = """
  [[areas.populations]]
  name = "{name}"
  sheet = {sheet}
  neuron = "{neuron}"
  sign = "{sign}"
"""

PROJECTION = """
[[projections]]
source = "{source}"
target = "{target}"
pathway = "{pathway}"
synapse = "{synapse}"
delay = "{delay!r} ms"
connectivity = {connectivity}
weights = {{ distribution = "uniform", low = {low!r}, high = {high!r} }}
"""

EVERYWHERE = '{ kind = "all_to_all" }'
LOCAL = '{ kind = "local", radius = 1.5 }'
SPARSE = '{ kind = "probability", probability = 0.5 }'


@dataclass(frozen=True)
class Model:
    """A neuron model as text, and what it takes to make it spike.

    Parameters
    ----------
    neuron : str
        The lines of the table ``[neurons.cell]``.
    excite, inhibit, inject : str
        The text of the three kinds of synapses that it has.
    current : (float, float)
        Weights from the image to the first area.
    drive, feedback, inhibition : float
        Largest weights of the excitatory projections within and up, of those down, and of the inhibitory ones.
    dt : float
        Time step [ms].
    inhibitory : str
        Another table, ``[neurons.other]``, for the inhibitory populations.
    areas : int
        2, or 1 for a smaller circuit.
    """

    neuron: str
    excite: str = "v_post += w"
    inhibit: str = "v_post += w"
    inject: str = "current_post = w*activity_pre"
    current: tuple[float, float] = (0.1, 0.5)
    drive: float = 0.3
    feedback: float = 0.1
    inhibition: float = 0.1
    dt: float = 1.0
    inhibitory: str = ""
    areas: int = 2

    def circuit(self, folder: Path) -> Circuit:
        """Write the file and read it."""
        return read(folder, self.text())

    def text(self) -> str:
        """Return the whole file."""
        other = "other" if self.inhibitory else "cell"
        parts = [
            f'name = "two_areas"\ndt = "{self.dt!r} ms"',
            f"[neurons.cell]\n{self.neuron}",
            f"[neurons.other]\n{self.inhibitory}" if self.inhibitory else "",
            *(f"[synapses.{n}]\n{self._key(n)} = '''{getattr(self, n)}'''" for n in ("excite", "inhibit", "inject")),
            IMAGE,
        ]
        for level, area in enumerate(("V1", "V2")[: self.areas], 1):
            parts.append(f'[[areas]]\nname = "{area}"\nlevel = {level}')
            parts.append(POPULATION.format(name="E", sheet=[3, 3], neuron="cell", sign="excitatory"))
            parts.append(POPULATION.format(name="I", sheet=[2, 2], neuron=other, sign="inhibitory"))
        return "\n".join([*parts, *(p for p in self._projections() if self.areas == 2 or "V2" not in p)])

    def _key(self, synapse: str) -> str:
        return "on_pre" if re.search("[+-]=", getattr(self, synapse)) else "transmit"

    def _projections(self) -> list[str]:
        up, down, low, high = self.drive, self.feedback, *self.current
        return [
            self._projection("retina/image", "V1/E", "bottom_up", "inject", 0, LOCAL, low, high),
            self._projection("V1/E", "V2/E", "bottom_up", "excite", 2, SPARSE, 0.8 * up, 1.2 * up),
            self._projection("V2/E", "V1/E", "top_down", "excite", 3, SPARSE, 0.5 * down, 1.5 * down),
            self._projection("V1/E", "V1/E", "lateral", "excite", 1, LOCAL, 0.1 * down, 0.3 * down),
            self._projection("V1/E", "V1/I", "lateral", "excite", 0, LOCAL, 0.6 * up, 1.2 * up),
            self._projection("V1/I", "V1/E", "lateral", "inhibit", 1, EVERYWHERE, -self.inhibition, 0.0),
            self._projection("V2/E", "V2/I", "lateral", "excite", 1, EVERYWHERE, 0.6 * up, 1.2 * up),
            self._projection("V2/I", "V2/E", "lateral", "inhibit", 0, EVERYWHERE, -self.inhibition, 0.0),
        ]

    def _projection(
        self,
        source: str,
        target: str,
        pathway: str,
        synapse: str,
        delay: int,
        connectivity: str,
        low: float,
        high: float,
    ) -> str:
        return PROJECTION.format(
            source=source,
            target=target,
            pathway=pathway,
            synapse=synapse,
            delay=delay * self.dt if self._key(synapse) == "on_pre" else 0.0,
            connectivity=connectivity,
            low=low,
            high=high,
        )


def read(folder: Path, text: str) -> Circuit:
    """Write a circuit file and read it."""
    path = folder / "circuit.toml"
    path.write_text(text, encoding="utf-8")
    return load_circuit(path)
