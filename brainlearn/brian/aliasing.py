"""Statements of Brian2's NumPy code that mean what they say: one after the other.

Brian2's NumPy target writes ``last = v`` as it stands. That binds a second name to the same array, so in
``last = v; v -= 0.5`` the subtraction in place changes ``last`` as well.
"""

from __future__ import annotations

import ast
import copy

COPY = "_brainlearn_copy"
copied = copy.copy
"""Returns an array of its own, or the same number."""


def without_aliases(code: str) -> str:
    """Return code in which no name stands for an array that another name changes in place; `COPY` is called there."""
    tree = ast.parse(code)
    changed = {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    found = False
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.Name(id=source)) if changed & {target, source}:
                node.value = ast.Call(ast.Name(COPY, ast.Load()), [node.value], [])
                found = True
    return ast.unparse(ast.fix_missing_locations(tree)) if found else code
