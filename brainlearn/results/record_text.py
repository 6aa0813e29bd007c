"""A record that is being filled, as JSON can hold it, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from brainlearn.results.record import AlignmentRecord, EpochRecord, RunRecord
from brainlearn.saved_state import ForeignState

ANGLES = ("angle", "angle_shuffled", "angle_gradient")
BY_NAME = ("started", "notes", "presentations", "train_seconds", "epoch_seconds", "alignment_seconds",
           "memory_before_mb", "peak_memory_mb", "versions")  # fmt: skip


class _Alignment(BaseModel):
    model_config = ConfigDict(extra="forbid")
    epoch: int
    loss: str
    presentations: list[int]
    angle: dict[str, list[float]]
    angle_shuffled: dict[str, list[float]]
    angle_gradient: dict[str, list[float]]
    angle_limit: dict[str, float]
    null_angle: dict[str, float]
    sign_agreement: dict[str, float]
    norm_ratio: dict[str, float]


class _Filled(BaseModel):
    model_config = ConfigDict(extra="forbid")
    epochs: list[EpochRecord]
    alignments: list[_Alignment]
    started: str
    notes: list[str]
    presentations: int
    train_seconds: float
    epoch_seconds: list[float]
    alignment_seconds: float
    memory_before_mb: float
    peak_memory_mb: float
    versions: dict[str, str]


_FILLED = TypeAdapter(_Filled)


def record_to_json(record: RunRecord) -> dict[str, Any]:
    """Return what was written down until now, without what the experiment and the weights say."""
    alignments = [dataclasses.asdict(each) for each in record.alignments]
    for each in alignments:
        each["presentations"] = each["presentations"].tolist()
        for name in ANGLES:
            each[name] = {projection: values.tolist() for projection, values in each[name].items()}
    return {
        "epochs": [dataclasses.asdict(epoch) for epoch in record.epochs],
        "alignments": alignments,
        **{name: getattr(record, name) for name in BY_NAME},
    }


def fill_record(record: RunRecord, saved: Any) -> None:
    """Put into a new record what `record_to_json` returned; ForeignState if it is something else."""
    try:
        filled = _FILLED.validate_python(saved)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ForeignState(f"the record: {'.'.join(map(str, first['loc']))}: {first['msg'].lower()}") from error
    record.epochs = filled.epochs
    record.alignments = [_alignment(each.model_dump()) for each in filled.alignments]
    for name in BY_NAME:
        setattr(record, name, getattr(filled, name))


def _alignment(saved: Mapping[str, Any]) -> AlignmentRecord:
    angles = {name: {p: np.array(values, dtype=float) for p, values in saved[name].items()} for name in ANGLES}
    return AlignmentRecord(**{**saved, **angles, "presentations": np.array(saved["presentations"])})
