"""Weighted sums over kernels that all places of a sheet share: the convolutions of PyTorch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor
from torch.nn import functional

from brainlearn.circuit.kernels import Kernels


class KernelSum:
    """The synapses of a convolution, of one that is transposed, or of pooling.

    Parameters
    ----------
    kernels : Kernels
    delay : int
        [time steps]

    Attributes
    ----------
    longest : int
        The delay of all synapses [time steps].
    """

    def __init__(self, kernels: Kernels, delay: int) -> None:
        self.shape, self.longest = kernels.shape, delay
        self._sheet, self._channels, self._windows = kernels.sheets[0], kernels.channels, kernels.windows
        self._apart, self._transposed = kernels.apart, kernels.transposed
        self._lines = kernels.windows.stride, kernels.windows.padding
        windows = kernels.windows
        sides = zip(windows.seen, windows.seeing, windows.kernel, windows.stride, windows.padding, strict=True)
        self._unseen = tuple(a - ((b - 1) * stride - 2 * pad + side) for a, b, side, stride, pad in sides)

    def sums(self, sent: Sequence[Tensor | None], weights: Tensor, believed: Tensor | None) -> Iterator[Tensor]:
        """Yield what arrives in this step, (copy, post); see `ListedSynapses.sums`."""
        arriving = sent[0]
        if arriving is None:
            return
        if believed is None:
            yield self._sum(arriving, weights)
            return
        back = self._sum(arriving, believed.detach())
        yield self._sum(arriving.detach(), weights) + (back - back.detach())

    sums_by_synapse = sums  # spikes of a unit release the same at all of its synapses

    def _sum(self, sent: Tensor, weights: Tensor) -> Tensor:
        sheets = sent.reshape(len(sent), self._channels[0], *self._sheet)
        if self._apart:
            total = weights.reshape(()) * self._pooled(sheets)
        elif self._transposed:
            total = functional.conv_transpose2d(sheets, weights, None, *self._lines, self._unseen)
        else:
            total = functional.conv2d(sheets, weights.swapaxes(0, 1), None, *self._lines)
        return total.reshape(len(sent), self.shape[1])

    def _pooled(self, sheets: Tensor) -> Tensor:
        """Return the sums over windows, channel by channel."""
        rows, columns = self._windows.padding
        sheets = functional.pad(sheets, (columns, columns, rows, rows))  # `avg_pool2d` pads by half a window at most
        return functional.avg_pool2d(sheets, self._windows.kernel, self._windows.stride, divisor_override=1)
