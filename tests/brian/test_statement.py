"""Synapse text is split into a target and what multiplies the weight, or refused with the reason."""

from __future__ import annotations

import pytest

from brainlearn.brian.text.statement import parse_on_pre, parse_transmit
from brainlearn.expression import ExpressionError

VALUES = {"x_pre": 3.0, "mV": 1e-3, "a": 0.5, "b": 2.0}


@pytest.mark.parametrize(
    ("text", "target", "factor"),
    [
        ("v_post += w", "v", 1.0),
        ("v_post -= w", "v", -1.0),
        ("  v_post+=w*mV ", "v", 1e-3),
        ("v_post += 0.5*w*x_pre", "v", 1.5),
        ("v_post -= w*(a + b)*x_pre", "v", -7.5),
        ("v_post += w/b", "v", 0.5),
        ("v_post += a*w/(b*x_pre)", "v", 0.5 / 6),
        ("v_post += -w", "v", -1.0),
        ("v_post -= -(a*w)", "v", 0.5),
        ("v_post += exp(-a)*w*clip(x_pre, 0, 1)", "v", 0.6065306597126334),
        ("apical_synaptic_post += w", "apical_synaptic", 1.0),
        ("v_post_post += w", "v_post", 1.0),
    ],
)
def test_a_statement_is_a_target_and_a_factor(text, target, factor):
    (statement,) = parse_on_pre(text)
    assert statement.target == target
    assert statement.factor(VALUES) == pytest.approx(factor, rel=1e-15)


@pytest.mark.parametrize("separator", ["\n", "; ", "\n\n  ", ";\n"])
def test_statements_stand_in_lines_or_behind_semicolons(separator):
    statements = parse_on_pre(f"v_post += w{separator}g_post -= b*w\n")
    assert [statement.target for statement in statements] == ["v", "g"]
    assert [statement.factor(VALUES) for statement in statements] == [1.0, -2.0]


def test_transmission_is_an_assignment():
    statement = parse_transmit("drive_post = 2*w*x_pre")
    assert statement.target == "drive"
    assert statement.factor(VALUES) == 6.0


FORM = "is not of the form"
ONCE = "must contain the weight w exactly once, as a factor"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("v += w", FORM),
        ("v_pre += w", FORM),
        ("v_post = w", FORM),
        ("v_post *= w", FORM),
        ("v_post +=", FORM),
        ("w", FORM),
        ("v_post[0] += w", FORM),
        ("v_post += 1", ONCE),
        ("v_post += x_pre", ONCE),
        ("v_post += w*w", ONCE),
        ("v_post += w**2", ONCE),
        ("v_post += w + 1", ONCE),
        ("v_post += (w + 1)*x_pre", ONCE),
        ("v_post += exp(w)", ONCE),
        ("v_post += 1/w", ONCE),
        ("v_post += w/w", ONCE),
        ("v_post += w*", "is not an expression"),
        ("v_post += w*mean(x_pre)", r"calls mean\(\)"),
        ("v_post += w*x_pre.real", "uses Attribute"),
        ("v_post += w*x_pre[0]", "uses Subscript"),
        ("v_post += w\nv_post", FORM),
        ("  ", "is not of the form"),
        (";", "is not of the form"),
    ],
)
def test_other_statements_are_refused_with_the_reason(text, reason):
    with pytest.raises(ExpressionError, match=reason):
        parse_on_pre(text)


@pytest.mark.parametrize("text", ["drive_post += w*x_pre", "drive = w*x_pre", "w*x_pre"])
def test_transmission_that_is_no_assignment_is_refused(text):
    with pytest.raises(ExpressionError, match='not of the form "variable_post = w\\*variable_pre"'):
        parse_transmit(text)
