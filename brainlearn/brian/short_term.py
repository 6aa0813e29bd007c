"""Short-term plasticity: what every spike releases, and what is in transit where that differs between synapses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from brainlearn.circuit.rows import Rows
from brainlearn.circuit.short_term import ReleaseValues
from brainlearn.compiled_loop import compiled_loop
from brainlearn.saved_state import Arrays, ForeignState, below, find, put_back, under


class Release:
    """Utilisation and resources of units or synapses, as their last spikes left them.

    Between two spikes nothing is computed; what happened since is solved exactly when the next one is sent. Of the
    resources a share `active` decays with `tau_inactivation`. What is not there is `slow`, which decays with
    `tau_recovery` alone, and `late_share` times `active`.

    Source: Tsodyks & Markram 1997, PNAS 94:719; Tsodyks, Uziel & Markram 2000, J. Neurosci. 20:RC50, equations 2, 3.

    Parameters
    ----------
    values : mapping of str to float or (number,) array
        As `short_term_values` returns them.
    copies, number : int
        Copies, and the units or synapses of each.
    dt : float
        Time step [s].
    """

    def __init__(self, values: ReleaseValues, copies: int, number: int, dt: float) -> None:
        self._values, self._number, self._dt = values, number, dt
        self._states = np.zeros((3, copies * number))  # utilisation, slow and active resources
        self._last = np.zeros(copies * number, dtype=np.int64)

    def clear(self) -> None:
        """Start over: all resources are there, and nothing is facilitated."""
        self._states.fill(0)

    def restart(self, places: np.ndarray) -> None:
        """Start over at some places, (copy * number,) bool."""
        self._states[:, places] = 0

    def of(self, places: np.ndarray, now: int) -> np.ndarray:
        """Take in spikes, and return the share of all resources that each releases, (spike,).

        Parameters
        ----------
        places : (spike,) int array
            ``copy * number + unit or synapse``, each once.
        now : int
            This step.
        """
        utilisation, recovery, facilitation, inactivation = (self._value(key, places) for key in _KEYS)
        elapsed, late = (now - self._last[places]) * self._dt, late_share(recovery, inactivation)
        used, slow, active = self._states[:, places]
        used = used * _decay(elapsed, facilitation)
        used += utilisation * (1 - used)
        slow, active = slow * _decay(elapsed, recovery), active * _decay(elapsed, inactivation)
        released: np.ndarray = used * (1 - slow - late * active)
        self._states[:, places] = used, slow + (1 - late) * released, active + released
        self._last[places] = now
        return released

    def _value(self, key: str, places: np.ndarray) -> Any:
        value = self._values[key]
        return value[places % self._number] if isinstance(value, np.ndarray) else value

    def state(self) -> Arrays:
        """Return what the last spikes left, and when they were; views."""
        return {"states": self._states, "last": self._last}

    def restore(self, saved: Arrays) -> None:
        """Put back what `state` returned."""
        put_back(self._states, "states", saved)
        put_back(self._last, "last", saved)


def late_share(recovery: Any, inactivation: Any) -> Any:
    """Return how much of the active resources is on top of what decays with `tau_recovery` alone."""
    return inactivation / (inactivation - recovery)


def _decay(elapsed: np.ndarray, tau: Any) -> Any:
    return np.exp(-elapsed / tau) if np.any(tau) else 0.0


_KEYS = ("utilisation", "tau_recovery", "tau_facilitation", "tau_inactivation")


def of_synapses(values: ReleaseValues) -> bool:
    """Return whether synapses differ in their short-term plasticity."""
    return any(isinstance(each, np.ndarray) for each in values.values())


class UnitRelease:
    """What spikes release where all synapses of a projection are alike: one state for each source unit.

    Parameters
    ----------
    values : mapping of str to float
    units : int
        Source units in all copies.
    dt : float
        Time step [s].
    dtype : numpy type
        Of the factors.
    """

    def __init__(self, values: ReleaseValues, units: int, dt: float, dtype: Any) -> None:
        self._release, self._dtype = Release(values, 1, units, dt), dtype
        self._now = np.zeros(1, dtype=np.int64)

    def clear(self) -> None:
        """Begin with all resources."""
        self._release.clear()

    def restart(self, units: np.ndarray) -> None:
        """Give all resources back to some units, (unit,) bool, of all copies."""
        self._release.restart(units)

    def scaled(self, sent: np.ndarray, factors: Sequence[Any]) -> list[Any]:
        """Return the factors of the spikes of this step, times what each releases; call it once in every step."""
        self._now += 1
        if not len(sent):
            return list(factors)
        released = self._release.of(sent, int(self._now[0]))
        return [np.asarray(factor * released, dtype=self._dtype) for factor in factors]

    def state(self) -> Arrays:
        """Return the step, and what the last spikes left; views."""
        return {"now": self._now, **self._release.state()}

    def restore(self, saved: Arrays) -> None:
        """Put back what `state` returned."""
        put_back(self._now, "now", saved)
        self._release.restore(saved)


Volley = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Synapses, ``copy * post + unit`` of their targets, and what each brings but for its weight, (statement, event)."""


