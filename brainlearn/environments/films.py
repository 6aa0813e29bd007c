"""What a few copies see and do in one episode, kept so that it can be drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from brainlearn.environments.episodes import Episodes
from brainlearn.environments.vector_episodes import VectorEpisodes
from brainlearn.results.episodes_record import FilmRecord

FILMS = 4  # copies whose episode is kept
PICTURES = 8  # of what an environment renders
WIDTH = 160  # of a picture, in pixels at most


@dataclass
class _Film:
    copy: int
    seen: list[np.ndarray]
    done: list[np.ndarray] = field(default_factory=list)
    paid: list[float] = field(default_factory=list)
    over: bool = False


class Films:
    """Watches the episodes that begin now in the first few copies.

    Parameters
    ----------
    live : Episodes or VectorEpisodes
        At the onset of an episode in every copy.
    """

    def __init__(self, live: Episodes | VectorEpisodes) -> None:
        self._live = live
        self._films = [_Film(copy, [live.observations[copy].copy()]) for copy in range(min(FILMS, len(live.fresh)))]
        self._pictures, self._every, self._waited = list[np.ndarray](), 1, 0
        self._take_picture()

    def watch(self, actions: np.ndarray) -> None:
        """Keep what came of actions, (copy,) or (copy, dimension), which were just taken."""
        for film in self._films:
            film.over = film.over or bool(self._live.fresh[film.copy])
            if not film.over:
                film.seen.append(self._live.observations[film.copy].copy())
                film.done.append(np.reshape(actions[film.copy], -1).astype(float))
                film.paid.append(float(self._live.reward[film.copy]))
        if not self._films[0].over:
            self._take_picture()

    def _take_picture(self) -> None:
        """Keep a picture of the first copy now and then, at most `PICTURES` at equal distances."""
        self._waited -= 1
        if self._waited >= 0 or (picture := self._live.picture(0)) is None:
            return
        stride = -(-picture.shape[1] // WIDTH)
        self._pictures.append(picture[::stride, ::stride])
        if len(self._pictures) > PICTURES:
            self._pictures, self._every = self._pictures[::2], 2 * self._every
        self._waited = self._every - 1

    def record(self) -> FilmRecord:
        """Return what was kept, film after film; nothing was done or paid in the first frame of each."""
        first = self._films[0]
        none = np.full(len(first.done[0]) if first.done else 1, np.nan)
        return FilmRecord(
            film=np.repeat(np.arange(len(self._films)), [len(film.seen) for film in self._films]),
            observation=np.concatenate([np.array(film.seen) for film in self._films]),
            action=np.concatenate([np.array([none, *film.done]) for film in self._films]),
            reward=np.concatenate([np.array([0.0, *film.paid]) for film in self._films]),
            picture=np.array(self._pictures, dtype=np.uint8) if self._pictures else None,
        )
