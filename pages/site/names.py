"""What docstrings put between single backticks: public names link to their pages, other text is code."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from pages.site.api import homes


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role `public`, which conf.py makes the default."""
    found = homes()

    def public(
        role: str, raw: str, text: str, line: int, inliner: Any, *further: Any
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        name = text.removesuffix("()")
        code = nodes.literal(raw, text)
        if name not in found:
            return [code], []
        link = addnodes.pending_xref("", refdomain="py", reftype="obj", reftarget=found[name], refexplicit=True)
        link += code
        return [link], []

    app.add_role("public", public)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
