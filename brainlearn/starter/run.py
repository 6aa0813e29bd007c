"""The experiment from Python, once with its own circuit and once with a smaller one: python run.py."""

import brainlearn

for units in (100, 25):
    changes = {"training.epochs": 2, "sizes.V1/E": units}
    experiment = brainlearn.load_experiment("experiment.toml", changes)
    result = brainlearn.run(experiment)  # folder="runs/mine" would keep it, with a report
    test = result["test"].ds
    error = 100 * float((test["prediction"] != test["label"]).mean())
    print(f"{experiment.circuit}: test error {error:.1f} %")
