"""A NIR file run by snnTorch and by Norse: their own modules for every node, stepped one after the other."""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nir
import numpy as np
import torch

Spikes = dict[str, np.ndarray]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence what the two libraries print and warn of while they read a file."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def snntorch_node(node: nir.NIRNode, dt: float) -> Any:
    """Return snnTorch's module for a node, told of resets by subtraction."""
    from snntorch.import_nir import _nir_to_snntorch_module

    module: Any = _nir_to_snntorch_module(node, init_hidden=True)
    if node.metadata.get("reset") == "subtract":
        module.reset_mechanism = "subtract"
        # Without this a membrane that is still above the threshold after its reset is reset once more, a step later.
        module.mem_reset = torch.zeros_like
    return module.double(), 1e-4


def norse_node(node: nir.NIRNode, dt: float) -> Any:
    """Return Norse's module for a node, told of resets by subtraction."""
    from norse.torch.functional.reset import reset_subtract, reset_value
    from norse.torch.utils.import_nir import _import_norse_module

    subtract = node.metadata.get("reset") == "subtract"
    method = reset_subtract if subtract else reset_value
    module: Any = _import_norse_module(node, ignore_warnings=True, reset_method=method, dt=dt)
    if subtract and isinstance(node, nir.LIF):  # reset_method does not reach this one
        module.p = module.p._replace(reset_method=method)
    return module.double(), dt


LIBRARIES: dict[str, Callable[[nir.NIRNode, float], Any]] = {"snntorch": snntorch_node, "norse": norse_node}


class Walk:
    """Runs a graph: delays first, whose past breaks every cycle, then each node whose inputs are known.

    Neither library has a module for `nir.Delay`, and nirtorch breaks cycles wherever it meets one.
    """

    def __init__(self, path: Path, library: str) -> None:
        with quiet():
            self.graph = nir.read(path)
            dt = float(self.graph.metadata["dt"])
            made = {n: LIBRARIES[library](node, dt) for n, node in self.graph.nodes.items() if self._is_module(node)}
        self.modules = {name: module for name, (module, _) in made.items()}
        step = next(step for _, step in made.values())
        self.delays = {
            name: [None] * round(float(node.delay[0]) / step)
            for name, node in self.graph.nodes.items()
            if isinstance(node, nir.Delay)
        }
        self.inputs = {name: [a for a, b in self.graph.edges if b == name] for name in self.graph.nodes}
        self.states: dict[str, Any] = {}

    @staticmethod
    def _is_module(node: nir.NIRNode) -> bool:
        return not isinstance(node, nir.Input | nir.Output | nir.Delay)

    def step(self, shown: torch.Tensor) -> dict[str, torch.Tensor]:
        """Show (copy, input) for a step; return what every node gave."""
        known: dict[str, Any] = {"input": shown} | {name: past[0] for name, past in self.delays.items()}
        left = [name for name in self.graph.nodes if name not in known]
        while left:
            name = next(n for n in left if all(source in known for source in self.inputs[n]))
            left.remove(name)
            given = [known[source] for source in self.inputs[name] if known[source] is not None]
            known[name] = self._run(name, sum(given[1:], given[0])) if given else None
        for name, past in self.delays.items():
            past[:] = [*past[1:], known[self.inputs[name][0]]]
        return known

    def _run(self, name: str, given: torch.Tensor) -> torch.Tensor:
        if name not in self.modules:
            return given
        module, given = self.modules[name], given.double()
        if type(module).__module__.startswith("norse"):
            out, self.states[name] = module(given, self.states.get(name))
            return out  # type: ignore[no-any-return]
        return module(given)  # type: ignore[no-any-return]


def spikes_in(library: str, path: Path, shown: np.ndarray) -> Spikes:
    """Show (step, copy, input) to a NIR file in a library; return (step, copy, unit) of bool of every LIF node."""
    walk = Walk(path, library)
    units = [n for n, node in walk.graph.nodes.items() if isinstance(node, nir.LIF | nir.CubaLIF)]
    found: dict[str, list[np.ndarray]] = {name: [] for name in units}
    with torch.no_grad():
        for step in torch.from_numpy(shown):
            known = walk.step(step)
            for name in units:
                size = math.prod(walk.graph.nodes[name].output_type["output"])
                here = torch.zeros(len(step), size, dtype=torch.float64) if known[name] is None else known[name]
                found[name].append(here.numpy() > 0)
    return {name: np.stack(each) for name, each in found.items()}


def imported_whole(library: str, path: Path, shown: np.ndarray) -> np.ndarray:
    """Show (step, copy, input) to a file that the importer of a library reads as a whole: (step, copy, output)."""
    with quiet():
        graph = nir.read(path)
        if library == "norse":
            import norse.torch

            net = norse.torch.from_nir(graph, dt=float(graph.metadata["dt"]), ignore_warnings=True).double()
        else:
            from snntorch.import_nir import import_from_nir

            net = import_from_nir(graph).double()
        found, state = [], None
        with torch.no_grad():
            for step in torch.from_numpy(shown):
                out, state = net(step, state)
                found.append(out.numpy() > 0)
    return np.stack(found)
