"""`verify` returns what the command prints."""

from __future__ import annotations

import pytest

from brainlearn import load_circuit, verify
from brainlearn.cli import main
from tests.docs.markdown import ROOT

STARTER = ROOT / "brainlearn" / "starter" / "circuit.toml"


@pytest.mark.slow
@pytest.mark.parametrize(("strength", "code"), [("1.0", 0), ("0.001", 1)])
def test_the_object_says_what_the_command_prints(strength: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A stimulus that makes no unit spike leaves the spikes unverified."""
    found = verify(load_circuit(STARTER), steps=60, copies=2, strength=float(strength))
    assert found.holds == (code == 0)
    options = ["--duration", "60 ms", "--copies", "2", "--strength", strength]
    assert main(["verify", str(STARTER), *options]) == code
    assert " ".join(capsys.readouterr().out.split()).endswith(str(found))
    assert repr(found) == f"Verification(holds={found.holds}, steps=60, copies=2)"
