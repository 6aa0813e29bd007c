"""Formulas as MathML, which browsers draw themselves: a page needs neither a script nor fonts from elsewhere."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer, under the name that `html_math_renderer` gives."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_mathml(node.astext(), block=False))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="math">{_mathml(node.astext(), block=True)}</div>\n')
    raise nodes.SkipNode


def _mathml(formula: str, block: bool) -> str:
    """Return the MathML of a formula.

    Raises
    ------
    docutils.utils.math.MathError
        If the formula has a command that docutils does not know: the build then fails.
    """
    return str(latex2mathml.tex2mathml(formula.strip(), as_block=block))