class ReleaseLine:
    """What is in transit on synapses, each of which releases its own share.

    It takes the place of a `SpreadLine`. What arrives is added in the order of `brian2.Synapses`: first what was sent
    first, then by unit, then by synapse.

    Parameters
    ----------
    rows : Rows
    weights : (synapse,) array
        Those of now.
    targets : sequence of (copy, post) arrays
        The variable that each statement of the synapses adds to.
    delay : int
        For synapses without their own delay [time steps].
    values : mapping of str to float or (synapse,) array
    dt : float
        Time step [s].
    """

    def __init__(
        self,
        rows: Rows,
        weights: np.ndarray,
        targets: Sequence[np.ndarray],
        delay: int,
        values: ReleaseValues,
        dt: float,
    ) -> None:
        self._rows, self._weights, self._targets = rows, weights, targets
        synapses = len(rows.posts)
        self._delays = np.full(synapses, delay) if rows.delays is None else rows.delays.astype(np.int64)
        self._release = Release(values, len(targets[0]), synapses, dt)
        self._now = np.zeros(1, dtype=np.int64)
        self._under_way: dict[int, list[Volley]] = {}  # by the step of arrival

    def clear(self) -> None:
        """Discard what is in transit, and begin with all resources."""
        self._under_way.clear()
        self._release.clear()

    def restart(self, copies: np.ndarray) -> None:
        """Discard what is in transit in some copies, (copy,) bool, and give all resources back there."""
        posts = self._rows.shape[1]
        for step, volleys in self._under_way.items():
            kept = [(each, ~copies[each[1] // posts]) for each in volleys]
            self._under_way[step] = [tuple(part[..., left] for part in each) for each, left in kept]  # type: ignore[misc]
        self._release.restart(np.repeat(copies, len(self._delays)))

    def step(self, sent: np.ndarray, factors: Sequence[Any]) -> None:
        """Take in what leaves in this step, with the factor of every statement, and add what arrives."""
        self._now += 1
        now = int(self._now[0])
        if len(sent):
            self._send(sent, factors, now)
        for synapses, places, released in self._under_way.pop(now, ()):
            for target, values in zip(self._targets, released, strict=True):
                _add(places, values * self._weights[synapses], target.reshape(-1))

    def _send(self, sent: np.ndarray, factors: Sequence[Any], now: int) -> None:
        n_pre, n_post = self._rows.shape
        copies, units = np.divmod(sent, n_pre)
        starts, ends = self._rows.starts[units], self._rows.starts[units + 1]
        lengths = ends - starts
        spike = np.repeat(np.arange(len(sent)), lengths)
        synapses = np.arange(len(spike)) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
        released = self._release.of(copies[spike] * len(self._delays) + synapses, now)
        scaled = np.stack([np.broadcast_to(factor, len(sent))[spike] * released for factor in factors])
        scaled = scaled.astype(self._targets[0].dtype)
        places, delays = copies[spike] * n_post + self._rows.posts[synapses], self._delays[synapses]
        order = np.argsort(delays, kind="stable")
        different, first = np.unique(delays[order], return_index=True)
        for delay, part in zip(different.tolist(), np.split(order, first[1:]), strict=True):
            self._under_way.setdefault(now + delay, []).append(
                (synapses[part], places[part], scaled.take(part, axis=1))
            )

    # ---- saving --------------------------------------------------------------------------------------------------

    def state(self) -> Arrays:
        """Return what arrives when and where, and what the last spikes left."""
        volleys = [(step, *each) for step, several in sorted(self._under_way.items()) for each in several]
        none = np.empty(0, dtype=np.int64)
        steps, synapses, places, released = zip(
            (0, none, none, np.empty((len(self._targets), 0))), *volleys, strict=True
        )
        return {
            "now": self._now,
            "steps": np.array(steps[1:], dtype=np.int64),
            "lengths": np.array([len(each) for each in places[1:]], dtype=np.int64),
            "synapses": np.concatenate(synapses),
            "places": np.concatenate(places),
            "released": np.concatenate(released, axis=1),
            **under("release", self._release.state()),
        }

    def restore(self, saved: Arrays, units: int) -> None:
        """Restore what `state` returned; `units` are those of the source, in all copies.

        Raises
        ------
        ForeignState
            If these are events of other synapses.
        """
        steps, lengths, *events = (find(name, saved) for name in ("steps", "lengths", "synapses", "places", "released"))
        ends = (len(self._delays), self._targets[0].size)
        known = all(
            not len(each) or 0 <= each.min() <= each.max() < end for each, end in zip(events, ends, strict=False)
        )
        alike = all(each.shape[-1] == lengths.sum() for each in events) and len(steps) == len(lengths)
        if not known or not alike:
            raise ForeignState("the spikes in transit belong to other synapses")
        put_back(self._now, "now", saved)
        self._release.restore(below("release", saved))
        self._under_way.clear()
        parts = (np.split(each, np.cumsum(lengths)[:-1], axis=-1) for each in events)
        for step, synapses, places, released in zip(steps.tolist(), *parts, strict=False):
            volley = synapses, places, released.astype(self._targets[0].dtype)
            self._under_way.setdefault(step, []).append(volley)


@compiled_loop(nogil=True)
def _add(places, values, target):  # type: ignore[no-untyped-def]
    """Add every value to its place, one after the other."""
    for k in range(places.shape[0]):
        target[places[k]] += values[k]
