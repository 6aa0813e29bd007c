"""Short-term plasticity as `brian2.Synapses` has it: differential equations of every synapse."""

from __future__ import annotations

import re

import numpy as np
from brian2 import Synapses

from brainlearn.circuit.short_term import ReleaseValues
from brainlearn.reserved import reserved

USED, SLOW, ACTIVE, RELEASED = (reserved(each) for each in ("used", "slow", "active", "released"))
UTILISATION, RECOVERY, FACILITATION, INACTIVATION = (
    reserved(each) for each in ("utilisation", "tau_recovery", "tau_facilitation", "tau_inactivation")
)


class StockRelease:
    """The text of Tsodyks & Markram's synapses, and the values that theirs have.

    A synapse is solved when a spike arrives. With a delay that is later than in `brainlearn.brian.short_term`, by the
    same time for all spikes of a synapse, and so releases the same. What is not there of the resources is written as a
    sum of two decays, since Brian2's solution of coupled equations overflows after long silences.

    Parameters
    ----------
    values : mapping of str to float or (synapse,) array
        As `short_term_values` returns them.
    """

    def __init__(self, values: ReleaseValues) -> None:
        self._values = {reserved(key): value for key, value in values.items()}
        self._facilitates, self._late = np.any(values["tau_facilitation"]), np.any(values["tau_inactivation"])

    @property
    def declarations(self) -> str:
        """Variables and equations of the synapses."""
        lines = [
            f"{UTILISATION} : 1",
            *(f"{tau} : second (constant)" for tau in (RECOVERY, FACILITATION, INACTIVATION)),
        ]
        decays = {USED: FACILITATION} if self._facilitates else {}
        decays |= {SLOW: RECOVERY} | ({ACTIVE: INACTIVATION} if self._late else {})
        lines += [f"d{name}/dt = -{name}/{tau} : 1 (event-driven)" for name, tau in decays.items()]
        return "\n".join([*lines, f"{RELEASED} : 1"])

    def on_pre(self, text: str) -> str:
        """Return the statements of a synapse, after those that say how much its spike releases."""
        late = f"{INACTIVATION}/({INACTIVATION} - {RECOVERY})"
        if self._facilitates:
            before, used = [f"{USED} += {UTILISATION}*(1 - {USED})"], USED
        else:
            before, used = [], UTILISATION
        if self._late:
            before += [
                f"{RELEASED} = {used}*(1 - {SLOW} - {late}*{ACTIVE})",
                f"{SLOW} += (1 - {late})*{RELEASED}",
                f"{ACTIVE} += {RELEASED}",
            ]
        else:
            before += [f"{RELEASED} = {used}*(1 - {SLOW})", f"{SLOW} += {RELEASED}"]
        return "\n".join([*before, re.sub(r"\bw\b", f"w*{RELEASED}", text)])

    def set(self, synapses: Synapses, copies: int) -> None:
        """Give every synapse its values, in all copies."""
        for name, value in self._values.items():
            array = synapses.variables[name].get_value()
            array[:] = np.tile(value, copies) if isinstance(value, np.ndarray) else value

    def clear(self, synapses: Synapses) -> None:
        """Begin with all resources."""
        for name in (USED, SLOW, ACTIVE):
            if name in synapses.variables:
                synapses.variables[name].get_value().fill(0)
