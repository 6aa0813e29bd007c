"""Stock Brian2, copies and the mirror side by side: the same spikes, the same states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from brainlearn.brian.network_run import little_garbage
from brainlearn.brian.presenter import Phase, Round
from brainlearn.brian.recorder import Recorder
from brainlearn.brian.simulation import Delivery, Simulation
from brainlearn.circuit import Circuit
from brainlearn.circuit.wiring import AnyWiring, wire
from brainlearn.mirror import Mirror, MirrorState
from brainlearn.mirror.choice import choose_device
from brainlearn.mirror.film import MirrorFilm
from brainlearn.mistakes import Mistake, UserError
from brainlearn.verification.handed import handed_populations, handed_spikes, with_spike_trains
from brainlearn.verification.outcome import Verification
from brainlearn.verification.same_spikes import Comparison, Record, stacked
from brainlearn.verification.statistics import SEEDS, Measured, SpikeTally, Statistics, compare_statistics

MACHINES = ("copies", "mirror")
STIMULI = 6  # shown one after the other; states are reset before every other one
FEWEST_STEPS = 50  # of one stimulus
STEPS_AT_ONCE = 100  # that are held in memory, with all states
UNITS_AT_ONCE = 2_000_000  # of all copies and steps that are held in memory
TOLERANCE = 1e-10
STEPS_OF_TOLERANCE = 1_000  # in more steps rounding errors may add up to more, in proportion
NUDGE = 1.0  # strength with which outputs are nudged towards random targets
POISSON_RATE = 200.0  # Hz


@little_garbage()
def verify(
    circuit: Circuit,
    steps: int = 300,
    copies: int = 4,
    seed: int = 0,
    strength: float = 1.0,
    tolerance: float | None = None,
    device: str = "cpu",
    watch: Callable[[int, int], None] | None = None,
    machines: Sequence[str] = MACHINES,
) -> Verification:
    """Show random stimuli to stock Brian2, to copies with shared weights and to the mirror, all in float64.

    Parameters
    ----------
    circuit : Circuit
    steps : int
    copies : int
        Presentations at once, each with stimuli of its own.
    seed : int
        Of weights, of what differs between units, of stimuli and random spikes.
    strength : float
        Largest value of a stimulus; rates of Poisson stimuli run up to 200 Hz times this.
    tolerance : float, optional
        Largest difference of a state variable, in multiples of its largest value; default: `allowed_difference`.
    device : str
        For the mirror.
    watch : callable, optional
        Called with the steps done and all steps, first with none done.
    machines : sequence of str
        Which of ``"copies"`` and ``"mirror"`` to compare with stock Brian2.

    Raises
    ------
    UserError
        If the device does not compute in float64, or nothing but the mirror was asked for, and it cannot render the
        circuit.

    Notes
    -----
    Stock Brian2 and copies draw the same random numbers (`rand()`, `randn()`, `xi`, Poisson stimuli), so noisy circuits
    are compared spike by spike too. The mirror draws none: random stimuli are handed to it as the spikes that stock
    Brian2 drew; a circuit with other random numbers is compared without it. Where spikes differ because the circuit
    amplifies rounding, rates, CV of intervals and correlations are compared over three seeds.
    """
    if steps < 1 or copies < 1:
        raise UserError(Mistake("verify", "steps and copies are at least 1", f"{steps} and {copies}"))
    tolerance = allowed_difference(steps) if tolerance is None else tolerance
    setting = _Setting(circuit, steps, copies, strength, device, tuple(machines))
    others, not_compared = setting.others(seed)
    found = {name: Comparison() for name in machines if name in others}
    stock = setting.stock(seed)
    tally = _Tally(stock.simulation)
    if watch is not None:
        watch(0, steps)
    for done, expected, seen in setting.shown(seed, stock, others):
        for name, record in seen.items():
            found[name].add(expected, record)
        tally.add(expected)
        if watch is not None:
            watch(done, steps)
    inactive = tuple(path for path in stock.simulation.populations if path not in tally.active)
    diverged = tuple(sorted(tally.diverged))
    apart = tuple(name for name, each in found.items() if each.divergence.by_rounding(tolerance))
    statistics = setting.statistics(range(seed, seed + SEEDS), apart) if apart else {}
    handed = setting.handed if "mirror" in found else ()
    outcome = steps, copies, found, tally.spikes, inactive, diverged, tolerance, circuit.dt.text
    return Verification(*outcome, statistics, not_compared, handed)


def allowed_difference(steps: int) -> float:
    """Return how much a state may differ after so many steps, in multiples of its largest value.

    >>> allowed_difference(300), allowed_difference(30_000)
    (1e-10, 3e-09)
    """
    return TOLERANCE * max(1.0, steps / STEPS_OF_TOLERANCE)


@dataclass(frozen=True)
class _Setting:
    """What is verified, whatever the seed."""

    circuit: Circuit
    steps: int
    copies: int
    strength: float
    device: str
    machines: tuple[str, ...]

    @property
    def handed(self) -> tuple[str, ...]:
        """The populations whose random spikes the mirror receives."""
        return handed_populations(self.circuit)

    def stock(self, seed: int) -> _BrianMachine:
        """Build the reference."""
        return _BrianMachine(self.circuit, "stock", self.copies, wire(self.circuit, seed), seed)

    def others(self, seed: int) -> tuple[dict[str, _Machine], dict[str, str]]:
        """Build the other machines, and say why one cannot be compared."""
        wiring, found, why = wire(self.circuit, seed), dict[str, _Machine](), dict[str, str]()
        if "mirror" in self.machines:
            check_device(self.device)
            circuit = with_spike_trains(self.circuit, self.handed)
            try:
                found["mirror"] = _MirrorMachine(circuit, self.copies, wiring, seed, self.device)
            except UserError as error:
                if "copies" not in self.machines:
                    raise
                why["mirror"] = "; ".join(f"{each.where}: {each.wrong}" for each in error.mistakes)
        if "copies" in self.machines:
            found["copies"] = _BrianMachine(self.circuit, "shared", self.copies, wiring, seed)
        return found, why

    def shown(
        self, seed: int, stock: _BrianMachine, others: Mapping[str, _Machine]
    ) -> Iterator[tuple[int, Record, dict[str, Record]]]:
        """Show random stimuli to all; yield the steps done, and the result of each in the last of them."""
        for done, stimuli, count, reset in _stretches(self.circuit, self.steps, self.copies, seed, self.strength):
            expected = stock.present(stimuli, count, reset)
            handed = {**stimuli, **handed_spikes(expected, self.handed)}
            seen = {
                name: each.present(handed if name == "mirror" else stimuli, count, reset)
                for name, each in others.items()
            }
            yield done + count, expected, seen

    def statistics(self, seeds: Sequence[int], machines: Sequence[str]) -> dict[str, Statistics]:
        """Compare statistics of machines over seeds."""
        measured: dict[str, list[Measured]] = {name: [] for name in ("stock", *machines)}
        for seed in seeds:
            stock, (others, _) = self.stock(seed), replace(self, machines=tuple(machines)).others(seed)
            tallies = {name: SpikeTally(self.circuit.dt.value) for name in measured}
            for _, expected, seen in self.shown(seed, stock, others):
                for name, record in {"stock": expected, **seen}.items():
                    tallies[name].add(record)
            for name, tally in tallies.items():
                measured[name].append(tally.measured())
        return {name: compare_statistics(measured["stock"], measured[name], seeds) for name in machines}


def _stretches(
    circuit: Circuit, steps: int, copies: int, seed: int, strength: float
) -> Iterator[tuple[int, dict[str, np.ndarray], int, bool]]:
    """Yield the steps done, what to show for how many steps, and whether states are reset."""
    rng = np.random.default_rng([seed, 2])
    populations = [p for p in circuit.populations if circuit.models[p.path].input]
    length = max(-(-steps // STIMULI), FEWEST_STEPS)
    units = copies * sum(p.size for p in circuit.populations)
    at_once = min(max(UNITS_AT_ONCE // units, 1), STEPS_AT_ONCE)
    for k, onset in enumerate(range(0, steps, length)):
        stimuli = {
            p.path: rng.random((copies, p.size))
            * strength
            * (POISSON_RATE if circuit.models[p.path].threshold else 1.0)
            for p in populations
        }
        end = min(onset + length, steps)
        for done in range(onset, end, at_once):
            yield done, stimuli, min(at_once, end - done), done == onset and k % 2 == 0


class _Tally:
    """The result of stock Brian2."""

    def __init__(self, simulation: Simulation) -> None:
        self._populations = simulation.populations
        self.spikes = {path: 0 for path, p in simulation.populations.items() if p.spiking}
        self.active: set[str] = set()
        self.diverged: set[str] = set()

    def add(self, record: Record) -> None:
        """Add some steps."""
        for path, population in self._populations.items():
            if population.spiking:
                number = int(np.sum(record.spikes[path]))
                self.spikes[path] += number
            else:
                number = int(np.count_nonzero(record.states[f"{path}.{population.model.output}"]))
            if number:
                self.active.add(path)
        self.diverged |= {name for name, values in record.states.items() if not np.isfinite(stacked(values)).all()}


class _BrianMachine:
    """A simulation that is shown stretches of stimuli."""

    def __init__(
        self, circuit: Circuit, delivery: Delivery, copies: int, wiring: dict[str, AnyWiring], seed: int
    ) -> None:
        self.simulation = Simulation(
            circuit, copies, [Phase("verify", 1)], delivery=delivery, seed=seed, precision="float64", wiring=wiring
        )
        self.copies, self._recorder = copies, Recorder(self.simulation)

    def present(self, stimuli: dict[str, np.ndarray], steps: int, reset: bool) -> Record:
        self._recorder.clear()
        self.simulation.presenter.phases = (Phase("verify", steps, reset=reset, nudge=NUDGE),)
        self.simulation.present(iter([Round(stimuli, np.zeros(self.copies))]), 1)
        return Record(self._recorder.states, self._recorder.spikes)


def check_device(device: str) -> None:
    """Raise a UserError if a device does not compute in double precision."""
    if choose_device(device).type == "mps":
        raise UserError(Mistake("device", "it does not compute in float64", f'"{device}"', "cpu, cuda"))


class _MirrorMachine:
    """The mirror, with the same stimuli."""

    def __init__(self, circuit: Circuit, copies: int, wiring: dict[str, AnyWiring], seed: int, device: str) -> None:
        self.mirror = Mirror(circuit, seed=seed, dtype="float64", device=device, wiring=wiring).requires_grad_(False)
        self._copies, self._state = copies, self.mirror.initial_state(copies)

    def present(self, stimuli: dict[str, np.ndarray], steps: int, reset: bool) -> Record:
        record = Record()

        def keep(state: MirrorState) -> None:
            for path, values in state.populations.items():
                population = self.mirror.populations[path]
                for name in population.code.initial:
                    value = values[name].expand(self._copies, population.size).cpu().numpy()
                    record.states.setdefault(f"{path}.{name}", []).append(value)
            for path, spikes in state.spikes.items():
                record.spikes.setdefault(path, []).append(spikes.cpu().numpy() > 0)

        self._state.film = MirrorFilm()  # frames are those of these steps
        self._state = self.mirror.present(stimuli, steps, self._state, reset, record=keep, nudge=NUDGE, onset=True)
        return record


_Machine = _BrianMachine | _MirrorMachine
