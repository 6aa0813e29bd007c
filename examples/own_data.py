"""Write images of your own into an npz file, and let two spiking areas learn them by a local rule.

python examples/own_data.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from brainlearn import load_experiment, run
from brainlearn.stimuli import GLYPHS, draw_glyphs

EXPERIMENT = Path(__file__).parents[1] / "experiments/01_forward_forward_digits/experiment.toml"
LETTERS, EACH = "ABCDE", 120


def write_letters(path: Path) -> None:
    """Write images of letters, each at a place of its own and with noise, and which letters they are."""
    rng = np.random.default_rng(1)
    labels = rng.permutation(list(LETTERS) * EACH)
    images = draw_glyphs([GLYPHS[letter] for letter in labels], rng).reshape(-1, 9, 7)
    np.savez(path, images=np.round(255 * images).astype(np.uint8), labels=labels)


def main(folder: Path) -> None:
    """Write the file, learn it, and print how often the test is answered wrongly."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "letters.npz"
    write_letters(file)
    changes = {
        "dataset": {"file": str(file), "validation": 40},
        "sizes": {"retina/image": [9, 7], "retina/label": len(LETTERS), "V1/E": 100, "V2/E": 100},
        "readout.short_list": 2,
        "training.epochs": 30,
        "training.copies": 30,
        "baselines": {},
    }
    tree = run(load_experiment(EXPERIMENT, changes))
    test = tree["test"].ds
    wrong = 100 * float((test["prediction"] != test["true_label"]).mean())
    names = ", ".join(test["label_name"].values)
    print(f"{file}: {test.sizes['presentation']} test images of {names}, {wrong:.1f} % wrong")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/own_data"))
