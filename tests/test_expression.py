"""Rule and synapse text is arithmetic from a whitelist: it means what Python means, and nothing else passes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from brainlearn.expression import CONSTANTS, FUNCTIONS, ExpressionError, parse_expression

VALUES = {"x": 0.75, "y": -2.5, "tau_trace": 0.02, "n": 3}
PYTHON = {
    **{name: getattr(math, name) for name in ("ceil", "cos", "exp", "floor", "log", "sin", "sqrt", "tanh")},
    "abs": abs,
    "clip": lambda value, low, high: min(max(value, low), high),
    "int": int,
    "sign": lambda value: (value > 0) - (value < 0),
}

TEXTS = [
    "x + y*n - 2",
    "-x**2",
    "(-x)**2",
    "2**-n",
    "x/tau_trace",
    "n % 2 + y % 2",
    "+x - -y",
    "x - y - n",
    "x/y/n",
    "x**n**2",
    "1e-3*x + .5",
    "abs(y) + sign(y)*3",
    "exp(-x/tau_trace) + log(n) + sqrt(x)",
    "sin(x) + cos(y) + tanh(n)",
    "ceil(y) + 10*floor(y)",
    "clip(y, -1, 1) + clip(x, 0, inf)",
    "int(x > 0)*5 + int(y)",
    "x > y",
    "x <= 0.75",
    "x < 0.75",
    "y >= x",
    "n == 3",
    "n != 3",
    "x > 0 and y > 0",
    "x > 0 or y > 0",
    "not x > 0",
    "x > 0 and y < 0 and n == 3",
    "x > 1 or y > 1 or n > 1",
    "pi*e",
    "True",
    "  x  ",
]

REFUSED = {
    "attribute": "x.real",
    "attribute of a result": "exp(x).tolist",
    "subscript": "x[0]",
    "slice": "x[:1]",
    "lambda": "lambda: x",
    "text": "'x'",
    "bytes": "b'x'",
    "formatted text": "f'{x}'",
    "comprehension": "[x for x in (1, 2)]",
    "generator": "sum(x for x in y)",
    "list": "[x]",
    "tuple": "x, y",
    "dictionary": "{x: y}",
    "set": "{x}",
    "conditional": "x if y else n",
    "assignment in an expression": "(x := 2)",
    "complex number": "2j",
    "nothing": "None",
    "ellipsis": "...",
    "matrix product": "x @ y",
    "floor division": "x // y",
    "shift": "n << 2",
    "bits": "n & 1",
    "inversion": "~n",
    "chained comparison": "0 < x < 1",
    "membership": "x in y",
    "identity": "x is y",
    "starred argument": "clip(*x)",
    "named argument": "clip(x, low=0, high=1)",
    "unknown function": "mean(x)",
    "function of Python": "eval(x)",
    "import": "__import__(x)",
    "method": "x.sum()",
    "function of a function": "exp(x)(y)",
    "dunder": "x.__class__",
    "statement": "x = 2",
    "two statements": "x; y",
    "import statement": "import os",
    "unfinished": "x +",
    "empty": "",
    "blank": "  ",
    "unbalanced": "(x",
    "null byte": "x\0y",
    "await": "await x",
    "yield": "(yield x)",
}


@pytest.mark.parametrize("text", TEXTS)
def test_text_means_what_python_means(text):
    expected = eval(text.strip(), {"__builtins__": {}, **PYTHON, **CONSTANTS}, dict(VALUES))  # noqa: S307 - texts above
    assert parse_expression(text)(VALUES) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("text", [text for text in TEXTS if parse_expression(text).names])
def test_arrays_are_evaluated_element_by_element_and_broadcast(text):
    rng = np.random.default_rng(0)
    expression = parse_expression(text)
    rows, columns = rng.uniform(0.1, 3.0, (4, 1)), rng.uniform(0.1, 3.0, (1, 3))
    names = sorted(expression.names)
    arrays = {name: (rows, columns)[k % 2] for k, name in enumerate(names)}
    found = np.broadcast_to(expression(arrays), (4, 3))
    for i in range(4):
        for j in range(3):
            single = {name: np.broadcast_to(arrays[name], (4, 3))[i, j] for name in names}
            assert found[i, j] == pytest.approx(expression(single), rel=1e-14)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_arithmetic_is_refused(text):
    with pytest.raises(ExpressionError, match=r"is not an expression|is not arithmetic|calls .*allowed"):
        parse_expression(text)


@pytest.mark.parametrize(
    "text",
    ["(" * 100_000 + "x" + ")" * 100_000, "x" + " + x" * 100_000, "x" + "+x" * 1000, "-" * 1000 + "x"],
    ids=["brackets", "long sum", "sum", "signs"],
)
def test_text_that_is_too_long_to_be_meant_is_refused_in_a_line(text):
    with pytest.raises(ExpressionError) as raised:
        parse_expression(text)
    assert len(str(raised.value)) < 200


def test_unknown_functions_are_told_which_are_allowed():
    with pytest.raises(ExpressionError, match=r'"mean\(x\)" calls mean\(\); allowed: abs, ceil, clip, cos, exp'):
        parse_expression("mean(x)")


def test_names_are_what_the_text_needs_and_no_functions_or_constants():
    assert parse_expression("exp(-x/tau_trace)*pi + clip(y, 0, inf)").names == {"x", "tau_trace", "y"}
    assert parse_expression("exp*exp(x)").names == {"exp", "x"}  # a variable may be called like a function


def test_a_name_is_looked_up_in_the_namespace_and_nowhere_else():
    for name in ("__builtins__", "__import__", "open", "missing"):
        with pytest.raises(KeyError, match=name):
            parse_expression(name)({"x": 1.0})


def test_precision_is_that_of_the_arrays():
    x = np.ones(3, dtype=np.float32)
    for text in ("2*x + 0.5", "exp(x)/(1 + x**2)", "clip(x, 0, inf)", "x*int(x > 0)", "pi*x"):
        result = parse_expression(text)({"x": x})
        assert result.dtype == np.float32 or "int(" in text, text


def test_the_table_of_functions_is_tested_in_full():
    assert set(FUNCTIONS) == set(PYTHON)
