"""The trials of one arm, which Optuna proposes and keeps in a file of the sweep's folder."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.sweep.search.loading import Arm, Search
from brainlearn.sweep.search.space import combinations, suggest, values_of

if TYPE_CHECKING:
    from optuna import Study
    from optuna.samplers import BaseSampler
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial

FILE = "search.db"
COMPLETE, FAILED, UNDER_WAY = "complete", "failed", "under way"
ABOUT, MESSAGE, POINT = "about", "message", "point"  # attributes of a study, and of a trial


@dataclass(frozen=True)
class Trial:
    """One trial.

    Parameters
    ----------
    number : int
        Within its arm, from 0.
    changes : mapping
        Values by key of the experiment.
    state : "complete", "failed" or "under way"
    error : float
        Validation error [percent]; nan if there is none.
    message : str
        Why there is none.
    point : str
        Name of its run folder; empty if it has none.
    """

    number: int
    changes: Mapping[str, Any]
    state: str = UNDER_WAY
    error: float = float("nan")
    message: str = ""
    point: str = ""


def open_storage(folder: Path) -> RDBStorage:
    """Return the storage of the trials of a search: after a kill, every step is complete or absent.

    Raises
    ------
    UserError
        If the file is no longer one of Optuna.
    """
    import optuna
    from sqlalchemy import URL
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        return optuna.storages.RDBStorage(URL.create("sqlite", database=str(folder / FILE)).render_as_string())
    except (SQLAlchemyError, RuntimeError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        hint = "Search in another folder: --output FOLDER."
        raise UserError(Mistake(str(folder / FILE), "cannot be read as trials of a search", said, "", hint)) from error


class ArmStudy:
    """The trials of one arm.

    Parameters
    ----------
    storage : RDBStorage
    search : Search
    arm : Arm
    folder : Path
        Of the sweep, for mistakes.

    Raises
    ------
    UserError
        If the arm of this name had another experiment or searched something else.
    """

    def __init__(self, storage: RDBStorage, search: Search, arm: Arm, folder: Path) -> None:
        import optuna

        self.arm, self._table = arm, search.table
        self._grid = list(combinations(arm.space)) if self._table.sampler == "grid" else []
        if self._grid:  # of the first few none is preferred
            order = np.random.default_rng(self._table.seed).permutation(len(self._grid))
            self._grid = [self._grid[k] for k in order]
        self.study: Study = optuna.create_study(
            storage=storage, study_name=arm.name, direction="minimize", load_if_exists=True
        )
        about = about_arm(search, arm)
        if self.study.user_attrs.setdefault(ABOUT, about) != about:
            wrong, hint = f'the arm "{arm.name}" was another one when this search began', "Take another --output."
            raise UserError(Mistake(str(folder), wrong, "", "the same space, sampler and experiment", hint))
        self.study.set_user_attr(ABOUT, about)
        self._live: dict[int, optuna.trial.Trial] = {}  # by number: proposed, or taken up, in this sitting

    @property
    def begun(self) -> int:
        """Trials that were proposed."""
        return len(self._frozen())

    def _frozen(self) -> Sequence[FrozenTrial]:
        from optuna.trial import TrialState

        return [each for each in self.study.get_trials(deepcopy=False) if each.state != TrialState.WAITING]

    def trials(self) -> list[Trial]:
        """Return all trials that were proposed, in their order."""
        return [self._told(each) for each in self._frozen() if each.params.keys() >= self.arm.space.keys()]

    def best(self) -> Trial | None:
        """Return the trial with the least error; of equal ones the first."""
        done = [trial for trial in self.trials() if trial.state == COMPLETE]
        return min(done, key=lambda trial: (trial.error, trial.number), default=None)

    def _told(self, frozen: FrozenTrial) -> Trial:
        from optuna.trial import TrialState

        state = {TrialState.COMPLETE: COMPLETE, TrialState.FAIL: FAILED}.get(frozen.state, UNDER_WAY)
        error = float("nan") if frozen.value is None else float(frozen.value)
        attrs, changes = frozen.user_attrs, values_of(self.arm.space, frozen.params)
        return Trial(frozen.number, changes, state, error, attrs.get(MESSAGE, ""), attrs.get(POINT, ""))

    # ---- proposing -----------------------------------------------------------------------------------------------

    def left_over(self) -> list[Trial]:
        """Return the trials that were unfinished when the search was stopped; what they lack is drawn."""
        from optuna.trial import TrialState

        running = [each for each in self._frozen() if each.state == TrialState.RUNNING]
        return [self._drawn(each.number, each._trial_id) for each in running]

    def ask(self) -> Trial:
        """Propose one more trial; what is drawn follows from its number and from the trials that are known."""
        from optuna.trial import TrialState

        waiting = self.study.get_trials(deepcopy=False, states=(TrialState.WAITING,))
        number = waiting[0].number if waiting else self.begun
        self.study.sampler = self._sampler(number)
        if self._grid and not waiting:
            self.study.enqueue_trial(self._grid[number])
        asked = self.study.ask()
        return self._drawn(asked.number, asked._trial_id)

    def _drawn(self, number: int, identity: int) -> Trial:
        """Draw the missing values of a trial."""
        import optuna

        self.study.sampler = self._sampler(number)
        trial = optuna.trial.Trial(self.study, identity)  # a kill may have left it with some of its values
        self._live[number] = trial
        named = {key: suggest(trial, key, table) for key, table in self.arm.space.items()}
        return Trial(number, values_of(self.arm.space, named))

    def _sampler(self, number: int) -> BaseSampler:
        """Return the sampler of a trial, with its own random numbers: a resumed search draws none of them twice."""
        from optuna.samplers import RandomSampler, TPESampler

        seed = int(np.random.SeedSequence([self._table.seed, number]).generate_state(1)[0])
        if self._table.sampler != "tpe":
            return RandomSampler(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # constant_liar is called experimental
            return TPESampler(seed=seed, constant_liar=True)  # unfinished trials count as bad: others are elsewhere

    # ---- telling -------------------------------------------------------------------------------------------------

    def name(self, number: int, point: str) -> None:
        """Record the run folder of a trial."""
        self._live[number].set_user_attr(POINT, point)

    def tell(self, number: int, error: float | None, message: str) -> Trial:
        """Record the outcome of a trial; without an error it has failed."""
        from optuna.trial import TrialState

        if error is None or not np.isfinite(error):
            self._live[number].set_user_attr(MESSAGE, message or "the validation error is not a number")
            frozen = self.study.tell(number, state=TrialState.FAIL)
        else:
            frozen = self.study.tell(number, error)
        return self._told(frozen)


def about_arm(search: Search, arm: Arm) -> str:
    """Return as text everything that defines an arm, except the number of its trials."""
    space = {key: each.model_dump(exclude_unset=True) for key, each in arm.space.items()}
    table = {"sampler": search.table.sampler, "seed": search.table.seed, "train": arm.train, "space": space}
    texts = {"experiment": arm.experiment.text_in_run_folder(""), "circuit": arm.experiment.circuit_text}
    return json.dumps({**table, **texts}, sort_keys=True, default=str)
