"""Dense and sparse ways through a projection with local receptive fields: ``python -m benchmarks.masks``.

Times of one thread, in ms, the best of several: what `SharedSynapses` carries forward for 300 copies, and what learning
does with 200. `brainlearn.brian.learning.synapse_list` says which of them are used, and where.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy.sparse import csr_matrix

from brainlearn.brian.learning.synapse_list import list_of_mask
from brainlearn.circuit.sheets import square_fields
from brainlearn.rules.updates import Adam

FORWARD, LEARNING = 300, 200  # copies
SIDE = 11
SHEETS = {
    "image 32 x 32 x 3 to 16 x 16 x 3": ((32, 32), (16, 16)),
    "16 x 16 x 3 to 16 x 16 x 3": ((16, 16), (16, 16)),
    "32 x 32 x 3 to 32 x 32 x 3": ((32, 32), (32, 32)),
}
PLANES = 3


def milliseconds(work: Callable[[], object], repetitions: int = 5) -> float:
    """Return the least time of this thread that `work` took, after one call that does not count."""
    work()
    times = []
    for _ in range(repetitions):
        began = time.thread_time()
        work()
        times.append(time.thread_time() - began)
    return 1e3 * min(times)


def measure(mask: np.ndarray) -> Iterator[tuple[str, float, float]]:
    """Yield what was done, and how long it took by the whole matrix and at the synapses alone."""
    rng = np.random.default_rng(0)
    weights = rng.normal(size=mask.shape).astype(np.float32) * mask
    values = rng.normal(size=(FORWARD, mask.shape[0])).astype(np.float32)
    a, b = (rng.normal(size=(LEARNING, units)).astype(np.float32) for units in mask.shape)
    change, synapses = a.T @ b, list_of_mask(mask)
    few, kept = synapses.take(change), synapses.take(weights)
    by_target = csr_matrix(weights.T)
    dense, sparse = Adam(), Adam()

    def forward_sparse() -> np.ndarray:
        by_target.data[:] = weights.T[mask.T]
        return np.ascontiguousarray((by_target @ np.ascontiguousarray(values.T)).T)

    yield "forward", milliseconds(lambda: values @ weights), milliseconds(forward_sparse)
    yield "products", milliseconds(lambda: a.T @ b), milliseconds(lambda: synapses.products(a, b))
    yield (
        "Adam",
        milliseconds(lambda: dense.change(change, weights, 1.0)),
        milliseconds(lambda: sparse.change(few, kept, 1.0)),
    )
    yield "mask", milliseconds(lambda: weights.__setitem__(~mask, 0)), milliseconds(lambda: synapses.put(weights, kept))


def main() -> None:
    """Measure all sheets and print a table."""
    for title, (source, target) in SHEETS.items():
        mask = np.tile(square_fields(source, target, SIDE), (PLANES, PLANES))
        print(f"{title}, fields of {SIDE} x {SIDE}: {100 * mask.mean():.0f} % of all pairs")
        for name, whole, few in measure(mask):
            print(f"  {name:10} whole matrix {whole:6.1f} ms   at the synapses {few:6.1f} ms", flush=True)


if __name__ == "__main__":
    main()
