from __future__ import annotations

import pytest

from brainlearn.expression import FUNCTIONS
from brainlearn.rules import RULES
from brainlearn.rules.updates import UPDATES
from tests.docs.markdown import inline_code, read

PAGE = inline_code(read("docs/rules.md"))


@pytest.mark.parametrize("name", ["forward_forward", "pair_stdp"])
def test_the_page_shows_the_text_that_runs(name: str) -> None:
    rule = RULES[name]
    texts = [text for change in rule.changes for text in (change.pre, change.post, change.when)]
    texts += [*rule.broadcasts, *rule.broadcasts.values(), *rule.modulators, *rule.modulators.values()]
    texts += [text for memory in rule.memories for text in (memory.name, memory.of, memory.where)]
    assert [text for text in texts if text not in PAGE] == []


def test_the_page_names_every_function_and_update() -> None:
    assert [name for name in (*FUNCTIONS, *UPDATES) if name not in PAGE] == []
