"""Names in docstrings: those of public functions and classes link to their pages, and nothing else is taken for one.

Docstrings put names and code between single backticks, which is the role `public` here. Sphinx takes every word of a
type for a class; ours are prose with shapes, as in ``(copy, unit) array``.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.util.docfields import TypedField

from pages.site.api import homes


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role `public`, which conf.py makes the default, and take types as prose."""
    app.add_role("public", _public)
    for field in PythonDomain.directives["class"].doc_field_types:  # those of all objects of Python
        if isinstance(field, TypedField):
            field.rolename = field.typerolename = ""
        elif field.name == "returntype":
            field.bodyrolename = ""
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _public(
    role: str, raw: str, text: str, line: int, inliner: Any, *further: Any
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    code = nodes.literal(raw, text)
    home = homes().get(text.removesuffix("()"))
    if home is None:
        return [code], []
    return [addnodes.pending_xref("", code, refdomain="py", reftype="obj", reftarget=home, refexplicit=True)], []
