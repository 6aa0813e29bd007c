"""Mistakes are written in one line that says where, what, what was found, what is allowed, and what to try."""

from __future__ import annotations

import pytest

from brainlearn.mistakes import Mistake, UserError, closest


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({}, "a.toml: key: no such thing"),
        ({"found": '"x"'}, 'a.toml: key: no such thing; found "x"'),
        ({"allowed": "y, z"}, "a.toml: key: no such thing; allowed: y, z"),
        ({"suggestion": "Try y."}, "a.toml: key: no such thing. Try y."),
        (
            {"found": '"x"', "allowed": "y, z", "suggestion": "Try y."},
            'a.toml: key: no such thing; found "x"; allowed: y, z. Try y.',
        ),
    ],
)
def test_a_mistake_is_one_line_of_its_parts(parts, text):
    assert str(Mistake("a.toml: key", "no such thing", **parts)) == text


def test_an_error_holds_and_tells_all_mistakes():
    mistakes = Mistake("a", "wrong"), Mistake("b", "worse", found="2")
    error = UserError(*mistakes)
    assert error.mistakes == mistakes
    assert str(error) == "a: wrong\nb: worse; found 2"


def test_of_many_mistakes_the_first_fifty_are_told_and_the_others_counted():
    mistakes = [Mistake(f"a[{k}]", "wrong") for k in range(20_000)]
    error = UserError(*mistakes)
    lines = str(error).splitlines()
    assert lines == [*(f"a[{k}]: wrong" for k in range(50)), "… and 19,950 more mistakes."]
    assert len(error.mistakes) == 20_000
    assert "more" not in str(UserError(*mistakes[:50]))


NEURONS = ["lif", "lif_delta", "lif_adaptive", "two_compartment", "graded", "predictive", "constant_current", "poisson"]
TABLES = ["name", "circuit", "sizes", "weights", "dataset", "phases", "rule", "target", "training", "readout"]
KEYS = ["epochs", "copies", "samples", "duration", "reset", "answer", "step_size", "save_minutes", "label", "image"]
PATHS = ["retina/image", "retina/label", "V1/E", "V2/E", "V1/E->V2/E"]
MEANT = [
    ("V1/EE", PATHS, "V1/E"),
    ("V2/F", PATHS, "V2/E"),
    ("v2/e", PATHS, "V2/E"),
    ("retina/images", PATHS, "retina/image"),
    ("V1/E->V3/E", PATHS, "V1/E->V2/E"),
    ("epoch", KEYS, "epochs"),
    ("sampels", KEYS, "samples"),
    ("duratoin", KEYS, "duration"),
    ("labels", KEYS, "label"),
    ("stepsize", KEYS, "step_size"),
    ("trainings", TABLES, "training"),
    ("data", TABLES, "dataset"),
    ("poison", NEURONS, "poisson"),
    ("lif_dleta", NEURONS, "lif_delta"),
    ("constant", NEURONS, "constant_current"),
    ("adaptive", NEURONS, "lif_adaptive"),
    ("backpropagation", ["backprop_through_time", "checkpointing", "backprop"], "backprop"),
    ("stdp", ["pair_stdp", "kinase"], "pair_stdp"),
    ("cifar", ["digits", "mnist", "cifar10"], "cifar10"),
    ("mnsit", ["digits", "mnist", "cifar10"], "mnist"),
]
STRANGERS = [
    ("", PATHS),
    ("retina", ["V1/E", "V2/E"]),
    ("adex", [*NEURONS, *TABLES, *KEYS]),
    ("izhikevich", NEURONS),
    ("noise", [*NEURONS, *TABLES, *KEYS, "mnist"]),
    ("test", TABLES + KEYS),
    ("time", [*KEYS, "step"]),
    ("learning", TABLES + KEYS),
    ("validation", KEYS),
    ("output", TABLES),
    ("gaussian", ["normal", "uniform", "constant", "tied", "file"]),
    ("fashion", ["digits", "mnist", "cifar10"]),
    ("x", ["y"]),
    ("lr", TABLES + KEYS),
    ("a" * 5000, ["a" * 4999]),
]


@pytest.mark.parametrize(("word", "words", "meant"), MEANT)
def test_what_a_word_may_have_been_meant_to_be_is_suggested(word, words, meant):
    assert closest(word, words) == f'Did you mean "{meant}"?'


@pytest.mark.parametrize(("word", "words"), STRANGERS)
def test_a_word_that_has_nothing_in_common_is_not_suggested(word, words):
    assert closest(word, words) == ""


def test_nothing_is_suggested_where_nothing_is_known():
    assert closest("x", []) == ""
