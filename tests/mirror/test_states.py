"""Copies, phases, types and stretches that are computed twice: what a state holds, and what does not change it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from brainlearn.circuit import Circuit
from brainlearn.mirror import Mirror, MirrorState
from tests.mirror.models import LIF, with_method

IMAGE = {"retina/image": 0.7 + torch.rand(4, 16, generator=torch.Generator().manual_seed(3), dtype=torch.float64)}
OTHER = {"retina/image": IMAGE["retina/image"].flip(0)}


@pytest.fixture(scope="module")
def circuit(tmp_path_factory) -> Circuit:
    return with_method(LIF, "euler").circuit(tmp_path_factory.mktemp("states"))


@pytest.fixture
def mirror(circuit: Circuit) -> Mirror:
    return Mirror(circuit, seed=1, dtype="float64")


def tensors(state: MirrorState) -> dict[str, Tensor]:
    return {
        f"{path}.{name}": value.expand(4, -1)
        for path, values in state.populations.items()
        for name, value in values.items()
        if isinstance(value, Tensor)
    }


def assert_same(one: MirrorState, other: MirrorState, rtol: float = 0.0) -> None:
    for (name, a), b in zip(tensors(one).items(), tensors(other).values(), strict=True):
        torch.testing.assert_close(a, b, rtol=rtol, atol=rtol, msg=name)


# ---- copies --------------------------------------------------------------------------------------------------------


def test_a_batch_does_what_its_copies_do_one_by_one(mirror: Mirror):
    together = mirror.present(IMAGE, 120)
    assert together.counts["V2/I"].sum() > 0
    for k in range(4):
        alone = mirror.present({"retina/image": IMAGE["retina/image"][k : k + 1]}, 120)
        for path, counts in together.counts.items():
            assert torch.equal(alone.counts[path][0], counts[k])
            torch.testing.assert_close(alone.populations[path]["v"][0], together.populations[path]["v"][k])


def test_a_copy_does_not_change_the_gradient_of_another(mirror: Mirror):
    image = IMAGE["retina/image"].clone().requires_grad_()
    mirror.present({"retina/image": image}, 60).populations["V1/E"]["v"][2].sum().backward()
    assert image.grad[2].any()
    assert not image.grad[[0, 1, 3]].any()


# ---- phases --------------------------------------------------------------------------------------------------------


def test_two_phases_without_a_reset_are_one_long_phase(mirror: Mirror):
    whole = mirror.present(IMAGE, 90)
    first = mirror.present(IMAGE, 37)
    second = mirror.present({}, 53, first, reset=False)
    assert_same(second, whole)
    for path, counts in whole.counts.items():
        assert torch.equal(first.counts[path] + second.counts[path], counts)


def test_a_state_that_is_gone_on_from_stays_as_it_is(mirror: Mirror):
    free = mirror.present(IMAGE, 40)
    before = {**tensors(free), **free.counts}
    activity = mirror.activity(free, "V1/E").clone()
    mirror.present(OTHER, 20, free, reset=True)
    assert all(value is before[name] for name, value in {**tensors(free), **free.counts}.items() if name in free.counts)
    assert all(torch.equal(value, before[name]) for name, value in tensors(free).items())
    assert torch.equal(mirror.activity(free, "V1/E"), activity)


def test_a_reset_forgets_everything_but_the_stimuli(mirror: Mirror):
    busy = mirror.present(IMAGE, 60)
    assert any(sent is not None and sent[0].any() for sent in busy.lines["V1/E->V2/E"])
    again = mirror.present({}, 60, busy, reset=True)
    fresh = mirror.present(IMAGE, 60)
    after, expected = tensors(again), tensors(fresh)
    for name in after:
        if not name.endswith("lastspike"):
            assert torch.equal(after[name], expected[name]), name
    assert all(torch.equal(again.counts[path], counts) for path, counts in fresh.counts.items())


# ---- types ---------------------------------------------------------------------------------------------------------


def test_float32_spikes_like_float64_for_a_while(circuit: Circuit, mirror: Mirror):
    single = Mirror(circuit, seed=1, dtype="float32")
    short, long = single.present(IMAGE, 60), mirror.present(IMAGE, 60)
    for path, counts in long.counts.items():
        assert short.counts[path].dtype == torch.float32
        assert torch.equal(short.counts[path].double(), counts)
    torch.testing.assert_close(
        short.populations["V1/E"]["v"].double(), long.populations["V1/E"]["v"], rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_gradients_have_the_type_of_the_weights(circuit: Circuit, dtype: str):
    mirror = Mirror(circuit, seed=1, dtype=dtype)
    mirror.present(IMAGE, 40).counts["V2/E"].sum().backward()
    for weights in mirror.weights.values():
        assert weights.dtype == getattr(torch, dtype)
    gradient = mirror.weights["V1/E->V2/E"].grad
    assert gradient.dtype == getattr(torch, dtype)
    assert gradient.isfinite().all()
    assert gradient.any()


# ---- stretches that are computed twice -----------------------------------------------------------------------------


@pytest.mark.parametrize("every", [1, 7, 20, 50, 1000])
def test_checkpoints_change_neither_the_state_nor_the_gradient(mirror: Mirror, every: int):
    found = []
    for recompute_every in (None, every):
        recorded: list[Tensor] = []
        state = mirror.present(
            IMAGE, 50, recompute_every=recompute_every, record=lambda s, r=recorded: r.append(s.spikes["V1/E"])
        )
        loss = state.counts["V2/I"].sum() + sum(x.square().sum() for x in tensors(state).values() if x.requires_grad)
        loss = loss + sum((k * spikes).sum() for k, spikes in enumerate(recorded))
        found.append((state, len(recorded), torch.autograd.grad(loss, list(mirror.weights.values()))))
        assert len(recorded) == 50  # and not more on the way back
    (plain, _, expected), (checkpointed, _, gradients) = found
    assert_same(checkpointed, plain)
    for a, b in zip(gradients, expected, strict=True):
        assert b.any()
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12 * float(b.abs().max()))
