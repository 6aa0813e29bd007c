"""Run all benchmarks, or some, and write ``benchmarks/latest.json``.

python -m benchmarks.run [--repetitions N] [--copies N] [--only PART …] [--data DIR] [--output FILE]
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import checkpoints, memory_over_steps
from benchmarks.engines import mirror_over_copies, table
from benchmarks.mirror import mirror_over_fastest_peer

PACKAGES = ("brainlearn", "brian2", "numpy", "numba", "torch", "snntorch", "spikingjelly", "norse")
PEERS = ("snntorch", "spikingjelly", "norse")
PARTS = ("memory", "forward", "learning", "engines", "shares", "memory_over_steps", "mirror", "checkpoints")
MISSING = "missing"
MIRROR_COPIES, MIRROR_STEPS = 100, 12  # as in experiment 02


def main() -> None:
    """Measure, print the tables and write the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Speed and memory of brainlearn.")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--copies", type=int, default=400)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="the others stay as they are in the file")
    parser.add_argument("--data", type=Path, help="folder of MNIST, for checkpoints; default: noise of its size")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("latest.json"))
    options = parser.parse_args()
    before = {} if options.only is None else json.loads(options.output.read_text(encoding="utf-8"))
    found = measure(options.only or PARTS, options.repetitions, options.copies, options.steps, options.data)
    result = merged(before, found)
    write(result, options.output)
    print(report(result))
    print(f"\nAll numbers: {options.output}")


def measure(
    parts: Sequence[str], repetitions: int, copies: int, steps: int, data: Path | None = None
) -> dict[str, Any]:
    """Run the named parts and return what the file holds of them."""
    from benchmarks.engines import measure_engines
    from benchmarks.forward import measure_forward
    from benchmarks.learning import measure_learning
    from benchmarks.memory import measure_memory
    from benchmarks.mirror import measure_mirror
    from benchmarks.shares import measure_shares
    from benchmarks.task import make_task

    warnings.simplefilter("ignore")  # Brian2 and the peers speak of deprecations and casts
    task = make_task(copies=copies, steps=steps)
    work: dict[str, Callable[[], dict[str, Any]]] = {
        "memory": lambda: measure_memory(copies, steps),
        "forward": lambda: measure_forward(task, repetitions),
        "learning": lambda: measure_learning(task, repetitions),
        "engines": lambda: measure_engines(task, repetitions),
        "shares": lambda: measure_shares(task),
        "memory_over_steps": memory_over_steps.measure_memory_over_steps,
        "mirror": lambda: {
            "copies": MIRROR_COPIES,
            "steps": MIRROR_STEPS,
            "engines": measure_mirror(repetitions, MIRROR_COPIES, MIRROR_STEPS),
        },
        "checkpoints": lambda: checkpoints.measure_checkpoints(data=data),
    }
    today, here = datetime.date.today().isoformat(), processor()
    return {
        "task": {"sizes": [784, 500, 500], "copies": copies, "steps": steps, "precision": "float32", "threads": 1},
        **{part: work[part]() for part in PARTS if part in parts},
        "repetitions": repetitions,
        "versions": {name: _version(name) for name in PACKAGES} | {"python": platform.python_version()},
        "processors": dict.fromkeys(parts, here),
        "dates": dict.fromkeys(parts, today),
    }


