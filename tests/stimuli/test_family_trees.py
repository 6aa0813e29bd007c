"""Facts of two families, told from their marriages and children, and how they are divided."""

from __future__ import annotations

import numpy as np

from brainlearn.stimuli import DATASETS
from brainlearn.stimuli.dataset_check import check_dataset
from brainlearn.stimuli.family_trees import PEOPLE, RELATIONS, as_arrays, facts


def answers_to(person: str, relation: str) -> set[str]:
    asked = PEOPLE.index(person), RELATIONS.index(relation)
    return {PEOPLE[each] for p, r, answers in facts() if (p, r) == asked for each in answers}


def test_the_facts_are_those_of_the_paper() -> None:
    assert len(facts()) == 104
    assert sum(len(answers) for *_, answers in facts()) == 112
    assert answers_to("Colin", "aunt") == {"Jennifer", "Margaret"}  # figure 1's example
    assert answers_to("Charlotte", "uncle") == {"Arthur", "Charles"}
    assert answers_to("Arthur", "nephew") == {"Colin"}
    assert answers_to("Margaret", "niece") == {"Charlotte"}  # by marriage
    assert answers_to("Victoria", "brother") == {"Arthur"}
    assert answers_to("Alfonso", "mother") == {"Lucia"}
    assert answers_to("Christopher", "father") == set()


def test_every_relation_has_its_opposite() -> None:
    known = {(p, RELATIONS[r]): set(answers) for p, r, answers in facts()}
    for (person, relation), answers in known.items():
        backwards = {"father": ("son", "daughter"), "uncle": ("nephew", "niece"), "husband": ("wife",)}.get(
            relation, ()
        )
        for name in answers if backwards else ():
            assert any(person in known.get((name, each), set()) for each in backwards)
    english = {key: answers for key, answers in known.items() if key[0] < 12}
    italian = {(p - 12, r): {each - 12 for each in answers} for (p, r), answers in known.items() if p >= 12}
    assert english == italian


def test_four_facts_are_held_out_by_the_seed() -> None:
    shown, answers = as_arrays()
    for name, values in (("family_trees", shown.max(axis=1)), ("family_sentences", shown)):
        first, again, other = (DATASETS[name].load(None, seed) for seed in (1, 1, 2))
        check_dataset(first)
        assert first.shape == DATASETS[name].shape
        assert first.sha256 == again.sha256 != other.sha256
        everything = np.concatenate([first.images, first.test_images]).reshape(104, -1)
        assert len(np.unique(everything, axis=0)) == 104
        assert len(first.test_images) == 4
        assert sorted(map(tuple, everything)) == sorted(map(tuple, values.reshape(104, -1)))
    assert (answers[:, 0] == 0).all()
