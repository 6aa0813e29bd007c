"""What examples of learning claim, compared with values that are computed in another way."""

from __future__ import annotations

import re

import numpy as np
import torch

from brainlearn import run
from tests.examples.claims.claim import Found, claim


def wrong(tree: object) -> float:
    """Return the share of test answers that are wrong [percent]."""
    test = tree["test"]  # type: ignore[index]
    return 100 * float(np.mean(test["prediction"].values != test["true_label"].values))


@claim
def forward_forward(found: Found) -> None:
    test = found["test"]
    best = test["label"].values[test["goodness"].values.argmax(axis=1)]
    assert np.isclose(found["error"], 100 * np.mean(best != test["true_label"].values))
    assert found["error"] < 40
    last = found["metrics"].isel(epoch=-1).sel(population="V1/E")
    assert float(last["goodness_positive"]) > float(last["goodness_negative"])


@claim
def temporal_difference(found: Found) -> None:
    assert np.isclose(found["error"], wrong(found["tree"]))
    assert found["error"] < 30


@claim
def own_data(found: Found) -> None:
    dataset, test = found["dataset"], found["test"]
    assert np.array_equal(test["true_label"].values, dataset.test_labels)
    flowers = dataset.images.reshape(-1, 8)
    centres = np.stack([flowers[dataset.labels == k].mean(axis=0) for k in range(3)])
    apart = ((dataset.test_images.reshape(-1, 1, 8) - centres) ** 2).sum(axis=-1)
    nearest = (apart.argmin(axis=1) == dataset.test_labels).sum()
    assert found["right"].sum() >= nearest - 6
    assert list(test["label_name"].values) == ["setosa", "versicolor", "virginica"]


@claim
def compare_with_backpropagation(found: Found) -> None:
    initial = [tree["weights/V1.E->IT.class"]["initial"].values for tree in found["trees"].values()]
    assert np.array_equal(*initial)
    for tree in found["trees"].values():
        assert float(tree["metrics"]["validation_error"][-1]) < 45


@claim
def angle_to_the_gradient(found: Found) -> None:
    angles = found["angles"]
    assert (angles["angle"].isel(averaging=-1) < angles["null_angle"]).all()
    assert (angles["angle"].isel(averaging=-1) < angles["angle"].isel(averaging=0) + 1).all()
    assert (angles["angle_shuffled"].isel(averaging=-1) > angles["angle"].isel(averaging=-1)).all()


@claim
def closed_loop(found: Found) -> None:
    assert np.isclose(found["after"], np.mean(found["tree"]["test_episodes"]["total_reward"].values))
    assert found["after"] > 0.65
    assert abs(found["rewards"][:64].mean() - 0.5) < 0.25


@claim
def reward_modulated_stdp(found: Found) -> None:
    expected = np.exp(-1 / 20) * np.exp(-(found["delay"] - 1) / 500)  # the target spikes one step after its input
    np.testing.assert_allclose(found["change"], expected, rtol=0.005)


@claim
def learned_delays(found: Found) -> None:
    arrivals, output = np.array(found["arrivals"]), found["output"]
    assert arrivals[-1].std() < 0.5 * arrivals[0].std()
    assert (np.abs(arrivals[-1] - 58) < 6).all()
    assert output[-1] > 2 * output[0]
    mirror, spikes, name = found["mirror"], found["spikes"], found["name"]
    with torch.no_grad():
        mirror.delays[name].copy_(torch.as_tensor(35.4 - found["times"]))

    def loss() -> torch.Tensor:
        return mirror.present({"input/P": spikes}, 40).populations["cortex/y"]["activity"].sum()

    (gradient,) = torch.autograd.grad(loss(), [mirror.delays[name]])
    with torch.no_grad():
        mirror.delays[name][0] += 0.1
        later = loss().item()
        mirror.delays[name][0] -= 0.2
        assert np.isclose((later - loss().item()) / 0.2, gradient[0].item(), rtol=0.02)


@claim
def cost_counts(found: Found) -> None:
    each = found["each"]
    steps = 10  # up to the answer
    for name, pairs in (("retina/image->V1/E", 64 * 100), ("V1/E->IT/class", 100 * 10)):
        assert float(each["dense"].sel(projection=name)) == pairs * steps
        assert 0 < float((each["macs"] + each["acs"]).sel(projection=name)) <= pairs * steps
    test = found["test"]
    spikes = float(test["events"].sel(population="V1/E") / test["presentations"])
    assert float(each["acs"].sel(projection="V1/E->IT/class")) <= spikes * 10


@claim
def analyse_with_xarray(found: Found) -> None:
    by_hand = [
        tree["metrics"][f"goodness_{sign}"].values for tree in found["trees"] for sign in ("positive", "negative")
    ]
    contrast = (by_hand[0] - by_hand[1] + by_hand[2] - by_hand[3]) / 2
    np.testing.assert_allclose(found["mean"].transpose("epoch", "population").values, contrast)
    assert (found["contrast"].isel(epoch=-1) > 0).all()


@claim
def resume(found: Found) -> None:
    whole, resumed = found["whole"], found["resumed"]
    for group in whole["weights"].children:
        assert np.array_equal(whole[f"weights/{group}"]["final"], resumed[f"weights/{group}"]["final"])
    assert np.array_equal(whole["test"]["goodness"], resumed["test"]["goodness"])
    assert re.search(r"resumed after epoch [12] of 4", str(resumed.attrs["notes"]))
    assert not np.array_equal(whole["weights/retina.image->V1.E"]["initial"], found["weights"][0])


@claim
def sweep(found: Found) -> None:
    error = found["error"]
    assert error.dims == ("rule_updates_0_size", "seed")
    settings = found["experiment"].data
    rule = {**settings["rule"], "updates": [{"name": "adam", "size": 4e-3}]}
    alone = {**settings, "rule": rule, "seed": 2}
    alone = {key: each for key, each in alone.items() if key not in ("name", "circuit")}
    tree = run(type(found["experiment"])("alone", found["experiment"].circuit, **alone))
    one = error.sel(seed=2).isel(rule_updates_0_size=1)
    assert np.isclose(float(one), float(tree["metrics"]["validation_error"][-1]))


@claim
def search(found: Found) -> None:
    error, sizes = found["error"], found["sizes"]
    assert error.size == sizes.size == 8
    assert np.isfinite(error).all()
    assert ((sizes >= 3e-4) & (sizes <= 3e-2)).all()
    assert len(np.unique(sizes)) == 8
