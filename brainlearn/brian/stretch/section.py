"""Objects of a network between which nothing else happens, run together; many steps at once if nothing else does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from brian2 import BrianObject, Clock, Network
from brian2.groups.group import CodeRunner

from brainlearn.brian.fused_code import SMALLEST_GROUP, FusedCodeObject
from brainlearn.brian.loop_text import NotElementWise
from brainlearn.brian.one_copy import OnsetTime
from brainlearn.brian.stretch.driver import Driver
from brainlearn.brian.stretch.group_part import group_part
from brainlearn.brian.stretch.part import Part
from brainlearn.brian.stretch.rest import FOR_EVER, Resting, does_nothing

MOST_STEPS = 100  # at once: Ctrl-C and what else the program is asked wait so long
WORTH = 150_000  # steps times objects, from which on it pays to compile
FEWEST = 2  # objects that are worth running together
FIRST_OF_SLOT = -1_000_000


class Section(BrianObject):
    """Runs the objects that follow it in a step, if all of them are known as loops.

    Parameters
    ----------
    clock : Clock
    onset : OnsetTime
    """

    add_to_magic_network = False

    def __init__(self, clock: Clock, onset: OnsetTime) -> None:
        super().__init__(clock=clock, when="groups", order=FIRST_OF_SLOT, name="section*")
        self._onset = onset
        self._planning = _Planning(clock, self)
        self._contained_objects.append(self._planning)
        self._carried: list[BrianObject] = []
        self._driver: Driver | None = None
        self._times = self._where_times_are()
        self._resting: list[Resting] | None = None  # None: something else happens in every step

    @contextlib.contextmanager
    def planned(self, network: Network) -> Iterator[None]:
        """Let a network run within the block by this section, as far as it can."""
        self._planning.network = network
        try:
            yield
        finally:
            self._planning.network = None
            self.give_back()

    def give_back(self) -> list[BrianObject]:
        """Leave the objects that were run here to the network again, and return them."""
        carried = self._carried
        for each in carried:
            each.active = True
        self._carried, self._driver, self._resting = [], None, None
        return carried

    def plan(self, network: Network) -> None:
        """Find out what to run, and what else there is, once all code is written."""
        objects = [each for each in network.sorted_objects if each.active]
        self._times = self._where_times_are()
        steps = int(self.clock._i_end - self._times[0][0])
        if len(objects) * steps < WORTH:
            return
        place = objects.index(self)
        carried, parts = _first_parts(objects[place + 1 :])
        if len(carried) < FEWEST or len(carried) * steps < WORTH:
            return
        left = [each for each in objects if each not in carried and each is not self and not does_nothing(each)]
        resting = [each for each in left if isinstance(each, Resting)]
        alone = len(resting) == len(left) and all(each.clock is self.clock for each in left)
        if not alone and any(_is_large(each) for each in carried):  # Python between loops is nothing beside them
            return
        self._resting = resting if alone else None
        self._carried, self._driver = carried, Driver(parts)
        for each in carried:
            each.active = False

    def run(self) -> None:
        """Run this step, and as many more as everything else rests."""
        if self._driver is None:
            return
        steps = 1
        if self._resting is not None:
            left = int(self.clock._i_end - self._times[0][0])
            steps = min(MOST_STEPS, left, *(each.rest() for each in self._resting))
        self._driver.run(steps, self._times)
        if steps > 1 and self._resting is not None:
            for each in self._resting:
                each.skip(steps - 1)

    def _where_times_are(self) -> tuple[Any, ...]:
        clock = [self.clock.variables[name].get_value() for name in ("timestep", "t", "dt")]
        return (*clock, *self._onset.arrays, self._onset.dt)


class _Planning(BrianObject):
    """Comes last when a run is prepared: then all other objects have their code."""

    add_to_magic_network = False

    def __init__(self, clock: Clock, section: Section) -> None:
        super().__init__(clock=clock, when="after_end", order=-FIRST_OF_SLOT, name=f"{section.name}_planning")
        self._section = section
        self.network: Network | None = None

    def before_run(self, run_namespace: Any = None) -> None:
        """Plan (called by `Network.run`)."""
        super().before_run(run_namespace)
        if self.network is not None:
            self._section.plan(self.network)

    def run(self) -> None:
        """Do nothing."""

    def after_run(self) -> None:
        """Let objects that the network left out end their run (called by `Network.run`)."""
        for each in self._section.give_back():
            each.after_run()
        super().after_run()

    def rest(self) -> int:
        """Never be needed."""
        return FOR_EVER

    def skip(self, steps: int) -> None:
        """Do nothing."""


def _first_parts(objects: Sequence[BrianObject]) -> tuple[list[BrianObject], list[Part]]:
    """Return the objects, and their parts, up to the first one that cannot be said as parts, but does something."""
    carried: list[BrianObject] = []
    parts: list[Part] = []
    for each in objects:
        found = parts_of(each)
        if found is not None:
            carried.append(each)
            parts += found
        elif not does_nothing(each):
            break
    return carried, parts


def _is_large(each: BrianObject) -> bool:
    """Return whether an object runs code of a large group."""
    return isinstance(each, CodeRunner) and each.group._N >= SMALLEST_GROUP


def parts_of(each: BrianObject) -> Sequence[Part] | None:
    """Return an object's part of a step as parts, or None if there is no such form."""
    if hasattr(each, "parts"):
        found: Sequence[Part] | None = each.parts()
        return found
    codes = each._code_objects if isinstance(each, CodeRunner) else []
    if len(codes) != 1 or type(each).run is not BrianObject.run or not isinstance(each.codeobj, FusedCodeObject):
        return None
    try:
        return [group_part(each.codeobj)]
    except NotElementWise:
        return None
