"""No module of the package needs itself by way of others; imports within functions and for types count."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def test_no_module_imports_itself_by_way_of_others():
    graph = grimp.build_graph("brainlearn", cache_dir=None, exclude_type_checking_imports=False)
    assert len(graph.modules) > 300
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
