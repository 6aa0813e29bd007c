"""The trained circuits of the package: each gives its recorded error, to the digit, on every engine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_trained
from brainlearn.cli import main
from brainlearn.cli.zoo import ENGINES, Engine
from brainlearn.mistakes import UserError
from brainlearn.zoo.card import CARD, FILES, read_card
from brainlearn.zoo.shipped import HOME, cards, names
from pages.zoo import FEW, LARGEST, MANY, PAGE, page
from pages.zoo import answers as answers_of_stock

DOCS = Path(__file__).parents[2] / "docs"
QUICK = "target_propagation_digits"
FROM_A_FOLDER = {"mnist", "cifar10"}


def entries() -> list[object]:
    """Every entry on every engine; those that need data are skipped where there are none."""
    found = []
    for card in cards():
        for engine in Engine:
            marks = [] if card.name == QUICK and engine is not Engine.STOCK else [pytest.mark.slow]
            if card.dataset in FROM_A_FOLDER and not os.environ.get("BRAINLEARN_DATA"):
                marks = [*marks, pytest.mark.skip(reason="BRAINLEARN_DATA names no folder")]
            found.append(pytest.param(card.name, engine, marks=marks))
    return found


@pytest.mark.parametrize(("name", "engine"), entries())
def test_the_recorded_error_is_reproduced(name: str, engine: Engine) -> None:
    card = read_card(HOME / name)
    if engine is Engine.STOCK and card.items > MANY:
        expected = load_trained(name).test()["prediction"].values[:FEW]
        np.testing.assert_array_equal(answers_of_stock(name, None, FEW), expected)
        return
    answers = load_trained(name, *ENGINES[engine]).test()
    wrong = int((answers["prediction"] != answers["true_label"]).sum())
    assert (wrong, answers.sizes["presentation"]) == (card.wrong, card.items)
    assert load_trained(name).recorded_error == card.test_error_percent == pytest.approx(100 * wrong / card.items)


@pytest.mark.parametrize("name", names())
def test_an_entry_is_small_and_says_where_it_comes_from(name: str) -> None:
    card = read_card(HOME / name)
    assert (HOME / name / "trained.npz").stat().st_size <= LARGEST
    assert sorted(path.name for path in (HOME / name).iterdir()) == sorted([*FILES, CARD])
    assert (DOCS.parent / "experiments" / card.experiment / "experiment.toml").is_file()
    assert (card.name, card.licence) == (name, "MIT")


def test_the_page_is_made_from_the_entries() -> None:
    assert (DOCS / PAGE).read_text(encoding="utf-8") == page()


def test_a_copy_is_tested_and_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    assert main(["zoo", "get", QUICK, str(copy)]) == 0
    assert main(["zoo", "test", str(copy)]) == 0
    card = read_card(copy)
    assert f"recorded {card.test_error_percent:.4f} %" in capsys.readouterr().out
    assert main(["zoo", "get", QUICK, str(copy)]) == 2
    assert "in use" in capsys.readouterr().err


def test_another_error_than_the_recorded_one_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "copy"
    assert main(["zoo", "get", QUICK, str(copy)]) == 0
    card = json.loads((copy / CARD).read_text())
    (copy / CARD).write_text(json.dumps({**card, "test_error_percent": 1.0}))
    assert main(["zoo", "test", str(copy)]) == 1
    assert "recorded 1.0000 %" in capsys.readouterr().out


def test_the_list_names_every_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["zoo", "list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in names())


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(
        UserError, match=r'found "target_propagation_digit"; .* Did you mean "target_propagation_digits"\?'
    ):
        load_trained("target_propagation_digit")


@pytest.mark.parametrize("file", FILES)
def test_a_file_with_another_hash_is_refused(tmp_path: Path, file: str) -> None:
    copy = tmp_path / "copy"
    assert main(["zoo", "get", QUICK, str(copy)]) == 0
    content = bytearray((copy / file).read_bytes())
    content[-5] ^= 1
    (copy / file).write_bytes(content)
    with pytest.raises(UserError, match=rf"{file}: damaged or changed; found SHA-256"):
        load_trained(copy)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2}', '{"schema": 1}'])
def test_a_damaged_card_is_refused(tmp_path: Path, text: str) -> None:
    copy = tmp_path / "copy"
    assert main(["zoo", "get", QUICK, str(copy)]) == 0
    (copy / CARD).write_text(text)
    with pytest.raises(UserError, match=r"card.json: cannot be read as the card"):
        load_trained(copy)


@pytest.mark.parametrize("name", [card.name for card in cards() if card.dataset == "mnist"][:1])
def test_data_that_are_missing_are_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAINLEARN_DATA", raising=False)
    with pytest.raises(UserError, match=r"train-images.*missing file"):
        load_trained(name, data=tmp_path).test()
