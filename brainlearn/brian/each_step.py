"""Statements that a group runs in every step."""

from __future__ import annotations

from brian2 import NeuronGroup
from brian2.groups.group import CodeRunner

from brainlearn.brian.fused_code import FusedCodeObject


def run_each_step(group: NeuronGroup, code: str, when: str, order: int, label: str) -> None:
    """Let a group run `code` in a slot of every step.

    As `NeuronGroup.run_regularly`, which looks for an attribute `source`, and finds a variable of this name if the
    equations have one.
    """
    runner = CodeRunner(
        group,
        "stateupdate",
        code=code,
        name=f"{group.name}_{label}",
        clock=group.clock,
        when=when,
        order=order,
        codeobj_class=FusedCodeObject,
    )
    group.contained_objects.append(runner)
