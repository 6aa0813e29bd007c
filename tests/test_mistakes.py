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


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [("V1/EE", 'Did you mean "V1/E"?'), ("V2/E", 'Did you mean "V2/E"?'), ("retina", ""), ("", "")],
)
def test_the_closest_word_is_suggested_if_it_is_close(word, suggestion):
    assert closest(word, ["V1/E", "V2/E"]) == suggestion


def test_nothing_is_suggested_where_nothing_is_known():
    assert closest("x", []) == ""