def merged(before: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was found, with the parts of `before` that were not measured again, and the ratios of all."""
    parts = {part: found[part] if part in found else before[part] for part in PARTS if part in {**before, **found}}
    old = before.get("processor", "")  # of files that named one for all parts
    said = {
        "dates": {**before.get("dates", {}), **found["dates"]},
        "processors": {
            **dict.fromkeys(before.get("dates", {}), old),
            **before.get("processors", {}),
            **found["processors"],
        },
    }
    installed = {name: version for name, version in found.get("versions", {}).items() if version != MISSING}
    return {
        **ratios(parts["forward"], parts["learning"]),
        **({"mirror_over_copies": mirror_over_copies(parts["engines"])} if "engines" in parts else {}),
        "mirror_over_fastest_peer": mirror_over_fastest_peer(parts["mirror"]["engines"]),
        **found,
        **parts,
        "versions": {**found.get("versions", {}), **before.get("versions", {}), **installed},
        **{key: {part: each[part] for part in parts} for key, each in said.items()},
    }


def ratios(forward: dict[str, Any], learning: dict[str, Any]) -> dict[str, Any]:
    """Return how many times faster brainlearn is; None where there is nothing to compare with."""
    found = {name: forward[name]["median_ms"] for name in PEERS if "median_ms" in forward[name]}
    fastest = min(found, key=lambda name: found[name], default=None)
    first, second = learning["forward_forward"], learning["pair_stdp"]
    return {
        "copies_over_stock_brian2": _ratio(first["stock_numpy"], first["copies"]),
        "copies_over_stock_brian2_compiled": _ratio(first["stock_cython"], first["copies"]),
        "copies_over_stock_brian2_stdp": _ratio(second["stock_numpy"], second["copies"]),
        "copies_over_stock_brian2_stdp_compiled": _ratio(second["stock_cython"], second["copies"]),
        "copies_over_fastest_peer": _ratio(forward[fastest], forward["brainlearn"]) if fastest else None,
        "fastest_peer": fastest,
    }


def _ratio(slower: dict[str, Any], faster: dict[str, Any]) -> float | None:
    if "median_ms" not in slower:
        return None
    return round(slower["median_ms"] / faster["median_ms"], 2)


def report(result: dict[str, Any]) -> str:
    """Return the result as tables for people."""
    lines = ["\nForward pass, milliseconds for one presentation (784-500-500, median)"]
    lines += [_line(name, times) for name, times in result["forward"].items()]
    for rule, engines in result["learning"].items():
        lines += [f"\nLearning by {rule}, milliseconds for one presentation"]
        lines += [_line(name, times) for name, times in engines.items()]
    lines += table(result["engines"]) if "engines" in result else []
    mirror = result["mirror"]
    lines += [
        f"\nTraining step by backpropagation, milliseconds for one presentation "
        f"({mirror['copies']} at once, {mirror['steps']} steps)"
    ]
    lines += [_line(name, times) for name, times in mirror["engines"].items()]
    lines += ["\nShares of the time"]
    lines += [f"  {rule:<24} {_percent(shares)}" for rule, shares in result["shares"].items()]
    memory = result["memory"]
    lines += [
        f"\nPeak memory at {memory['copies']} copies: {memory['before_mb']:.0f} MB after "
        f"{memory['presentations_before']} presentations, {memory['after_mb']:.0f} MB after "
        f"{memory['presentations_after']}"
    ]
    lines += [*memory_over_steps.table(result["memory_over_steps"]), *checkpoints.table(result["checkpoints"]), ""]
    lines += [
        f"{key}: {result[key]}"
        for key in result
        if "_over_fastest" in key
        or key == "mirror_over_copies"
        or key.startswith("copies_over")
        or key == "fastest_peer"
    ]
    return "\n".join(lines)


def _line(name: str, times: dict[str, Any]) -> str:
    if "missing" in times:
        return f"  {name:<24} {times['missing']}"
    rates = times.get("hidden_rates")
    rate = f"   hidden areas fire at {', '.join(f'{100 * r:.1f} %' for r in rates)}" if rates else ""
    return f"  {name:<24} {times['median_ms']:9.3f}   (least {times['least_ms']:.3f}){rate}"


def _percent(shares: dict[str, float]) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {100 * share:.0f} %" for kind, share in shares.items())


def write(result: dict[str, Any], path: Path) -> None:
    """Write the file whole or not at all."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def processor() -> str:
    """Return the processor's name, as far as the system tells."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return MISSING


if __name__ == "__main__":
    main()
