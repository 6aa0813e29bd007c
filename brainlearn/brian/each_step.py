"""Statements that a group runs in every step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


def begin_update_with(group: NeuronGroup, code: str) -> None:
    """Let the state update of a group run `code` first, in the same loop."""
    updater = group.state_updater
    write_code = updater.update_abstract_code

    def write_both(run_namespace: Mapping[str, Any]) -> None:
        write_code(run_namespace)
        updater.abstract_code = f"{code}\n{updater.abstract_code}"

    updater.update_abstract_code = write_both
