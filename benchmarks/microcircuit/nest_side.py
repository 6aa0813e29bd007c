"""The microcircuit in NEST, in a process of its own: python -m benchmarks.microcircuit.nest_side [--scale S]."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.microcircuit import model as numbers
from benchmarks.microcircuit.arguments import microcircuit
from benchmarks.microcircuit.outcome import outcome


def main() -> None:
    """Build, settle, run and tell."""
    import nest

    model, seed = microcircuit(__doc__)
    begin = time.process_time()
    nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.set(resolution=numbers.DT, rng_seed=seed, local_num_threads=1)
    populations = [_population(nest, model, k) for k in range(8)]
    recorders = []
    for k, target in enumerate(populations):
        for j, source in enumerate(populations):
            if model.numbers[k, j]:
                _connect(nest, source, target, int(model.numbers[k, j]), float(model.weights[k, j]), j)
        generator = nest.Create("poisson_generator", params={"rate": model.external_numbers[k] * numbers.EXTERNAL_RATE})
        nest.Connect(generator, target, syn_spec={"weight": model.external_weight, "delay": numbers.DELAYS["E"][0]})
        recorder = nest.Create("spike_recorder")
        nest.Connect(target, recorder)
        recorders.append(recorder)
    nest.Prepare()
    built = time.process_time()
    nest.Run(1e3 * numbers.SETTLE)
    settled = time.process_time()
    nest.Run(1e3 * numbers.SECONDS)
    seconds = built - begin, time.process_time() - settled
    nest.Cleanup()
    spikes = [(np.array(r.get("events", "times")) / 1e3, np.array(r.get("events", "senders"))) for r in recorders]
    outcome(f"NEST {nest.__version__}", model, seconds, spikes, int(model.numbers.sum())).tell()


def _population(nest, model, k):  # type: ignore[no-untyped-def]
    neurons = nest.Create(
        "iaf_psc_exp",
        int(model.sizes[k]),
        params={
            "C_m": numbers.CAPACITANCE,
            "tau_m": numbers.TAU_MEMBRANE,
            "tau_syn_ex": numbers.TAU_SYNAPSE,
            "tau_syn_in": numbers.TAU_SYNAPSE,
            "E_L": numbers.REST,
            "V_reset": numbers.REST,
            "V_th": numbers.THRESHOLD,
            "t_ref": numbers.REFRACTORY,
            "I_e": float(model.currents[k]),
        },
    )
    neurons.V_m = nest.random.normal(float(numbers.INITIAL_MEAN[k]), float(numbers.INITIAL_SD[k]))
    return neurons


def _connect(nest, source, target, number, weight, j):  # type: ignore[no-untyped-def]
    sign = {"min": 0.0} if weight > 0 else {"max": 0.0}
    mean, sd = numbers.DELAYS[numbers.NAMES[j][-1]]
    drawn = nest.random.normal(weight, abs(weight) * numbers.WEIGHT_SD)
    delays = nest.random.normal(mean, sd)
    # as in the published program: redrawn between bounds that make a delay at least a step after rounding
    delays = nest.math.redraw(delays, min=numbers.DT - 0.5 * numbers.DT, max=np.inf)
    nest.Connect(
        source,
        target,
        {"rule": "fixed_total_number", "N": number},
        {"weight": nest.math.redraw(drawn, **{"min": -np.inf, "max": np.inf, **sign}), "delay": delays},
    )


if __name__ == "__main__":
    main()
