"""The experiment from Python, once with its own circuit and once with a smaller one: python run.py."""

import brainlearn

for units in (100, 25):
    experiment = brainlearn.load_experiment("experiment.toml", {"sizes.V1/E": units})
    result = brainlearn.run(experiment)  # folder="runs/mine" would keep it, with a report
    test = result["test"].ds
    error = 100 * float((test["prediction"] != test["true_label"]).mean())
    print(f"{experiment.circuit}: test error {error:.1f} %")
