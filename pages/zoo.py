"""The zoo of trained circuits: entries from runs, and their page.

``python -m pages.zoo add RUN NAME [DATA]`` makes an entry of the package from the folder of a run. It answers the test
items again in many copies, with Brian2's own synapses and in the mirror, and refuses a run if any answer differs from
the recorded one. ``python -m pages.zoo`` prints the page; with a folder it writes ``zoo.md`` there.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from brainlearn.cli.zoo import ENGINES, Engine
from brainlearn.experiment.loading import load_experiment
from brainlearn.mistakes import Mistake, UserError
from brainlearn.report.markdown_table import markdown_table
from brainlearn.results.run_folder import RunFolder
from brainlearn.results.store import load_run
from brainlearn.running.preparation import load_data
from brainlearn.zoo import load_trained
from brainlearn.zoo.card import FILES, Card, file_sha256, write_card
from brainlearn.zoo.shipped import HOME, cards, kilobytes
from pages.deliver import deliver

PAGE = "zoo.md"
LARGEST = 5e6  # bytes
LICENCE = "MIT"
MANY, FEW = 1000, 200  # of more test items than MANY stock Brian2 answers for the first FEW
COPIES = 20  # of stock Brian2 then


def add(run: Path, name: str, home: Path = HOME, data: str | None = None) -> Path:
    """Make an entry of a run.

    Parameters
    ----------
    run : Path
        Folder of a run that has ended.
    name : str
        Of the entry.
    home : Path
        Where entries are.
    data : str, optional
        Folder of the datasets.

    Returns
    -------
    Path
        The folder of the entry.

    Raises
    ------
    UserError
        If the run was not tested, its file is too large, or answers differ from the recorded ones on any engine.
    """
    folder = RunFolder(run)
    tree = load_run(run)
    if "test" not in tree.children or "prediction" not in tree["test"]:
        raise UserError(Mistake(str(run), "not an entry: the run has no answers for test items"))
    if (size := folder.trained.stat().st_size) > LARGEST:
        raise UserError(Mistake(str(folder.trained), "too large", f"{size:,} bytes", f"{LARGEST:,.0f}"))
    test = tree["test"].to_dataset()
    for engine, (simulator, delivery) in ENGINES.items():
        few = engine is Engine.STOCK and test.sizes["presentation"] > MANY
        found = (
            answers(run, data, FEW) if few else load_trained(run, simulator, delivery, data).test()["prediction"].values
        )
        if unlike := int(np.sum(found != test["prediction"].values[: len(found)])):
            raise UserError(Mistake(str(run), f"not an entry: answers differ in {engine.value}", f"{unlike} answers"))
    there = home / name
    there.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        shutil.copyfile(run / file, there / file)
    wrong = int(np.sum(test["prediction"].values != test["true_label"].values))
    card = replace(_card(name, folder, tree.attrs), wrong=wrong, items=test.sizes["presentation"])
    write_card(replace(card, sha256={file: file_sha256(there / file) for file in FILES}), there)
    return there


def answers(what: str | Path, data: str | None, items: int) -> np.ndarray:
    """Return the answers for the first test items with Brian2's own synapses, in few copies: each has all synapses."""
    trained = load_trained(what, "brian", "stock", data, COPIES)
    dataset, _ = load_data(trained.experiment, data)
    return trained.answer(dataset.test_images[:items])


def _card(name: str, folder: RunFolder, attrs: dict[Any, Any]) -> Card:
    """Return the card of a run, still without hashes of files and counts of answers."""
    experiment, found = load_experiment(folder.experiment), folder.read_summary()
    return Card(
        name=name,
        question=experiment.settings.about.question,
        experiment=str(attrs["experiment"]),
        circuit=str(attrs["circuit"]),
        dataset=str(attrs["dataset"]),
        rule=str(attrs["rule"]),
        engine=str(attrs["engine"]),
        seed=int(attrs["seed"]),
        epochs=found["epochs"],
        test_error_percent=found["test_error_percent"],
        wrong=0,
        items=0,
        settings_sha256=attrs["experiment_sha256"],
        dataset_sha256=attrs["dataset_sha256"],
        versions=json.loads(attrs["versions"]),
        started=attrs["started"],
        licence=LICENCE,
        sha256={},
    )


