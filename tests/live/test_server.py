"""The page is served on the loopback address alone, and nothing of a request reaches the file system."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from brainlearn import load_circuit
from brainlearn.cli import main, watch
from brainlearn.live.server import served
from brainlearn.live.state import drawing_of, state_of
from brainlearn.mistakes import UserError
from brainlearn.results.run_folder import RunFolder, Unfinished
from tests.experiment.tiny_runs import tiny

ROOT = Path(__file__).parents[2]
STATE = {"run": "<script>alert(1)</script>", "live": None}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(lambda: STATE) as address:
        yield urlsplit(address).port or 0


def ask(port: int, path: str, method: str = "GET", host: str | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    if host != "":
        connection.putheader("Host", host or f"127.0.0.1:{port}")
    connection.endheaders()
    return connection.getresponse()


def test_the_state_is_json(port: int) -> None:
    answer = ask(port, "/state.json")
    assert (answer.status, answer.getheader("Content-Type")) == (200, "application/json")
    assert json.loads(answer.read()) == STATE


def test_the_page_needs_nothing_from_elsewhere(port: int) -> None:
    answer = ask(port, "/", host=f"localhost:{port}")
    text = answer.read().decode()
    assert answer.status == 200
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}  # a name, not an address
    policy = answer.getheader("Content-Security-Policy") or ""
    nonces = set(re.findall(r"nonce=\"([^\"]+)\"", text))
    assert len(nonces) == 1
    assert f"script-src 'nonce-{nonces.pop()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "innerHTML" not in text


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/page.html", "/state.json?x=1", "//etc/passwd", "/%2e%2e/etc/passwd", "*"]
)
def test_other_paths_are_not_found(port: int, path: str) -> None:
    assert ask(port, path).status == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "localhost"])
def test_another_host_is_refused(port: int, host: str) -> None:
    assert ask(port, "/state.json", host=host).status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_other_methods_are_refused(port: int, method: str) -> None:
    assert ask(port, "/", method=method).status == 501


def test_it_listens_on_the_loopback_address_alone(port: int) -> None:
    others = {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)}
    for address in others - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
            socket.create_connection((address, port), timeout=2).close()


def test_a_port_in_use_is_a_mistake(port: int) -> None:
    with pytest.raises(UserError, match=rf"--port: cannot be opened; found {port}: "), served(dict, port):
        pass


def test_the_port_is_closed_afterwards() -> None:
    with served(dict) as address:
        number = urlsplit(address).port or 0
    with pytest.raises(ConnectionRefusedError):
        ask(number, "/")


def test_the_drawing_is_that_of_the_circuit() -> None:
    circuit = load_circuit(ROOT / "circuits" / "two_areas_top_down.toml")
    found = drawing_of(circuit)
    assert [each["path"] for each in found["populations"]] == [p.path for p in circuit.populations]
    assert [each["name"] for each in found["projections"]] == [p.name for p in circuit.projections]
    inside = {area["name"]: area for area in found["areas"]}
    for each in found["populations"]:
        area = inside[each["path"].split("/")[0]]
        assert area["x"] <= each["x"] <= each["x"] + each["width"] <= area["x"] + area["width"]


def test_the_command_serves_the_page_while_it_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny(tmp_path, "targets")
    run = RunFolder(tmp_path)
    run.mark_unfinished(Unfinished(None))
    run.write_live({"populations": {}, "projections": {}, "curve": [[1, 50.0]]})
    seen: list[dict[str, object]] = []

    def follow(*_: object) -> str:
        address = re.search(r"Page: http://127\.0\.0\.1:(\d+)/", capsys.readouterr().out)
        assert address is not None
        seen.append(json.loads(ask(int(address[1]), "/state.json").read()))
        return "it was stopped."

    monkeypatch.setattr(watch, "_follow", follow)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["watch", str(tmp_path), "--browser"]) == 1
    assert seen[0]["live"]["curve"] == [[1, 50.0]]  # type: ignore[index]
    assert (seen[0]["ended"], seen[0]["part"]) == (False, "")


def test_without_the_option_no_port_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny(tmp_path, "targets")
    RunFolder(tmp_path).mark_unfinished(Unfinished(None))
    monkeypatch.setattr(watch, "page_of", None)
    monkeypatch.setattr(watch, "_follow", lambda *_: "it was stopped.")
    assert main(["watch", str(tmp_path)]) == 1


def test_a_damaged_view_is_left_out(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.mark_unfinished(Unfinished(None))
    (tmp_path / "live.json").write_text("{", encoding="utf-8")
    assert state_of(run, run, {})["live"] is None
