"""Whatever is done to a NIR file, reading it ends in a circuit or in a mistake that names the file."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import parse_circuit
from brainlearn.cli import main
from brainlearn.mistakes import UserError
from tests.interchange.test_exporting import HERE, tiny, weights_of
from tests.results.mutations import mutated

nir = pytest.importorskip("nir", reason='no NIR here: pip install ".[interchange]"')

from brainlearn.interchange import nir_file  # noqa: E402
from brainlearn.interchange.exporting import to_nir  # noqa: E402
from brainlearn.interchange.importing import from_nir  # noqa: E402

NUMBERS = (0.0, -1.0, float("nan"), float("inf"), 1e-9, 1e12, 1e300)
VALUES = (
    0, -1, 1e300, float("nan"), "x", b"\xff", "", "V1/E", "LIF", "CubaLIF", "Linear", "Input", "NIRGraph", "Delay",
    "subtract", "retina/image 0:5 values", np.zeros(0), np.zeros((2, 2)), np.ones(15), np.array(["a"], "S1"), 10**18,
)  # fmt: skip
PATIENCE = 5.0  # s; those that end do so in milliseconds


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("nir")
    loaded = tiny(folder), load_circuit(HERE / "circuits" / "one_area.toml")
    for circuit, reader in zip(loaded, ("norse", "snntorch"), strict=True):
        nir_file.write_nir(to_nir(circuit, weights_of(circuit), reader, subtract=True), folder / f"{circuit.name}.nir")
    return [folder / f"{circuit.name}.nir" for circuit in loaded]


def becomes_a_circuit(path: Path, rng: random.Random) -> bool:
    """Read a file; tell whether it became a circuit, if not, it was named."""
    dt, reader = rng.choice((None, 1e-3)), rng.choice((None, "norse", "continuous"))
    try:
        found = from_nir(nir_file.read_whole_nir(path), str(path), "weights.npz", dt, reader)
        _, mistakes = parse_circuit(found.data, str(path))
    except UserError as error:
        mistakes = list(error.mistakes)
    else:
        assert all(np.isfinite(each).all() for each in found.arrays.values())
    for mistake in mistakes:
        assert mistake.where.startswith(str(path))
        assert mistake.wrong
        assert len(str(mistake)) < 3000
    return not mistakes


# ---- bytes ---------------------------------------------------------------------------------------------------------


def ends_well(path: Path, seed: int) -> bool | None:
    """Read in a fork; None if it did not end by itself there, as HDF5 may."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = int(becomes_a_circuit(path, random.Random(seed)))
        finally:
            os._exit(code)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            if not os.WIFEXITED(status):
                return None
            assert os.WEXITSTATUS(status) in (0, 1), f"seed {seed}"
            return bool(os.WEXITSTATUS(status))
        time.sleep(0.001)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return None


def damage_bytes(files: list[Path], seeds: range, folder: Path) -> list[bool | None]:
    contents, path, found = [each.read_bytes() for each in files], folder / "damaged.nir", []
    for seed in seeds:
        one, other = contents if seed % 2 else contents[::-1]
        path.write_bytes(mutated(one, other, random.Random(seed)))
        found.append(ends_well(path, seed))
    return found


def test_no_damage_to_a_nir_file_makes_a_traceback(files: list[Path], tmp_path: Path) -> None:
    assert damage_bytes(files, range(25), tmp_path).count(False) > 15


@pytest.mark.slow
def test_no_damage_of_two_thousand_to_a_nir_file_makes_a_traceback(files: list[Path], tmp_path: Path) -> None:
    found = damage_bytes(files, range(1000, 3000), tmp_path)
    assert found.count(False) > 1400
    assert found.count(None) < 60  # which the next test is about


@pytest.mark.parametrize(
    ("program", "patience", "said"),
    [
        ("import time; time.sleep(60)", 1.0, "no end of reading within 1 s, as with damaged HDF5"),
        ("import os; os.abort()", 60.0, "a crash while reading (SIGABRT), as with damaged HDF5"),
        ("raise MemoryError('too large')", 60.0, "MemoryError: too large"),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_is_named(
    program: str,
    patience: float,
    said: str,
    files: list[Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nir_file, "READ", program)
    monkeypatch.setattr(nir_file, "PATIENCE", patience)
    assert main(["import", str(files[0]), "--output", str(tmp_path / "a.toml")]) == 2
    assert f"{files[0]}: cannot be read as NIR; found {said}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# ---- what the file says --------------------------------------------------------------------------------------------


def damage_content(path: Path, rng: random.Random) -> None:
    """Remove, replace or exchange what stands in a file, so that HDF5 still reads it."""
    with h5py.File(path, "r+") as file:
        names: list[str] = []
        file.visit(names.append)
        for _ in range(rng.randint(1, 2)):
            name = rng.choice(names)
            if name not in file:
                continue
            old = file[name]
            if isinstance(old, h5py.Group):
                if rng.random() < 0.2:
                    del file[name]
                continue
            new: Any = rng.choice(VALUES)
            if old.dtype.kind in "fi" and old.size and rng.random() < 0.7:
                new = with_other_numbers(np.array(old[()], dtype=float), rng)
            del file[name]
            if rng.random() < 0.8:
                file[name] = new


def with_other_numbers(array: np.ndarray, rng: random.Random) -> np.ndarray:
    if array.ndim == 0:
        return np.float64(rng.choice(NUMBERS))  # type: ignore[return-value]
    array[rng.choice((slice(None), rng.randrange(len(array))))] = rng.choice(NUMBERS)
    if rng.random() < 0.2:
        return array[:-1]
    return array[None] if rng.random() < 0.2 else array


def damage_contents(files: list[Path], seeds: range, folder: Path) -> int:
    number, path = 0, folder / "damaged.nir"
    for seed in seeds:
        rng = random.Random(seed)
        shutil.copy(rng.choice(files), path)
        damage_content(path, rng)
        number += not becomes_a_circuit(path, rng)
    return number


def test_no_nonsense_in_a_nir_file_makes_a_traceback(files: list[Path], tmp_path: Path) -> None:
    assert damage_contents(files, range(60), tmp_path) > 30


@pytest.mark.slow
def test_no_nonsense_of_two_thousand_in_a_nir_file_makes_a_traceback(files: list[Path], tmp_path: Path) -> None:
    assert damage_contents(files, range(1000, 3000), tmp_path) > 1000


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        ("node/nodes/V1_E/tau", np.zeros(15), "V1_E: time constants must be positive; found tau = 0 s"),
        (
            "node/nodes/V1_E/tau",
            np.full(15, np.nan),
            "V1_E: the sizes of populations must be finite; found others in tau",
        ),
        ("node/metadata/dt", -1.0, "the time step is not a time in seconds; found dt = -1"),
    ],
)
def test_numbers_that_mean_nothing_are_named(
    at: str, value: object, said: str, files: list[Path], tmp_path: Path
) -> None:
    path = Path(shutil.copy(files[0], tmp_path / "a.nir"))
    with h5py.File(path, "r+") as file:
        del file[at]
        file[at] = value
    with pytest.raises(UserError) as refusal:
        from_nir(nir_file.read_whole_nir(path), str(path), "weights.npz", None, None)
    assert said in str(refusal.value)
