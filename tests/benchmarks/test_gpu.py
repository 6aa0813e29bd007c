"""The benchmark for GPUs, on a processor."""

from __future__ import annotations

import re

import pytest

from benchmarks import gpu


def test_without_a_gpu_it_says_so_and_measures_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gpu, "devices", lambda: ["cpu"])
    monkeypatch.delattr(gpu, "size")
    assert gpu.main([]) == 0
    assert capsys.readouterr().out == "No cuda here, only cpu: nothing was measured.\n"


def test_it_grows_until_memory_ends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def size(units: int, device: str) -> tuple[float, float | None]:
        if units > 200:
            raise MemoryError
        return measured(units, device)

    measured = gpu.size
    monkeypatch.setattr(gpu, "STEPS", 3)
    monkeypatch.setattr(gpu, "size", size)
    assert gpu.main(["--device", "cpu", "--sizes", "150", "300", "400"]) == 0
    first, grown, end = capsys.readouterr().out.splitlines()
    assert first.startswith("device cpu, PyTorch")
    assert re.fullmatch(r" +150 units, +15,000 synapses: \d+\.\d\d ms a step", grown)
    assert end.strip() == "300 units: memory ends"
