"""A circuit, built in Brian2 with all its copies, that is shown stimuli and learns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Literal

import numpy as np
from brian2 import Network

from brainlearn.brian.answer import Answer
from brainlearn.brian.building import Build, BuiltCircuit, Delivery
from brainlearn.brian.film import Film
from brainlearn.brian.learning.plasticity import Learning, Plasticity, as_tuple, told_most
from brainlearn.brian.learning.projection import ProjectionLearning
from brainlearn.brian.learning.step_checks import check_steps
from brainlearn.brian.learning.together import learn_together
from brainlearn.brian.network_run import brian_settings, run_network
from brainlearn.brian.outcomes import restart, tell_outcomes
from brainlearn.brian.populations import GAIN
from brainlearn.brian.presenter import Phase, Presenter, Round, check_learning, check_round
from brainlearn.brian.random_numbers import RandomNumbers
from brainlearn.brian.share import ALONE, Share, check_share
from brainlearn.brian.switching import switch_units
from brainlearn.brian.tied_weights import tie
from brainlearn.circuit import Circuit
from brainlearn.circuit.dropout import Dropout
from brainlearn.circuit.wiring import AnyWiring, wire

__all__ = ["Delivery", "Phase", "Plasticity", "Round", "Simulation"]


class Simulation:
    """A circuit in Brian2.

    Parameters
    ----------
    circuit : Circuit
    copies : int
        Presentations at once.
    phases : sequence of Phase
        What a presentation consists of.
    plasticity : Plasticity or sequence of Plasticity, optional
        Which projections learn by which rule; several rules have their own projections.
    delivery : "shared" or "stock"
        One weight matrix for all copies, or `brian2.Synapses` with the weights in every copy: the same spikes, slower.
    seed : int
        For initial weights, for what differs between units, and for random spikes.
    precision : "float32" or "float64"
    wiring : mapping of str to Wiring or Rows, optional
        Synapses and weights to start from instead of those drawn with `seed`.
    share : Share
        Which of the copies this process holds, if they are spread over several. `activity`, `gain`, `state` and
        `broadcast` are of all copies, so every process has to ask for them.
    build : callable
        Makes the circuit and all its copies; default: of Brian2's groups and synapses.

    Raises
    ------
    UserError
        If a phase lets a projection learn that does not, two rules change one projection, or a rule acts on spikes
        that are not there, or on spikes at all while the copies are spread over processes.

    Examples
    --------
    >>> from brainlearn import load_circuit
    >>> circuit = load_circuit("circuits/two_areas.toml")
    >>> with Simulation(circuit, copies=4, phases=[Phase("show", 10)]) as simulation:
    ...     stimuli = {"retina/image": np.ones((4, 64))}
    ...     simulation.present(iter([Round(stimuli, np.zeros(4))]), count=1)
    """

    def __init__(
        self,
        circuit: Circuit,
        copies: int,
        phases: Sequence[Phase],
        plasticity: Plasticity | Sequence[Plasticity] | None = None,
        delivery: Delivery = "shared",
        seed: int = 0,
        precision: Literal["float32", "float64"] = "float32",
        wiring: Mapping[str, AnyWiring] | None = None,
        share: Share = ALONE,
        build: Build = BuiltCircuit,
    ) -> None:
        self.circuit, self.copies, self.plasticity = circuit, copies, as_tuple(plasticity)
        check_learning(phases, [name for each in self.plasticity for name in each.projections])
        check_share(share, copies, [each.rule for each in self.plasticity])
        for each in self.plasticity:
            check_steps(circuit, each.projections, each.rule, each.broadcaster)
        self.delivery, self.seed, self.share, self.precision = delivery, seed, share, precision
        self.wiring = dict(wiring or wire(circuit, seed, precision))
        with brian_settings(precision):
            self._build(build)
        self.film = Film(self._tell, [path for path, p in self.populations.items() if p.model.kind == "stimulus"])
        told = self._begin, self._tick, self._finish, self.film.rest, self._skip
        self.presenter = Presenter(self.clock, tuple(phases), *told)
        self._answer = Answer(self.presenter, self.neuromodulation)
        self._shown = {path: p.population.size for path, p in self.populations.items() if p.model.input}
        with brian_settings(precision):
            learning = (each for rule in self.rules for each in rule.objects())
            self.network = Network(self.presenter, self._answer, *self._circuit.objects(), *learning)
        self.nudge_before = 0.0
        self.onset_steps = 0  # since the presentation began
        self.round: Round | None = None
        self._polarity = np.zeros(self._circuit.copies_here)
        self._running = False
        self.random_numbers = RandomNumbers(seed + share.rank)
        self.dropout = Dropout(circuit, seed)  # of all copies, in every process

    def _build(self, build: Build) -> None:
        parts = self.circuit, self.copies, self.wiring, self.plasticity, self.delivery, self.share, self.seed
        self._circuit = build(*parts)
        self.clock, self.populations = self._circuit.clock, self._circuit.populations
        self.projections, self.values = self._circuit.projections, self._circuit.values
        self.kept, self.drives = self._circuit.kept, self._circuit.drives
        ends = self.values, self.projections, self.share, lambda name: self._tie((name,))
        self.rules = tuple(Learning(self.circuit, each, k, *ends) for k, each in enumerate(self.plasticity))
        learning = {name: each for rule in self.rules for name, each in rule.projections.items()}
        self.learning = {p.name: learning[p.name] for p in self.circuit.projections if p.name in learning}
        self.neuromodulation = told_most(self.rules)

    def __enter__(self) -> Simulation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.network.stop()

    # ---- presenting ----------------------------------------------------------------------------------------------

    def present(
        self,
        rounds: Iterator[Round],
        count: int,
        done: Callable[[Round], None] | None = None,
        after_phase: Callable[[Phase], None] | None = None,
    ) -> None:
        """Show `count` rounds within one `Network.run`.

        Parameters
        ----------
        rounds : iterator of Round
            Asked for the next round when the one before is over, so it may depend on it.
        count : int
        done : callable, optional
            Called with each round at its end, when `activity` and `broadcast` hold its outcome, after learning.
        after_phase : callable, optional
            Called with each phase at its end, in the same way.
        """
        self._rounds, self._done, self._after_phase = rounds, done, after_phase
        self.presenter.rewind()
        duration = count * self.presenter.steps * self.circuit.dt.value
        self._running = True
        try:
            with brian_settings(self.precision), self.random_numbers.in_use(), self._circuit.planned(self.network):
                run_network(self.network, duration)
        finally:
            self._running = False

    def _begin(self, phase: Phase, first: bool) -> None:
        if first:
            self.round = next(self._rounds)
            check_round(self.round, self.presenter.phases, self.copies, self._shown)
            self._begin_time()
            self._polarity = self.share.own(self.round.polarity)
            self._answer.begin(self._polarity, wanted=self.round.judged or not self.round.learn)
            tell_outcomes(self.round, self.rules, self.share)
            switch_units(self.dropout, self.populations, self.copies, self.share, self.round.learn)
            self.film.begin(self.round)
        assert self.round is not None
        self.film.begin_phase(phase, self.round.then.get(phase.name, {}))
        self._begin_learning(phase)
        for population in self.populations.values():
            for name in filter(population.has, phase.told):
                population.set(name, phase.told[name])
        self._begin_states(phase)
        if first:
            parts = self.populations.values(), self.projections.values(), self.learning.values()
            restart(self.round, *parts, self.share)
        for gain in self._circuit.gains:  # a normalised stimulus is passed on in the first step already
            gain.run()

    def _begin_states(self, phase: Phase) -> None:
        """Put states back if the phase begins so, and restart the counts."""
        assert self.round is not None
        for population in self.populations.values():
            population.reset_state() if phase.reset else population.reset_counts()
        for kept in self.kept.values():
            kept.begin((self._polarity != 0) & self.round.learn)
        for feedback in self._circuit.feedback.values():
            feedback.restart()
        if phase.reset:
            for each in (*self.projections.values(), *self.learning.values()):
                each.clear()

    def _tell(self, path: str, values: np.ndarray) -> None:
        """Set the input variable of population `path`, (copy, unit)."""
        self.set_variable(path, self.populations[path].model.input, values)

    def set_variable(self, path: str, name: str, values: np.ndarray) -> None:
        """Set a variable of population `path`, (copy, unit) or broadcast to it, in SI units, between two steps."""
        population = self.populations[path]
        wanted = np.broadcast_to(values, (self.copies, population.population.size))
        population.set(name, self.share.own(wanted))
        for gain in self._circuit.gains:  # what is transmitted in the step that begins is normalised already
            if gain.population is population and not population.spiking:
                gain.run()

    def _begin_learning(self, phase: Phase) -> None:
        """Tell whatever learns during a phase which copies take part."""
        assert self.round is not None
        learning, chosen = self._learning_in(phase), self._polarity != 0
        for name, each in self.learning.items():
            each.begin(chosen & (name in learning))
        polarity = self._polarity * (phase.polarity if learning else 0.0)
        for rule in self.rules:
            rule.begin(chosen, list(learning.values()), polarity, phase.nudge, self.nudge_before)

    def _begin_time(self) -> None:
        """Let the time of the circuit's text start over; earlier moments stay as far back as before."""
        for population in self.populations.values():
            population.age(self.onset_steps * self.circuit.dt.value)
        self.onset_steps = 0

    def _tick(self) -> None:
        self.film.run()
        self._circuit.onset.set(self.onset_steps)
        self.onset_steps += 1
        for population in self.populations.values():
            population.steps += 1

    def _skip(self, steps: int) -> None:
        self.film.skip(steps)
        self.onset_steps += steps
        for population in self.populations.values():
            population.steps += steps

    def _finish(self, phase: Phase, last: bool) -> None:
        assert self.round is not None
        for values in self.values.values():
            values.forget()
        for rule in self.rules:
            for told in rule.neuromodulation.values():
                told.update(self._polarity * phase.polarity, phase.nudge, self.nudge_before)
        learning = self._learning_in(phase)
        if learning:
            self._learn(learning)
        for rule in self.rules if last and self.round.learn else ():
            rule.settle(self.presenter.phases)
        if phase.remember:
            self.nudge_before = phase.nudge
            for values in self.values.values():
                values.remember()
        if self._after_phase is not None:
            self._after_phase(phase)
        if last and self._done is not None:
            self._done(self.round)

    def _learning_in(self, phase: Phase) -> dict[str, ProjectionLearning]:
        """Return what learns in a phase of the current round, by projection."""
        assert self.round is not None
        return {name: each for name, each in self.learning.items() if self.round.learn and phase.learns(name)}

    def _learn(self, learning: Mapping[str, ProjectionLearning]) -> None:
        """Take what projections propose into their weights, and into those that are tied to them."""
        assert self.round is not None
        taking_part = self._polarity != 0
        learn_together(learning.values(), taking_part, self.share)
        self._tie(learning)

    def changed(self, names: Sequence[str]) -> None:
        """Tell that the weights of projections, by name, were changed in place: those tied to them follow."""
        for name in names:
            self.projections[name].touch()
        self._tie(names)

    def _tie(self, names: Iterable[str]) -> None:
        """Give projections that are tied to one of `names` the weights of that one."""
        tie(self.circuit, self.projections, self.wiring, names)

    @property
    def next_step(self) -> int:
        """The step that comes next; at the end of a round the one after that which is just ending."""
        return int(self.clock.variables["timestep"].get_value()[0]) + self._running

    def set_step(self, step: int) -> None:
        """Let the step `step` come next."""
        self.network.t_ = step * self.clock.dt_
        self.clock.set_interval(self.network.t, self.network.t)

    # ---- reading -------------------------------------------------------------------------------------------------

    def activity(self, path: str) -> np.ndarray:
        """Return what population `path` did in the phase that just ended, (copy, unit): spikes per step, or output."""
        return self.share.all_of(self.values[path]["activity"], self.copies)

    def state(self, path: str, name: str) -> np.ndarray:
        """Return a state variable of population `path` as it is now, (copy, unit), in SI units; perhaps a view."""
        return self.share.all_of(self.populations[path].array(name), self.copies)

    def finite(self, path: str) -> bool:
        """Return whether all states of population `path` are finite numbers, in all copies."""
        return self.share.total(int(not self.populations[path].finite())) == 0

    def gain(self, path: str) -> np.ndarray:
        """Return the gain of each copy of population `path`, (copy, 1); 1 without normalisation and dropout."""
        if not self.populations[path].population.scaled:
            return np.ones((self.copies, 1))
        return self.share.all_of(self.populations[path].array(GAIN)[:, :1], self.copies)

    def broadcast(self, path: str, name: str, own: bool = False) -> np.ndarray:
        """Return a broadcast or modulator of population `path`, (copy,), of the first rule that has one of the name."""
        rules = [rule.neuromodulation[path] for rule in self.rules if path in rule.neuromodulation]
        told = next((each for each in rules if name in each.per_copy), self.neuromodulation[path])
        values = told.per_copy[name][:, 0]
        return values if own else self.share.all_of(values, self.copies)  # own: of the copies of this process

    def answer(self, path: str) -> np.ndarray:
        """Return the goodness of population `path`, summed over the steps that count, (copy,); see `Phase.answer`."""
        return self.share.all_of(self._answer.total[path], self.copies)

    def weights(self, name: str) -> np.ndarray:
        """Return the weights of projection `name`, (pre, post), or (synapse,) if its synapses are listed; a view."""
        weights: np.ndarray = self.projections[name].weights
        return weights
