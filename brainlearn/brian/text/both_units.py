"""Synapse text that reads both of its units, as sums of products of a presynaptic and a postsynaptic part.

Copies share their weights, and what is added up over synapses must not depend on the target. In
``w*(v_pre - v_post)`` two sums do: of ``w*v_pre``, and of ``w``, which ``v_post`` multiplies afterwards. Where both
units are alike, these are large numbers with a small difference; so ``v`` is then counted from that of some unit.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from brainlearn.expression import Expression, ExpressionError, parse_expression


@dataclass(frozen=True)
class Product:
    """What both units bring to one sum over synapses.

    Parameters
    ----------
    pre : Expression
        Enters the sum, beside the weight.
    post : Expression or None
        Multiplies it; None: nothing does.
    """

    pre: Expression
    post: Expression | None


def products_of(factor: Expression, posts: Collection[str]) -> tuple[Product, ...]:
    """Part what multiplies the weight into products.

    Parameters
    ----------
    factor : Expression
    posts : collection of str
        Names in it that are variables of the postsynaptic unit; names that end in ``_pre`` are the other's.

    Raises
    ------
    ExpressionError
        If it is no sum of products of both.

    Examples
    --------
    >>> products = products_of(parse_expression("v_pre - v_post"), {"v_post"})
    >>> [(each.pre.text, each.post and each.post.text) for each in products]
    [('v_pre', None), ('-1', 'v_post')]
    """
    if not factor.names & set(posts):
        return (Product(factor, None),)
    found = _parts(ast.parse(factor.text.strip(), mode="eval").body, frozenset(posts))
    return tuple(
        Product(parse_expression(_text(pre)), None if post is None else parse_expression(_text(post)))
        for pre, post in found
    )


def only_differences(factor: Expression, posts: Collection[str]) -> frozenset[str]:
    """Return the variables that text reads of both units, and only as ``v_pre - v_post`` or the other way round."""
    tree = ast.parse(factor.text.strip(), mode="eval").body
    inside: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Sub(), left=ast.Name(id=left), right=ast.Name(id=right)):
                if {left, right} == {f"{left.rpartition('_')[0]}_pre", f"{left.rpartition('_')[0]}_post"}:
                    inside += [left, right]
    named = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    found = {name[:-5] for name in inside if name in posts}
    return frozenset(n for n in found if all(named.count(e) == inside.count(e) for e in (f"{n}_pre", f"{n}_post")))


_Parts = list[tuple[ast.expr, ast.expr | None]]
_ONE = ast.Constant(1)


def _parts(node: ast.expr, posts: frozenset[str]) -> _Parts:
    """Return the presynaptic and the postsynaptic part of every product that a sum consists of."""
    of_pre, of_post = _sides(node, posts)
    if not of_post:
        return [(node, None)]
    if not of_pre:
        return [(_ONE, node)]
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _parts(left, posts) + _parts(right, posts)
        case ast.BinOp(op=ast.Sub(), left=left, right=right):
            return _parts(left, posts) + _negated(_parts(right, posts))
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return [(_times(a, c), _both(b, d)) for a, b in _parts(left, posts) for c, d in _parts(right, posts)]
        case ast.BinOp(op=ast.Div(), left=left, right=right) if not all(_sides(right, posts)):
            by_post = _sides(right, posts)[1]
            return [
                (pre, _over(post or _ONE, right)) if by_post else (_over(pre, right), post)
                for pre, post in _parts(left, posts)
            ]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _negated(_parts(inner, posts))
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _parts(inner, posts)
    raise ExpressionError(
        f"`{ast.unparse(node)}` mixes both units; what multiplies w must be a sum of products of a presynaptic and a "
        "postsynaptic part, such as v_pre - v_post"
    )


def _sides(node: ast.expr, posts: frozenset[str]) -> tuple[bool, bool]:
    """Return whether an expression reads the presynaptic, and whether it reads the postsynaptic unit."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return any(name.endswith("_pre") for name in names), bool(names & posts)


def _negated(parts: _Parts) -> _Parts:
    return [(ast.UnaryOp(ast.USub(), pre), post) for pre, post in parts]


def _times(a: ast.expr, b: ast.expr) -> ast.expr:
    return b if a is _ONE else a if b is _ONE else ast.BinOp(a, ast.Mult(), b)


def _both(a: ast.expr | None, b: ast.expr | None) -> ast.expr | None:
    return b if a is None else a if b is None else ast.BinOp(a, ast.Mult(), b)


def _over(a: ast.expr, b: ast.expr) -> ast.expr:
    return ast.BinOp(a, ast.Div(), b)


def _text(node: ast.expr) -> str:
    return ast.unparse(node)
