"""Reading never waits: what is no regular file is refused by its kind, before anything is read."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from brainlearn.regular_file import (
    NotRegular,
    check_regular,
    is_regular,
    open_regular,
    read_bytes,
    read_text,
    what_is_there,
)
from tests.time_limit import within


def a_fifo(path: Path) -> None:
    os.mkfifo(path)


def a_link_to_a_fifo(path: Path) -> None:
    os.mkfifo(path.with_name("fifo"))
    path.symlink_to("fifo")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


KINDS = [
    (a_fifo, "a FIFO"),
    (a_link_to_a_fifo, "a FIFO"),
    (a_folder, "a folder"),
    (a_device, "a device"),
    (a_socket, "a socket"),
]


@pytest.mark.parametrize(("make", "kind"), KINDS)
@pytest.mark.parametrize("read", [open_regular, read_bytes, read_text, check_regular])
def test_what_is_no_file_is_refused_by_its_kind(
    tmp_path: Path, make: Callable[[Path], None], kind: str, read: Callable[[Path], object]
) -> None:
    path = tmp_path / "x"
    make(path)
    with within(5), pytest.raises(NotRegular, match=f"^{kind}, not a file$"):
        read(path)
    assert not is_regular(path)
    assert what_is_there(path) == kind


def test_a_loop_of_links_and_a_long_name_are_refused_by_the_system(tmp_path: Path) -> None:
    loop, long = tmp_path / "loop", tmp_path / ("x" * 300)
    loop.symlink_to("loop")
    for path, words in ((loop, "too many levels of symbolic links"), (long, "file name too long")):
        with pytest.raises(OSError, match="(?i)" + words):
            read_bytes(path)
        assert not is_regular(path)
        assert what_is_there(path) == words


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xc3\xa4\r\n\xff"[:4])
    assert is_regular(path)
    assert what_is_there(path) == "a file"
    assert what_is_there(tmp_path / "absent") == ""
    assert read_bytes(path) == b"\xc3\xa4\r\n"
    assert read_text(path) == "ä\n"
    with open_regular(path) as file:
        assert file.read(2) == b"\xc3\xa4"
    path.write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        read_text(path)
