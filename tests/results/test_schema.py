from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from xarray import Dataset, DataTree

from brainlearn.results.record import RunRecord
from brainlearn.results.schema import validate
from brainlearn.results.tree import result_tree
from brainlearn.results.variables import SchemaError

WEIGHTS = "weights/retina.image->V1.E"


def drop(group: str, name: str) -> Callable[[DataTree], None]:
    def change(tree: DataTree) -> None:
        tree[group].dataset = tree[group].to_dataset().drop_vars(name)

    return change


def set_root(name: str, value: object) -> Callable[[DataTree], None]:
    return lambda tree: tree.attrs.update({name: value})


def set_weights(name: str, value: object) -> Callable[[DataTree], None]:
    return lambda tree: tree[WEIGHTS].attrs.update({name: value})


def set_variable(group: str, name: str, value: object) -> Callable[[DataTree], None]:
    def change(tree: DataTree) -> None:
        tree[group].dataset = tree[group].to_dataset().assign({name: value})

    return change


def remove_attribute(group: str, name: str, attribute: str) -> Callable[[DataTree], None]:
    return lambda tree: tree[group][name].attrs.pop(attribute)


ATTRS = {"units": "1", "long_name": "something"}
VIOLATIONS: list[tuple[str, Callable[[DataTree], object]]] = [
    ("/: attribute seed must be a number; found '7'", set_root("seed", "7")),
    ("/: attribute seed must be a number; found True", set_root("seed", True)),
    ("/: attribute rule must be text; found nothing", lambda tree: tree.attrs.pop("rule")),
    ("/: schema 2.0 cannot be read; this brainlearn reads 1.9", set_root("brainlearn_schema", "2.0")),
    ('/: attribute engine is "nest"; allowed: brian, mirror', set_root("engine", "nest")),
    ("/: attribute circuit_sha256 must be 64 hexadecimal digits", set_root("circuit_sha256", "abc")),
    ("/: attribute extra must be text, a number or a list of them; found {}", set_root("extra", {})),
    ("/: attribute peak_memory_mb must be a number; found 'much'", set_root("peak_memory_mb", "much")),
    ("/: group metrics is missing", lambda tree: tree.children["metrics"].orphan()),
    ("/metrics: variable seconds is missing", drop("metrics", "seconds")),
    ("/metrics: activity has no units", remove_attribute("metrics", "activity", "units")),
    ("/metrics: activity has no long_name", remove_attribute("metrics", "activity", "long_name")),
    (
        '/metrics: seconds must have units "s"; found "ms"',
        lambda tree: tree["metrics"]["seconds"].attrs.update(units="ms"),
    ),
    (
        "/metrics: silent must have dimensions (epoch, population); found (epoch)",
        set_variable("metrics", "silent", ("epoch", np.zeros(3), {"units": "percent", "long_name": "x"})),
    ),
    (
        "/metrics: seconds has type int64; allowed kinds: float",
        set_variable("metrics", "seconds", ("epoch", np.zeros(3, int), {"units": "s", "long_name": "x"})),
    ),
    (
        "/metrics: epoch must increase",
        set_variable("metrics", "epoch", ("epoch", np.array([1, 3, 2]), ATTRS)),
    ),
    (
        "/test: prediction holds 9, which is not a label",
        set_variable("test", "prediction", ("presentation", np.array([0, 1, 2, 9]), ATTRS)),
    ),
    ("/test: variable true_label is missing", drop("test", "true_label")),
    ("/alignment: variable null_angle is missing", drop("alignment", "null_angle")),
    (
        "/alignment: angle must have dimensions (loss, epoch, projection, averaging); found (loss, epoch)",
        set_variable(
            "alignment", "angle", (("loss", "epoch"), np.zeros((2, 2)), {"units": "degree", "long_name": "x"})
        ),
    ),
    ("/spikes/V1.E: variable spike_unit is missing", drop("spikes/V1.E", "spike_unit")),
    (
        "/spikes/V1.E: row_size must add up to 4 spikes; found 5",
        set_variable("spikes/V1.E", "row_size", ("presentation", np.array([3, 2]), ATTRS)),
    ),
    (f"/{WEIGHTS}: variable initial is missing", drop(WEIGHTS, "initial")),
    (
        f'/{WEIGHTS}: attribute pathway is "up"; allowed: bottom_up, top_down, lateral',
        set_weights("pathway", "up"),
    ),
    (f"/{WEIGHTS}: source_sheet [3, 3] does not hold 6 units", set_weights("source_sheet", [3, 3])),
    (f"/{WEIGHTS}: attribute source_sheet must be two numbers; found 6", set_weights("source_sheet", 6)),
    (
        "/probes: v has dimension neuron; allowed: epoch, episode, ",
        lambda tree: tree.update({"probes": DataTree(Dataset({"v": ("neuron", np.zeros(2), ATTRS)}))}),
    ),
]


@pytest.mark.parametrize(("text", "change"), VIOLATIONS, ids=[text for text, _ in VIOLATIONS])
def test_a_violation_is_named(record: RunRecord, text: str, change: Callable[[DataTree], object]) -> None:
    tree = result_tree(record)
    change(tree)
    with pytest.raises(SchemaError) as caught:
        validate(tree)
    assert any(violation.startswith(text) for violation in caught.value.violations), caught.value.violations


def test_all_violations_are_named_at_once(record: RunRecord) -> None:
    tree = result_tree(record)
    tree.attrs["engine"] = "nest"
    tree.attrs["seed"] = "7"
    drop("metrics", "seconds")(tree)
    with pytest.raises(SchemaError) as caught:
        validate(tree)
    assert len(caught.value.violations) == 3


def test_groups_of_later_versions_are_welcome(record: RunRecord) -> None:
    tree = result_tree(record)
    tree["probes"] = DataTree(Dataset({"v": (("step", "unit"), np.zeros((2, 3)), ATTRS)}))
    validate(tree)


def test_results_of_the_first_version_are_read(record: RunRecord) -> None:
    tree = result_tree(record)
    tree.attrs["brainlearn_schema"] = "1.0"
    for name in ("memory_before_mb", "peak_memory_mb"):
        del tree.attrs[name]
    for name in ("loss", "size", "spiking"):
        drop("metrics", name)(tree)
    tree.children["alignment"].orphan()
    validate(tree)
