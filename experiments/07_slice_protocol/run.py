"""Run the slice protocol: ``python experiments/07_slice_protocol/run.py``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import xarray as xr
from figure import draw
from protocol import CONDITIONS, FALLING, HIGH, LOW, READINGS, RISING, change, fit, traces

from brainlearn.lab import save_figure, whole_file, write_netcdf

PILOT = 10_000  # added to the seed for the runs that the step size is fitted to


def main() -> None:
    """Simulate every condition with every rule; write result.nc, summary.json and figure.png."""
    arguments = parsed()
    path = arguments.output / "result.nc"
    if arguments.again:
        result = xr.load_dataset(path, engine="h5netcdf")
    else:
        result = simulate(arguments.seed, arguments.side, arguments.rules)
        arguments.output.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            write_netcdf(result, part)
    summary = summarise(result)
    text = json.dumps(summary, indent=2, ensure_ascii=False)
    (arguments.output / "summary.json").write_text(text + "\n", encoding="utf-8")
    save_figure(draw(result), arguments.output / "figure.png", dpi=130)
    print(text)


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Plasticity protocol of Jang et al. 2026, with spikes.")
    parser.add_argument("--seed", type=int, default=1, help="of all spike trains (default 1)")
    parser.add_argument("--side", type=int, default=30, help="side*side pairs of neurons (default 30)")
    parser.add_argument("--rules", nargs="+", choices=list(READINGS), default=list(READINGS), help="default: all")
    output = Path(__file__).parent / "result"
    parser.add_argument("--output", type=Path, default=output, help="folder for the result (default result/ here)")
    parser.add_argument(
        "--again", action="store_true", help="only summary and figure, from the result.nc that is there"
    )
    return parser.parse_args()


def simulate(seed: int, side: int, rules: list[str]) -> xr.Dataset:
    """Return the weights of every pair after every condition, and the traces over one trial."""
    weights, steps = [], []
    for number, name in enumerate(rules):
        reading = READINGS[name]
        progress(f"{number + 1}/{len(rules)} {name}: fitting the step size to {RISING.name} Hz")
        steps.append(fit(reading, seed + PILOT, side))
        weights.append([])
        for k, condition in enumerate(CONDITIONS):
            progress(f"{number + 1}/{len(rules)} {name}: {condition.name} Hz")
            weights[-1].append(1.0 + change(condition, reading, steps[-1], 10 * seed + k, side))
    progress("traces over one trial")
    found = [traces(condition, 10 * seed + k, side) for k, condition in enumerate(CONDITIONS)]
    progress("")
    return labelled(rules, np.array(weights), np.array(steps), found, seed)


def labelled(
    rules: list[str], weights: np.ndarray, steps: np.ndarray, found: list[dict[str, np.ndarray]], seed: int
) -> xr.Dataset:
    """Put names and units on everything."""
    over_time = {name: np.array([each[name] for each in found]) for name in found[0]}
    columns = {
        "weight": (("rule", "condition", "pair"), weights, "1", "weight after ten trials over first weight"),
        "step_size": ("rule", steps, "1", "step size, fitted to 25→50 with other spike trains"),
        "label": ("rule", [READINGS[rule].label for rule in rules], "1", "what the rule does"),
        "measured": ("condition", [c.measured for c in CONDITIONS], "1", "measured EPSP over baseline, mean"),
        "measured_error": ("condition", [c.error for c in CONDITIONS], "1", "its standard error of the mean"),
        "slices": ("condition", [c.slices for c in CONDITIONS], "1", "number of slices measured"),
        "fast": (("condition", "time"), over_time["fast"], "1", "CaP of the neuron, mean over pairs (1: 50 Hz)"),
        "slow": (("condition", "time"), over_time["slow"], "1", "CaD of the neuron, mean over pairs (1: 50 Hz)"),
        "pre_rate": (("condition", "time"), over_time["pre"] * 1000, "Hz", "rate of the fibres"),
        "post_rate": (("condition", "time"), over_time["post"] * 1000, "Hz", "rate of the neurons"),
        "rule": ("rule", rules, "1", "learning rule"),
        "condition": ("condition", [c.name for c in CONDITIONS], "Hz", "rates in the first and second half"),
        "pair": ("pair", np.arange(weights.shape[-1]), "1", "number of the pair of fibre and neuron"),
        "time": ("time", np.arange(1, over_time["fast"].shape[1] + 1), "ms", "time since the trial began"),
    }
    variables = {
        name: (dims, values, {"units": units, "long_name": long_name})
        for name, (dims, values, units, long_name) in columns.items()
    }
    source = "Jang, Flores, O'Reilly & Zito 2026, compcogneuro.org/jang-et-al-2026"
    return xr.Dataset(variables, attrs={"measured_in": source, "seed": seed}).set_coords("label")


def summarise(result: xr.Dataset) -> dict[str, object]:
    """Return means, spreads, and whether the model does what was asked."""
    rules: dict[str, object] = {}
    for rule in result.rule.values.tolist():
        found = result.weight.sel(rule=rule)
        mean = {name: float(found.sel(condition=name).mean()) for name in result.condition.values}
        rules[rule] = {
            "step_size": float(result.step_size.sel(rule=rule)),
            "weight": {name: round(value, 4) for name, value in mean.items()},
            "sd_of_pairs": {name: round(float(found.sel(condition=name).std()), 4) for name in mean},
            "standard_error": {name: round(standard_error(found.sel(condition=name)), 4) for name in mean},
            **verdict(mean),
        }
    return {
        "experiment": "07_slice_protocol",
        "found": sentence(rules),
        "seed": int(result.attrs["seed"]),
        "pairs": int(result.sizes["pair"]),
        "measured": {condition.name: [condition.measured, condition.error] for condition in CONDITIONS},
        "rules": rules,
    }


def sentence(rules: dict[str, object]) -> str:
    """Say in one line what the rule that is read at the end did, beside the measurement."""
    found = rules.get("kinase")
    if not isinstance(found, dict):
        return f"only {', '.join(rules)}"
    weights = ", ".join(f"{c.name} Hz {found['weight'][c.name]:.2f} ({c.measured:.2f})" for c in CONDITIONS)
    return f"weight after `kinase` (measured): {weights}; rise over fall {found['rise_over_fall']:.2f}"


def standard_error(weights: xr.DataArray) -> float:
    """Return the standard error of the mean over pairs."""
    return float(weights.std("pair", ddof=1)) / float(np.sqrt(weights.sizes["pair"]))


def verdict(mean: dict[str, float]) -> dict[str, object]:
    """Say which of the three demands on the mean weights hold."""
    up, down = mean[RISING.name] - 1, 1 - mean[FALLING.name]
    flat = max(abs(mean[each.name] - 1) for each in (LOW, HIGH))
    return {
        "signs_right": bool(up > 0 and down > 0),
        "largest_flat_over_rise": round(flat / abs(up), 3),
        "flat_within_a_third": bool(flat <= abs(up) / 3),
        "rise_over_fall": round(up / down, 3),
        "ratio_between_1.2_and_2": bool(1.2 <= up / down <= 2),
    }


def progress(text: str) -> None:
    """Show what is being done, on one line."""
    print(f"\r{text:<70}", end="" if text else "\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
