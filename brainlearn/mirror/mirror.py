"""The mirror: a circuit as a `torch.nn.Module`, spike for spike what Brian2 simulates, and differentiable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from brainlearn.brian.populations import GAIN
from brainlearn.brian.text.abstract_code import circuit_code
from brainlearn.circuit import Circuit
from brainlearn.circuit.dropout import Dropout
from brainlearn.circuit.fast_memory import refuse_too_many
from brainlearn.circuit.schema import AveragePooling
from brainlearn.circuit.wiring import AnyWiring, wire
from brainlearn.mirror.choice import choose_device, choose_dtype, choose_surrogate
from brainlearn.mirror.film import film_of
from brainlearn.mirror.kept_states import refuse_kept
from brainlearn.mirror.learned_delays import delays_to_learn, learned_wiring
from brainlearn.mirror.poisson_drives import PoissonDrives
from brainlearn.mirror.population import MirrorPopulation
from brainlearn.mirror.projection import mirror_projection
from brainlearn.mirror.state import MirrorState, once_a_step
from brainlearn.mirror.steps import Steps
from brainlearn.mirror.tied import TiedWeights
from brainlearn.mirror.unit_values import UnitTensors
from brainlearn.mirror.weights import Weights, constrain
from brainlearn.mistakes import Mistake, UserError
from brainlearn.neurons.switched import ON

NUDGING = "nudging"


class Mirror(nn.Module):
    """A circuit in PyTorch.

    Parameters
    ----------
    circuit : Circuit
    seed : int
        For masks, initial weights, and what differs between units: the same ones as `Simulation` draws with it.
    dtype : str or torch.dtype
    device : str or torch.device
    surrogate : str
        A key of `brainlearn.mirror.SURROGATES`.
    slope : float, optional
        Its steepness, where 1 is as wide as the way from rest to threshold; default: the surrogate's own.
    reset_gradient : bool
        Whether gradients pass through the decision to reset (Zenke & Vogels 2021, Neural Computation 33, 899, find
        training more robust without).
    wiring : mapping of str to Wiring or Rows, optional
        Synapses and weights to start from instead of those drawn with `seed`.
    learned_delays : mapping of str to int, optional
        The longest delay [time steps] of every projection, by name, of which the delays are parameters too.

    Attributes
    ----------
    weights : ParameterDict
        (pre, post) or (synapse,) weights [1], or those of kernels, by the projection's name; tied ones follow those
        that they are tied to, and pooling learns nothing.
    delays : ParameterDict
        (synapse,) delays [time steps] of those in `learned_delays`.
    delay_width : float
        Over how many steps to each side of its delay a spike arrives there; 1 in the end.

    Raises
    ------
    UserError
        If a model cannot be rendered, or `dtype`, `device` or `surrogate` is not there.

    Examples
    --------
    >>> from brainlearn import load_circuit
    >>> mirror = Mirror(load_circuit("circuits/two_areas.toml"))
    >>> state = mirror.present({"retina/image": torch.ones(4, 64)}, steps=10)
    >>> mirror.activity(state, "V2/E").sum().backward()
    >>> mirror.weights["V1/E->V2/E"].grad.shape
    torch.Size([200, 200])
    """

    def __init__(
        self,
        circuit: Circuit,
        seed: int = 0,
        dtype: str | torch.dtype = "float32",
        device: str | torch.device = "cpu",
        surrogate: str = "super_spike",
        slope: float | None = None,
        reset_gradient: bool = False,
        wiring: Mapping[str, AnyWiring] | None = None,
        learned_delays: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        chosen = choose_surrogate(surrogate)
        refuse_kept(circuit)
        self.circuit = circuit
        self.dtype, self.device = choose_dtype(dtype), choose_device(device)
        wiring = wire(circuit, seed) if wiring is None else wiring
        delays = delays_to_learn(circuit, wiring, learned_delays)
        code = circuit_code(circuit)
        spiking = chosen, chosen.slope if slope is None else slope, reset_gradient
        self.populations = {
            path: MirrorPopulation(
                each, circuit.population(path).size, UnitTensors(circuit, path, seed, each), *spiking
            )
            for path, each in code.populations.items()
        }
        self.projections = {
            p.name: mirror_projection(circuit, p, code, wiring[p.name], seed, self.device, learned_delays.get(p.name))
            for p in circuit.projections
        }
        self._tied = TiedWeights(circuit, wiring, self._tensor, self.device)
        free = [p.name for p in circuit.projections if p.name not in self._tied.names]
        self.weights = Weights({name: nn.Parameter(self._tensor(wiring[name].weights)) for name in free})
        self.fix(p.name for p in circuit.projections if isinstance(p.connectivity, AveragePooling))
        self.delays = Weights({name: nn.Parameter(self._tensor(drawn)) for name, drawn in delays.items()})
        self._wiring, self._longest, self.delay_width = wiring, learned_delays, 1.0
        self._masks = {n: torch.as_tensor(w.mask, device=self.device) for n, w in wiring.items() if w.mask is not None}
        self._inputs = {p.path: circuit.models[p.path].input for p in circuit.populations}
        self._drives = PoissonDrives(circuit, self.populations, seed)
        self.steps = Steps(circuit, self.populations, self.projections, self._drives)
        self._normalised = tuple(self.steps.normalised)
        self.dropout = Dropout(circuit, seed)

    def _tensor(self, values: Any) -> Tensor:
        """Return a copy: a mirror never writes into what it was given."""
        return torch.tensor(values, dtype=self.dtype, device=self.device)

    # ---- weights -------------------------------------------------------------------------------------------------

    def mask(self, name: str) -> Tensor | None:
        """Return which pairs projection `name` connects, (pre, post) bool; None if all."""
        return self._masks.get(name)

    def constrain(self) -> None:
        """Put back what an optimiser moved out of bounds: Dale signs, pairs without a synapse, longest delays."""
        constrain(self.circuit, self.weights, self._masks, self.delays, self._longest)

    @torch.no_grad()
    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Copy (pre, post) weights by the projections' names; others, and tied ones, are unchanged."""
        for name, values in weights.items():
            if name in self._tied.names:
                continue
            self.weights[name].copy_(self._tensor(values))

    def fix(self, names: Iterable[str]) -> None:
        """Exclude the weights of projections, by name, from learning."""
        for name in names:
            self.weights[name].requires_grad_(False)

    def believe(self, weights: Mapping[str, np.ndarray]) -> None:
        """Propagate errors back through projections, by name, with other (pre, post) weights than their own."""
        for name, values in weights.items():
            if name in self.delays:
                wrong = "errors travel back through learned delays by the true weights only"
                raise UserError(Mistake(f'believe["{name}"]', wrong, name, "a projection whose delays do not learn"))
            self.projections[name].believed = self._tensor(values)

    def transmitted_weights(self) -> dict[str, Tensor]:
        """Return what every projection transmits by: 0 where there is no synapse, tied weights as they follow."""
        own = {n: w * self._masks[n] if n in self._masks else w for n, w in self.weights.items()}
        spread = {n: self.projections[n].spread(own[n], delays, self.delay_width) for n, delays in self.delays.items()}
        return own | self._tied.followed(own) | spread

    def learned_wiring(self) -> dict[str, AnyWiring]:
        """Return synapses with the current weights, and learned delays in whole steps, for a `Simulation`."""
        return learned_wiring(self._wiring, self.weights, self.delays)

    # ---- presenting ----------------------------------------------------------------------------------------------

    def initial_state(self, copies: int, learning: bool = False) -> MirrorState:
        """Return the state at the onset of a presentation, with all stimuli 0.

        If it is for `learning`, units of populations with dropout are switched off at random, drawn again by each call.
        """
        state = MirrorState(
            step=0,
            counted=0,
            populations={
                path: p.initial_state(copies, self.dtype, self.device) for path, p in self.populations.items()
            },
            counts={path: self._zeros(copies, p.size) for path, p in self.populations.items() if p.spiking},
            lines={name: p.under_way() for name, p in self.projections.items() if p.keeps},
        )
        for path in self.dropout.gains:
            values = state.populations[path]
            values[GAIN] = torch.full_like(values[GAIN], self.dropout.gains[path] if learning else 1.0)
        for path, on in self.dropout.draw(copies).items() if learning else ():
            state.populations[path][ON] = self._tensor(on)
        return state

    def _zeros(self, copies: int, size: int) -> Tensor:
        return torch.zeros(copies, size, dtype=self.dtype, device=self.device)

    def present(
        self,
        stimuli: Mapping[str, Any],
        steps: int,
        state: MirrorState | None = None,
        reset: bool = True,
        recompute_every: int | None = None,
        record: Callable[[MirrorState], None] | None = None,
        nudge: float = 0.0,
        onset: bool | None = None,
        frame_steps: int = 1,
        show: bool = True,
    ) -> MirrorState:
        """Show stimuli for a phase.

        Parameters
        ----------
        stimuli : mapping of str to (copy, unit) or (copy, frame, unit) array or Tensor
            Values for stimulus populations; those not named keep theirs. Frames continue where the state's presentation
            was; after the last one everything is 0.
        steps : int
        state : MirrorState, optional
            Where to continue from, left as it is; default: the onset of a presentation.
        reset : bool
            Begin from the initial state, but for stimuli that keep theirs.
        recompute_every : int, optional
            Keep only the state at every so many steps, and compute the steps between again on the way back (Chen et
            al. 2016, arXiv 1604.06174): less memory, about a third more time.
        record : callable, optional
            Called after every step with the state.
        nudge : float
            Strength with which outputs are nudged towards their targets: their variable ``nudging``.
        onset : bool, optional
            Whether a presentation begins, and the time of the circuit's text with it; default: if `state` is not
            given.
        frame_steps, show
            See `MirrorFilm`.

        Returns
        -------
        MirrorState
            Its tensors carry gradients to `weights` and to stimuli that require them.
        """
        self._drives.refuse_to_repeat(recompute_every)
        tensors = {path: torch.as_tensor(v, dtype=self.dtype, device=self.device) for path, v in stimuli.items()}
        if state is None:
            state, reset = self.initial_state(len(next(iter(tensors.values()), torch.zeros(1)))), True
        copies, steps_kept = state.copies, steps if torch.is_grad_enabled() else 1
        refuse_too_many(self.circuit, copies, self.dtype.itemsize, steps_kept)
        state = state.copy()
        if onset:
            state.begin_time(self.circuit.dt.value)
        still, state.film = film_of(tensors, frame_steps, 0 if reset else state.film.step, show)
        self._begin(state, still, reset)
        for values in state.populations.values():
            if NUDGING in values:
                values[NUDGING] = torch.full_like(values[NUDGING], nudge)
        if recompute_every is None:
            return self._run(state, self.transmitted_weights(), steps, record)
        weights = self.transmitted_weights()
        record = once_a_step(record) if record is not None else None
        for done in range(0, steps, recompute_every):
            state.seen = {}
            count = min(recompute_every, steps - done)
            state = checkpoint(self._run, state, weights, count, record, use_reentrant=False)
        return state

    def _begin(self, state: MirrorState, stimuli: Mapping[str, Tensor], reset: bool) -> None:
        """Set the stimuli and start counting; with `reset` put states back and discard spikes in transit."""
        for path, values in stimuli.items():
            state.populations[path][self._inputs[path]] = values
        copies = state.copies
        state.counted, state.seen = 0, {}
        state.counts = {path: self._zeros(copies, self.populations[path].size) for path in state.counts}
        if reset:
            for path, population in self.populations.items():
                fresh = population.initial_state(copies, self.dtype, self.device)
                kept = {*population.code.differential, "lastspike", "not_refractory"}
                state.populations[path].update({name: v for name, v in fresh.items() if name in kept})
            state.lines = {name: self.projections[name].under_way() for name in state.lines}
            state.releases, state.fast = {}, {}
        for path in self._normalised:
            self.steps.normalise(state, path)

    def _run(self, state: MirrorState, weights: Mapping[str, Tensor], steps: int, record: Any) -> MirrorState:
        """Do some steps on a copy of the state."""
        state = state.copy()
        for _ in range(steps):
            for path, values in state.film.changes():
                state.populations[path][self._inputs[path]] = values
                if path in self._normalised:
                    self.steps.normalise(state, path)
            self._step(state, weights)
            if record is not None:
                record(state)
        return state

    def _step(self, state: MirrorState, weights: Mapping[str, Tensor]) -> None:
        """Do one step."""
        state.counted += 1
        self.steps.transmit(state, weights)
        self.steps.update(state)
        self.steps.cross(state)
        for path in self._normalised:
            self.steps.normalise(state, path)
        self.steps.deliver(state, weights)
        self.steps.reset(state)
        state.step += 1

    # ---- reading -------------------------------------------------------------------------------------------------

    def activity(self, state: MirrorState, path: str) -> Tensor:
        """Return the activity of a population in the phase so far, (copy, unit): spikes per step, or its output."""
        return self.steps.activity(state, path)

    def passed_on(self, state: MirrorState, path: str) -> Tensor:
        """Return the activity times the gain of normalisation or dropout, (copy, unit); the activity without one."""
        activity = self.activity(state, path)
        return activity * state.populations[path][GAIN] if self.circuit.population(path).scaled else activity
