"""Family trees: who is what to whom in an English and an Italian family, which are alike; some facts are held out.

Source: Hinton, "Learning distributed representations of concepts" (Proceedings of the Eighth Annual Conference of the
Cognitive Science Society, 1986), figures 1 and 2: 24 people, 12 relations, 104 questions with 112 answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from brainlearn.stimuli.dataset import Dataset

ENGLISH = (
    *("Christopher", "Penelope", "Andrew", "Christine", "Arthur", "Margaret"),
    *("James", "Victoria", "Charles", "Jennifer", "Colin", "Charlotte"),
)
ITALIAN = (
    *("Roberto", "Maria", "Pierro", "Francesca", "Emilio", "Gina"),
    *("Marco", "Lucia", "Tomaso", "Angela", "Alfonso", "Sophia"),
)
PEOPLE = (*ENGLISH, *ITALIAN)
RELATIONS = (
    *("father", "mother", "husband", "wife", "son", "daughter"),
    *("uncle", "aunt", "brother", "sister", "nephew", "niece"),
)
HELD_OUT = 4
_SIZE = len(ENGLISH)
# Within a family: men have even numbers, their wives the next one; children by the number of their father.
_MARRIED = (0, 2, 4, 6, 8)
_CHILDREN = {0: (4, 7), 2: (6, 9), 6: (10, 11)}
Fact = tuple[int, int, tuple[int, ...]]  # a person, a relation, and the people who are that to the person


def facts() -> list[Fact]:
    """Return all questions with their answers, by numbers of people and relations.

    >>> len(facts()), sum(len(answers) for *_, answers in facts())
    (104, 112)
    """
    found = ((person, relation, _related(person, RELATIONS[relation])) for person in range(_SIZE) for relation in _ALL)
    own = [fact for fact in found if fact[2]]
    return own + [(p + _SIZE, r, tuple(each + _SIZE for each in answers)) for p, r, answers in own]


_ALL = range(len(RELATIONS))


def _spouse(person: int) -> Iterator[int]:
    if person - person % 2 in _MARRIED:
        yield person + 1 - 2 * (person % 2)


def _parents(person: int) -> Iterator[int]:
    for father, children in _CHILDREN.items():
        if person in children:
            yield from (father, father + 1)


def _children(person: int) -> Iterator[int]:
    yield from _CHILDREN.get(person - person % 2, ()) if person - person % 2 in _MARRIED else ()


def _siblings(person: int) -> Iterator[int]:
    for father, _ in zip(_parents(person), range(1), strict=False):
        yield from (each for each in _CHILDREN[father] if each != person)


def _with_spouses(people: Iterator[int]) -> Iterator[int]:
    for person in people:
        yield from (person, *_spouse(person))


def _related(person: int, relation: str) -> tuple[int, ...]:
    """Return who is that to a person; aunts, uncles, nephews and nieces by marriage count too."""
    pairs = {
        ("father", "mother"): _parents(person),
        ("husband", "wife"): _spouse(person),
        ("son", "daughter"): _children(person),
        ("brother", "sister"): _siblings(person),
        ("uncle", "aunt"): (each for parent in _parents(person) for each in _with_spouses(_siblings(parent))),
        ("nephew", "niece"): (
            child for own in _with_spouses(iter([person])) for each in _siblings(own) for child in _children(each)
        ),
    }
    for names, people in pairs.items():
        if relation in names:
            return tuple(sorted(each for each in people if each % 2 == names.index(relation)))
    raise ValueError(relation)


def load_family_trees(folder: Path | None, seed: int) -> Dataset:
    """Return the facts but for four, which are drawn with `seed` to test: person and relation shown together."""
    shown, answers = as_arrays()
    return _divided("family_trees", shown.max(axis=1), answers[:, -1], seed)


def load_family_sentences(folder: Path | None, seed: int) -> Dataset:
    """Return the same facts as sequences: the person, then the relation, to which the answer is the next symbol."""
    return _divided("family_sentences", *as_arrays(), seed)


def as_arrays() -> tuple[np.ndarray, np.ndarray]:
    """Return the facts as symbols, (item, frame, person or relation), and their answers, (item, frame, person)."""
    known, people = facts(), len(PEOPLE)
    shown = np.zeros((len(known), 2, people + len(RELATIONS)), dtype=np.float32)
    answers = np.zeros((len(known), 2, people), dtype=np.float32)
    for item, (person, relation, right) in enumerate(known):
        shown[item, 0, person] = shown[item, 1, people + relation] = 1
        answers[item, 1, list(right)] = 1
    return shown, answers


def _divided(name: str, shown: np.ndarray, answers: np.ndarray, seed: int) -> Dataset:
    order = np.random.default_rng([seed, 12]).permutation(len(shown))
    learned, held_out = order[HELD_OUT:], order[:HELD_OUT]
    return Dataset(
        name,
        shown[learned],
        answers[learned],
        shown[held_out],
        answers[held_out],
        classes=len(PEOPLE),
        sheet=(1, shown.shape[-1]),
        class_names=PEOPLE,
    )
