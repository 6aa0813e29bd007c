"""Whatever is done to the files of a run, reading them ends in what was written or in a mistake that names the file."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from brainlearn.mistakes import UserError
from brainlearn.results.checkpoint import load_checkpoint, load_newest, save_checkpoint
from brainlearn.results.read_summary import read_summary
from brainlearn.results.run_folder import UNFINISHED, RunFolder, Unfinished
from brainlearn.results.seal import LENGTH
from brainlearn.results.store import load_result, save_result
from brainlearn.results.tree import result_tree
from brainlearn.saved_state import Arrays
from tests.results.mutations import mutated
from tests.results.small_run import make_record, write_run

ABOUT = {"origin": {"experiment": 'name = "é"'}, "number": float("nan"), "record": {"notes": ["a"]}}


def arrays(seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    return {
        "weights/V1/E->V2/E": rng.normal(size=(30, 20)).astype(np.float32),
        "mask": rng.random((3, 4)) < 0.5,
        "rng": np.array("a text"),
        "step": np.array(7),
        "nothing": np.empty(0, dtype=np.int32),
    }


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return save_checkpoint(tmp_path, ABOUT, arrays(1))


def refused(work: Callable[[], object], file: Path) -> bool:
    """Tell whether a mistake was found, which names the file, instead of the work being done."""
    try:
        work()
    except UserError as error:
        found = error.mistakes
    else:
        return False
    assert found
    for mistake in found:
        assert mistake.where.startswith(str(file))
        assert len(str(mistake)) < 3000
    return True


def assert_same(path: Path, *seeds: int) -> None:
    """Hold a checkpoint equal to one of those that were written, whole."""
    about, found = load_checkpoint(path)
    assert repr(about) == repr({"schema": 1, **ABOUT})
    assert list(found) == list(arrays(1))
    assert content_of(found) in [content_of(arrays(seed)) for seed in seeds or (1,)]


def content_of(found: Arrays) -> list[tuple[str, tuple[int, ...], bytes]]:
    return [(str(array.dtype), array.shape, array.tobytes()) for array in found.values()]


def fuzz_checkpoints(path: Path, other: bytes, seeds: range) -> int:
    content, number = path.read_bytes(), 0
    for seed in seeds:
        damaged = mutated(content, other, random.Random(seed))
        path.write_bytes(damaged)
        number += refused(lambda: assert_same(path, 1, 2), path)
    return number


def fuzz_results(folder: Path, seeds: range) -> int:
    path, other, number = folder / "result.nc", folder / "other.nc", 0
    record = make_record()
    save_result(result_tree(record), path)
    record.seed, record.circuit_text = 9, "# another circuit\n"
    save_result(result_tree(record), other)
    content, second = path.read_bytes(), other.read_bytes()
    for seed in seeds:
        path.write_bytes(mutated(content, second, random.Random(seed)))
        number += refused(lambda: load_result(path), path)
    return number


# ---- checkpoints ---------------------------------------------------------------------------------------------------


def test_a_checkpoint_comes_back_bit_for_bit(saved: Path) -> None:
    assert_same(saved)
    assert saved.name == "000001.npz"


def test_numpy_opens_a_checkpoint_without_a_pickle(saved: Path) -> None:
    with np.load(saved, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["weights/V1/E->V2/E"], arrays(1)["weights/V1/E->V2/E"])
        assert "origin" in str(file["about"])


def test_the_last_two_checkpoints_are_kept(tmp_path: Path) -> None:
    names = [save_checkpoint(tmp_path, ABOUT, arrays(k)).name for k in range(4)]
    assert names == [f"00000{k}.npz" for k in (1, 2, 3, 4)]
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == names[2:]


def test_no_damage_to_a_checkpoint_makes_a_traceback_or_passes(saved: Path, tmp_path: Path) -> None:
    other = save_checkpoint(tmp_path / "checkpoints", ABOUT, arrays(2)).read_bytes()
    assert fuzz_checkpoints(saved, other, range(200)) > 150


@pytest.mark.slow
def test_no_damage_of_two_thousand_to_a_checkpoint_makes_a_traceback_or_passes(saved: Path, tmp_path: Path) -> None:
    other = save_checkpoint(tmp_path / "checkpoints", ABOUT, arrays(2)).read_bytes()
    assert fuzz_checkpoints(saved, other, range(1000, 3000)) > 1500


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"hello", b"\x93NUMPY", b"\x80\x04]\x94."])
def test_a_foreign_file_is_named(saved: Path, content: bytes) -> None:
    saved.write_bytes(content)
    assert refused(lambda: load_checkpoint(saved), saved)


def test_a_pickle_is_not_opened(saved: Path, tmp_path: Path) -> None:
    class Executed:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "executed",))  # type: ignore[return-value]

    np.savez(saved, about=np.array("{}"), bad=np.array([Executed()], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match=r"cannot be read as a checkpoint; found Object arrays cannot be loaded"):
        load_checkpoint(saved)
    assert not (tmp_path / "executed").exists()


def test_a_bomb_is_not_unpacked(saved: Path) -> None:
    np.savez_compressed(saved, about=np.array("{}"), zeros=np.zeros(10_000_000))
    with pytest.raises(UserError, match="compressed, or longer than the file"):
        load_checkpoint(saved)


def test_another_schema_is_named(saved: Path, tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, {**ABOUT, "schema": 2}, arrays(1))
    with pytest.raises(UserError, match="a checkpoint of another schema; found 2; allowed: 1"):
        load_checkpoint(path)


def test_without_a_readable_checkpoint_all_are_named_and_stay(saved: Path, tmp_path: Path) -> None:
    second = save_checkpoint(tmp_path, ABOUT, arrays(1))
    for path in (saved, second):
        path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UserError, match="contains no readable checkpoint") as raised:
        load_newest(tmp_path)
    assert {str(saved), str(second)} < {mistake.where for mistake in raised.value.mistakes}
    assert saved.exists()
    assert second.exists()


# ---- the other files -----------------------------------------------------------------------------------------------


def test_no_damage_to_a_result_makes_a_traceback(tmp_path: Path) -> None:
    assert fuzz_results(tmp_path, range(60)) > 50


@pytest.mark.slow
def test_no_damage_of_two_thousand_to_a_result_makes_a_traceback(tmp_path: Path) -> None:
    assert fuzz_results(tmp_path, range(1000, 3000)) > 1900


def test_a_flipped_bit_of_a_result_is_noticed_and_a_file_without_a_checksum_is_read(tmp_path: Path) -> None:
    path = tmp_path / "result.nc"
    save_result(result_tree(make_record()), path)
    content = path.read_bytes()
    path.write_bytes(content[:-LENGTH])
    assert load_result(path).identical(result_tree(make_record()))
    for place in (100, len(content) // 2, len(content) - LENGTH - 1):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(UserError, match="its checksum does not match its content"):
            load_result(path)


@pytest.mark.parametrize(
    ("file", "read"),
    [(UNFINISHED, lambda path: RunFolder(path.parent).unfinished()), ("summary.json", read_summary)],
)
def test_no_damage_to_a_text_file_makes_a_traceback(tmp_path: Path, file: str, read: Callable[[Path], object]) -> None:
    write_run(tmp_path / "run", make_record())
    RunFolder(tmp_path / "run").mark_unfinished(Unfinished(None, ("backprop",)))
    path = tmp_path / "run" / file
    content = path.read_bytes()
    for seed in range(300):
        path.write_bytes(mutated(content, content[::-1], random.Random(seed)))
        refused(lambda: read(path), path)