HEAD = """\
# Trained circuits

<!-- Made by `python -m pages.zoo docs`; do not edit. -->

The zoo holds circuits that have learned. They are part of the package, so they need no network.

```console
brainlearn zoo list
brainlearn zoo get target_propagation_digits    # copies the experiment, the circuit file, the weights and the card
brainlearn zoo test target_propagation_digits   # tests it again, and compares its error with the recorded one
```

```python
from brainlearn import load_dataset, load_trained

trained = load_trained("target_propagation_digits")
print(trained.recorded_error, trained.test_error())  # percent, equal
digits = load_dataset("digits")
print(trained.answer(digits.test_images[:5]))  # the class of each image; your own images work too
print(trained.weights["V1/E->V2/E"].shape)  # (pre, post)
```

`load_trained` also takes the folder of any run of yours. `load_trained(NAME, engine="mirror")` answers with the
circuit's [mirror](mirror.md) in PyTorch, and `delivery="stock"` with Brian2's own `Synapses`, slowly;
`brainlearn zoo test` has the option `--engine copies|stock|mirror`. The answers are the same. `trained.test()` returns
all answers as an `xarray.Dataset`. Tests on MNIST need the [data folder](stimuli.md#folder): `data=` or `--data`.
`answer` needs no data."""

TAIL = """\
`wrong` counts wrong answers among the test items. Each error is that of one run, with the seed of the experiment; the
spread over seeds is in the [records of the experiments](evidence.md). `python -m pages.zoo add RUN NAME` makes an entry
of a run, only if all answers equal the recorded ones in copies, in stock Brian2 and in the mirror; of more than
1,000 test items stock Brian2 answers for the first 200, since there every copy has its own synapses.

## Files of an entry

"""

FILE_ROWS = (
    (
        "`experiment.toml`, `circuit.toml`",
        "the experiment and the circuit as run; `brainlearn run` trains them again",
    ),
    (
        "`trained.npz`",
        "what the circuit needs in order to answer: learned weights, readouts, states that units keep, random numbers. "
        "`numpy.load` opens it; it contains no pickles",
    ),
    (
        "`card.json`",
        "the table above, versions, hashes of experiment and data, and the SHA-256 of the other files, which "
        "`load_trained` checks",
    ),
)

LAST = """\
Every run of a rule leaves the same `trained.npz` in its folder ([results](results.md)). The weights are under the
[MIT licence](licence.md), as the package is."""


def page() -> str:
    """Return the page as Markdown."""
    rows = [
        (
            f"`{card.name}`",
            card.rules,
            card.dataset,
            f"{card.test_error_percent:.2f}",
            f"{card.wrong} of {card.items:,}",
            f"[{card.experiment[:2]}](../experiments/{card.experiment}/README.md)",
            str(card.seed),
            f"{kilobytes(card.name):,.0f}",
        )
        for card in cards()
    ]
    head = ("name", "rule", "dataset", "test error %", "wrong", "experiment", "seed", "kB")
    questions = [f"- `{card.name}`: {card.question}" for card in cards() if card.question]
    table = ["## What there is", "", *markdown_table(head, rows), "", *questions]
    files = markdown_table(("file", "what it holds"), FILE_ROWS)
    return "\n".join([HEAD, "", *table, "", TAIL.rstrip(), "", *files, "", LAST]) + "\n"


def main(arguments: list[str]) -> None:
    """Add an entry, or print or write the page."""
    if arguments[:1] == ["add"]:
        run, name, *data = arguments[1:]
        print(add(Path(run), name, data=data[0] if data else None))
    else:
        deliver(arguments, page(), {PAGE: page()})


if __name__ == "__main__":
    main(sys.argv[1:])
