"""Bits back with a Helmholtz machine of digits: ``python experiments/45_bits_back/run.py``.

It writes ``result.nc``, ``summary.json`` and ``figure.png`` into ``result/`` beside this file. It needs the extra
``codes``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from xarray import Dataset, concat

from brainlearn import Phase, Plasticity, Round, Simulation, load_circuit, load_dataset
from brainlearn.energy import HelmholtzMachine, Stack, read_bits_back, write_best_codes, write_bits_back
from brainlearn.lab import mean_interval, new_figure, plain_axes, record_script, script_options
from brainlearn.rules import RULES
from brainlearn.stimuli import log_odds

HERE = Path(__file__).resolve().parent
CIRCUIT = HERE.parents[1] / "circuits" / "helmholtz.toml"
SEEDS, EPOCHS, COPIES, SIZE = (1, 2, 3, 4, 5), 40, 50, 0.4
RECOGNITION, RECOGNITION_BIAS = "V1/image->V2/hidden", "V1/bias->V2/hidden"
GENERATION, VISIBLE_BIAS, HIDDEN_BIAS = "V2/hidden->V1/image", "V3/bias->V1/image", "V3/bias->V2/hidden"
LEARNING = (RECOGNITION, RECOGNITION_BIAS, GENERATION, VISIBLE_BIAS, HIDDEN_BIAS)
PHASES = (
    Phase("see", 2, learn=False),
    Phase("wake", 1, reset=False),
    Phase("dream", 2, reset=False, learn=False, show=False, polarity=-1),
    Phase("sleep", 1, reset=False, show=False, polarity=-1),
)
MEASURES = {
    "best_code": "of an image by its cheapest code, computed over all codes",
    "best_code_written": "the same, written by the coder",
    "expected_energy": "of an image by a code that recognition draws, before any bits come back, over all codes",
    "free_energy": "the same less the bits that come back",
    "free_energy_written": "the same, written by the coder",
    "boltzmann_energy": "of an image by a code drawn by its Boltzmann probability, before any bits come back",
    "likelihood": "the same less the bits that come back: minus the log probability of the image",
    "pixels_alone": "of an image by how often each pixel is white in training images, without any code",
}
WORDS = {
    "pixels_alone": "no code",
    "best_code": "cheapest code",
    "free_energy": "drawn by recognition, bits back",
    "likelihood": "drawn by Boltzmann probability, bits back",
}


def main() -> None:
    """Learn, code, write, draw."""
    options = script_options("Do random codes save bits?", HERE / "result", SEEDS)
    options.add_argument("--epochs", type=int, default=EPOCHS, help="default: %(default)s")
    asked = options.parse_args()
    record_script(asked, lambda: run_all(asked.seeds, asked.epochs), summary, draw)


def run_all(seeds: list[int], epochs: int) -> Dataset:
    """Learn and code with every seed."""
    return concat([run(seed, epochs) for seed in seeds], "seed", combine_attrs="override")


def run(seed: int, epochs: int) -> Dataset:
    """Learn with one seed, and code the test images [bit]."""
    began, digits = time.perf_counter(), load_dataset("digits")
    images, test = (each.reshape(len(each), -1) > 0.5 for each in (digits.images, digits.test_images))
    machine = learned(images.astype(float), seed, epochs)
    found = costs(machine, images, test.astype(float), seed)
    print(f"seed {seed}: {found} ({time.perf_counter() - began:.0f} s)", flush=True)
    variables = {
        name: (("seed",), [found[name]], {"units": "bit", "long_name": f"mean cost {text}"})
        for name, text in MEASURES.items()
    }
    return Dataset(
        variables,
        {"seed": ("seed", [seed], {"units": "1", "long_name": "seed of weights, samples and the order of images"})},
        {"experiment": HERE.name, "images": len(test)},
    )


def learned(images: np.ndarray, seed: int, epochs: int) -> HelmholtzMachine:
    """Let the circuit learn (item, pixel) binary images by wake-sleep, and return its machine."""
    rng, rounds = np.random.default_rng(seed), len(images) // COPIES
    plasticity = Plasticity(RULES["wake_sleep"], LEARNING, updates=(("step", {"size": SIZE}),))
    with Simulation(load_circuit(CIRCUIT), COPIES, PHASES, plasticity, seed=seed) as simulation:

        def shown() -> Iterator[Round]:
            for epoch in range(epochs):
                for learning in simulation.learning.values():
                    learning.factor = min(1.0, 2 * (1 - epoch / epochs))
                order = rng.permutation(len(images))
                for k in range(rounds):
                    evidence = log_odds(images[order[k * COPIES : (k + 1) * COPIES]], certainty=20.0)
                    yield Round({"retina/image": evidence}, np.ones(COPIES))

        simulation.present(shown(), epochs * rounds)
        weights = {name: np.array(simulation.weights(name), dtype=float) for name in LEARNING}
    biases = (weights[name][0] for name in (VISIBLE_BIAS, HIDDEN_BIAS))
    return HelmholtzMachine(weights[RECOGNITION], weights[RECOGNITION_BIAS][0], weights[GENERATION], *biases)


def costs(machine: HelmholtzMachine, images: np.ndarray, test: np.ndarray, seed: int) -> dict[str, float]:
    """Return the mean cost of a test image in every way [bit]; all that was written is read back."""
    exact = {name: float(each.mean() / np.log(2)) for name, each in vars(machine.costs(test)).items()}
    stack = Stack(seed)
    back = write_bits_back(machine, test, stack)
    assert (read_bits_back(machine, len(test), stack) == test).all()
    best = write_best_codes(machine, test, Stack(seed))
    white = (images.sum(axis=0) + 0.5) / (len(images) + 1)
    alone = -(test * np.log2(white) + (1 - test) * np.log2(1 - white)).sum(axis=1)
    written = {"free_energy_written": back, "best_code_written": best, "pixels_alone": alone}
    return exact | {name: float(each.mean()) for name, each in written.items()}


def summary(data: Dataset) -> dict[str, Any]:
    """Return what was found [bit for an image], each with its 95 % interval over the seeds."""
    saved = {
        "computed_boltzmann": data["best_code"] - data["likelihood"],
        "computed_recognition": data["best_code"] - data["free_energy"],
        "written_recognition": data["best_code_written"] - data["free_energy_written"],
    }
    by_odds, written = (over_seeds(saved[name].values) for name in ("computed_boltzmann", "written_recognition"))
    return {
        "experiment": data.attrs["experiment"],
        "found": f"codes drawn by their Boltzmann probabilities save {by_odds[0]:.2f} bits an image, as computed "
        f"(95 % interval {by_odds[1]:.2f} to {by_odds[2]:.2f}), and codes that recognition draws save {written[0]:.2f} "
        f"bits, as written by the coder ({written[1]:.2f} to {written[2]:.2f})",
        "seeds": data["seed"].values.tolist(),
        "saved_bits": {name: over_seeds(each.values) for name, each in saved.items()},
        "cost_bits": {name: over_seeds(data[name].values) for name in MEASURES},
    }


def over_seeds(values: np.ndarray) -> list[float]:
    """Return mean and 95 % interval."""
    return [round(float(each), 3) for each in mean_interval(values)]


def draw(data: Dataset) -> Figure:
    """Show what an image costs in each way."""
    figure = new_figure(6.4, 2.6)
    axes = figure.add_subplot()
    for k, name in enumerate(reversed(WORDS)):
        axes.barh(k, float(data[name].mean()), height=0.6, color="0.75")
        axes.plot(data[name], np.full(data.sizes["seed"], k), "k.", markersize=4)
    axes.set_yticks(range(len(WORDS)), list(reversed(WORDS.values())))
    axes.set_xlabel("bits for an image")
    plain_axes(axes, "What an image costs")
    return figure


if __name__ == "__main__":
    main()
