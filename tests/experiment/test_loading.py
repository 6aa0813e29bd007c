"""An experiment file says what it says, and each mistake in it is named with its key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brainlearn import load_circuit
from brainlearn.circuit import wire
from brainlearn.circuit.schema import Constant, Normal
from brainlearn.experiment import load_experiment
from brainlearn.mistakes import UserError

ROOT = Path(__file__).parents[2]
DIGITS = ROOT / "experiments" / "01_forward_forward_digits" / "experiment.toml"
SHIPPED = sorted((ROOT / "experiments").glob("*/experiment.toml"))

TRACE = (('"forward_forward"', '"forward_forward_trace"'),)
POISSON = 'encoding = "poisson"\nlabel_strength'

MISTAKES: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {
    # replacements, the key that is named, a part of what is said
    "unknown key": ((("epochs = 2", "epochs = 2\nepoch = 3"),), "training.epoch", 'unknown key; found "epoch"'),
    "unknown table": ((("[training]", "[trainings]\n[training]"),), "trainings", "unknown key"),
    "missing key": ((("epochs = 2\n", ""),), "training.epochs", "the key is missing"),
    "unknown rule": ((('"forward_forward"', '"forward_foward"'),), "rule.name", 'no rule "forward_foward"'),
    "rule without goodness": (
        (('"forward_forward"\nparameters = { width = 0.002 }', '"pair_stdp"'),),
        "rule.name",
        "computes no goodness",
    ),
    "unknown dataset": ((('"digits"', '"digit"'),), "dataset.name", 'no dataset "digit"'),
    "unknown image": ((('image = "retina/image"', 'image = "retina/images"'),), "stimulus.image", "no population"),
    "unknown label": (
        (('image = "retina/image"', 'label = "retina/labels"'),),
        "stimulus.label",
        'no population "retina/labels"',
    ),
    "image that is no stimulus": (
        (('image = "retina/image"', 'image = "V1/E"'),),
        "stimulus.image",
        "allowed: retina/image, retina/label",
    ),
    "unknown population of a readout": (
        (("[negatives]", '[readout]\npopulations = ["V1/E", "V2/F"]\n[negatives]'),),
        "readout.populations[1]",
        'no population "V2/F"',
    ),
    "unknown population of the fast readout": (
        (("[negatives]", '[readout]\none_pass_populations = ["V3/E"]\n[negatives]'),),
        "readout.one_pass_populations[0]",
        'no population "V3/E"',
    ),
    "population without goodness": (
        (
            ("[negatives]", '[readout]\npopulations = ["V1/E"]\n[negatives]'),
            ("parameters", 'projections = ["V1/E->V2/E"]\nparameters'),
        ),
        "readout.populations[0]",
        'no projection onto it learns; found "V1/E"; allowed: V2/E',
    ),
    "unknown projection": (
        (("parameters", 'projections = ["V1/E->V2/E", "V1/E->V3/E"]\nparameters'),),
        "rule.projections[1]",
        'no projection "V1/E->V3/E"',
    ),
    "nothing learns": ((("parameters", "projections = []\nparameters"),), "rule.projections", "no projection learns"),
    "unknown update": ((('"adam"', '"adams"'),), "rule.updates[0].name", 'no update "adams"'),
    "unknown setting": ((("rate = 1e-4", "rates = 1e-4"),), "rule.updates[1].rates", 'no setting "rates"'),
    "setting that is no number": ((("rate = 1e-4", 'rate = "much"'),), "rule.updates[1].rate", "not a number"),
    "setting that is missing": (
        (('{ name = "decay", rate = 1e-4 }', '{ name = "dale_sign" }'),),
        "rule.updates[1].sign",
        "the setting is missing",
    ),
    "setting without sense": (
        (('{ name = "decay", rate = 1e-4 }', '{ name = "clip", low = 1.0, high = 0.0 }'),),
        "rule.updates[1]",
        "low (1) is above high (0)",
    ),
    "setting out of range": ((("size = 0.01", "mean = 1.0"),), "rule.updates[0]", "mean is 1; allowed: 0 or more"),
    "unknown parameter": (
        (("width = 0.002", "widht = 0.002"),),
        "rule.parameters.widht",
        'no parameter of forward_forward "widht"',
    ),
    "parameter with a unit too many": ((("width = 0.002", 'width = "2 ms"'),), "rule.parameters.width", "wrong unit"),
    "parameter without its unit": (
        (*TRACE, ("width = 0.002", "tau_trace = 10")),
        "rule.parameters.tau_trace",
        "wrong unit; found 10; allowed: as in 13 ms",
    ),
    "unknown size": ((('"V2/E" = 30', '"V3/E" = 30'),), '"V3/E"', 'no population "V3/E"'),
    "size of nothing": ((('"V2/E" = 30', '"V2/E" = 0'),), "sizes", "1 or more"),
    "weights of an unknown projection": (
        (("[negatives]", '[weights."V1/E->V3/E"]\ndistribution = "normal"\n[negatives]'),),
        'weights of "V1/E->V3/E"',
        'no projection "V1/E->V3/E"; found "V1/E->V3/E"; allowed: retina/image->V1/E,',
    ),
    "weights of an unknown distribution": (
        (("[negatives]", '[weights."V1/E->V2/E"]\ndistribution = "norml"\n[negatives]'),),
        'weights."V1/E->V2/E".distribution',
        'not one of the allowed words; found "norml"',
    ),
    "weights with a key of another distribution": (
        (("[negatives]", '[weights."V1/E->V2/E"]\ndistribution = "normal"\nscale = 2.0\n[negatives]'),),
        'weights."V1/E->V2/E".scale',
        "unknown key",
    ),
    "weights tied to a projection that does not lead back": (
        (("[negatives]", '[weights."V1/E->V2/E"]\ndistribution = "tied"\nto = "V1/E->V2/E"\n[negatives]'),),
        'weights of "V1/E->V2/E".to',
        "tied weights need a projection in the other direction",
    ),
    "duration of another unit": ((('"8 ms"', '"8 mV"'),), "phases[0].duration", "wrong unit"),
    "duration without unit": ((('"8 ms"', "8"),), "phases[0].duration", "missing unit"),
    "fraction of a step": ((('"8 ms"', '"8.5 ms"'),), "phases[0].duration", "does not fit the time step"),
    "no duration": ((('"8 ms"', '"0 ms"'),), "phases[0].duration", "does not fit the time step"),
    "negative duration": ((('"8 ms"', '"-8 ms"'),), "phases[0].duration", ""),
    "no phase to learn in": ((('"8 ms"', '"8 ms"\nlearn = false'),), "phases", "the rule applies in no phase"),
    "unknown word": ((('"hard"', '"tough"'),), "negatives.kind", "not one of the allowed words"),
    "too few copies": ((("copies = 120", "copies = 2"),), "", "training.copies is 2; 3 presentations of an item need"),
    "negative seed": ((("seed = 1", "seed = -1"),), "seed", "negative"),
    "no epochs": ((("epochs = 2", "epochs = 0"),), "training.epochs", "1 or more"),
    "half an epoch": ((("epochs = 2", "epochs = 1.5"),), "training.epochs", "a whole number"),
    "a share above one": ((('"hard"', '"hard"\nrandom_fraction = 1.5'),), "negatives.random_fraction", "1.0 or less"),
    "rates for currents": ((("label_strength", POISSON),), "stimulus.encoding", 'found "poisson"'),
    "a rate in seconds": (
        (("label_strength", 'maximum_rate = "100 ms"\nlabel_strength'),),
        "stimulus.maximum_rate",
        "wrong unit",
    ),
    "a negative rate": (
        (("label_strength", 'maximum_rate = "-1 Hz"\nlabel_strength'),),
        "stimulus.maximum_rate",
        "above 0 Hz",
    ),
    "unknown baseline": (
        (("[negatives]", "[baselines.backpropagation]\n[negatives]"),),
        "baselines.backpropagation",
        'unknown key; found "backpropagation"',
    ),
    "unknown population of a baseline": (
        (("[negatives]", '[baselines.backprop]\npopulations = ["V2/E", "V2/F"]\n[negatives]'),),
        "baselines.backprop.populations[1]",
        'no population "V2/F"',
    ),
    "stimulus read by a baseline": (
        (("[negatives]", '[baselines.backprop]\npopulations = ["retina/image"]\n[negatives]'),),
        "baselines.backprop.populations[0]",
        "allowed: V1/E, V2/E",
    ),
    "baseline without epochs to learn in": (
        (("[negatives]", "[baselines.checkpointing]\nepochs = 0\n[negatives]"),),
        "baselines.checkpointing.epochs",
        "1 or more",
    ),
    "unknown surrogate of a baseline": (
        (("[negatives]", '[baselines.backprop_through_time]\nsurrogate = "arctang"\n[negatives]'),),
        "baselines.backprop_through_time.surrogate",
        "not one of the allowed words",
    ),
    "alignment at no epoch": ((("[negatives]", "[alignment]\n[negatives]"),), "alignment.epochs", "the key is missing"),
    "alignment after the end": (
        (("[negatives]", "[alignment]\nepochs = [0, 2, 3]\n[negatives]"),),
        "alignment.epochs",
        "after the end of training; found 3; allowed: 0 to training.epochs = 2",
    ),
    "unknown loss of an alignment": (
        (("[negatives]", '[alignment]\nepochs = [0]\nlosses = ["contrasts"]\n[negatives]'),),
        "alignment.losses[0]",
        "not one of the allowed words",
    ),
    "alignment with a loss of targets": (
        (("[negatives]", '[alignment]\nepochs = [0]\nlosses = ["squared"]\n[negatives]'),),
        "alignment.losses[0]",
        "without [target] losses are of goodness",
    ),
    "alignment with no loss": (
        (("[negatives]", "[alignment]\nepochs = [0]\nlosses = []\n[negatives]"),),
        "alignment.losses",
        "",
    ),
    "a distance to targets that are not there": (
        (("[negatives]", '[baselines.backprop]\nloss = "squared"\n[negatives]'),),
        "baselines.backprop.loss",
        "the squared loss needs a [target]",
    ),
    "alignment of one presentation": (
        (("[negatives]", "[alignment]\nepochs = [0]\npresentations = 1\n[negatives]"),),
        "alignment.presentations",
        "2 or more",
    ),
    "alignment of a rule whose goodness is no function of the activity": (
        (
            ('"forward_forward"\nparameters = { width = 0.002 }', '"forward_forward_trace"'),
            ("[negatives]", "[alignment]\nepochs = [0]\n[negatives]"),
        ),
        "alignment",
        'changes by the rule "forward_forward_trace" cannot be compared with the gradient',
    ),
    "no circuit": ((("two_areas.toml", "two_area.toml"),), "two_area.toml", "no such file"),
}
TWICE = {"stimulus.encoding", "sizes"}  # of image and label; a size may be written in two ways


@pytest.mark.parametrize(("replace", "key", "text"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_its_key_and_no_other(small, replace, key, text):
    with pytest.raises(UserError) as raised:
        small(replace=replace)
    found = {str(mistake): mistake for mistake in raised.value.mistakes}
    named = [told for told in found if key in told and text in told]
    assert named, found.keys()
    assert len(found) == (2 if key in TWICE else 1), found.keys()
    assert all("experiment.toml" in told or "two_area" in told for told in found)


def test_all_mistakes_of_the_file_are_told_at_once(small):
    replace = (("seed = 1", "seed = -1"), ("epochs = 2", "epochs = 0"), ('"8 ms"', '"8 mV"'), ('"hard"', '"tough"'))
    with pytest.raises(UserError) as raised:
        small("dataset.sample=5", "training.copies", replace=replace)
    places = [mistake.where.rpartition(": ")[2] for mistake in raised.value.mistakes]
    assert sorted(places) == [
        "--set training.copies",
        "dataset.sample",
        "negatives.kind",
        "phases[0].duration",
        "seed",
        "training.epochs",
    ]


def test_all_mistakes_of_what_is_named_are_told_at_once(small):
    replace = (
        ('"forward_forward"', '"forward_foward"'),
        ('"digits"', '"digit"'),
        ('image = "retina/image"', 'image = "retina/images"'),
        ('"adam"', '"adams"'),
        ("rate = 1e-4", "rates = 1e-4"),
        ('"8 ms"', '"8.5 ms"'),
    )
    with pytest.raises(UserError) as raised:
        small(replace=replace)
    assert len(raised.value.mistakes) == len(replace)
    assert sum("Did you mean" in mistake.suggestion for mistake in raised.value.mistakes) == 5


def test_mistakes_of_the_circuit_are_mistakes_of_the_experiment(small, tmp_path):
    (tmp_path / "circuit.toml").write_text('name = "x"\ndt = "1 mV"\nfoo = 1\n', encoding="utf-8")
    with pytest.raises(UserError) as raised:
        small("circuit=circuit.toml")
    assert any("circuit.toml: foo" in str(mistake) for mistake in raised.value.mistakes)
    assert any("circuit.toml: dt" in str(mistake) for mistake in raised.value.mistakes)


GOOD = [
    ("training.epochs=5", lambda s: s.training.epochs, 5),
    ("training.copies = 90", lambda s: s.training.copies, 90),
    ("training.samples=100", lambda s: s.training.samples, 100),
    ("seed=7", lambda s: s.seed, 7),
    ("stimulus.rms=0.5", lambda s: s.stimulus.rms, 0.5),
    ("rule.name=forward_forward_running", lambda s: s.rule.name, "forward_forward_running"),
    ('negatives.kind="random"', lambda s: s.negatives.kind, "random"),
    ("rule.parameters.peer=0.2", lambda s: s.rule.parameters["peer"].value, 0.2),
    ("rule.parameters.peer=0.2", lambda s: s.rule.parameters["width"].value, 0.002),
    ('rule.updates=[{name="step", size=0.1}]', lambda s: s.rule.updates[0].name, "step"),
    ("rule.updates[0].size=0.2", lambda s: [c.name for c in s.rule.updates], ["adam", "decay"]),
    ("rule.updates[0].size=0.2", lambda s: s.rule.updates[0].model_dump()["size"], 0.2),
    ('phases[0].duration="6 ms"', lambda s: s.phases[0].duration.text, "6 ms"),
    ("readout.one_pass=false", lambda s: s.readout.one_pass, False),
    ("sizes.V1/E=20", lambda s: s.sizes["V1/E"], 20),
    ("about.question=a = b?", lambda s: s.about.question, "a = b?"),
    ('sizes."V1/E"=20', lambda s: s.sizes["V1/E"], 20),
    ("sizes . 'V1/E' = 20", lambda s: s.sizes["V1/E"], 20),
    (
        'weights."V1/E->V2/E"={distribution="constant", value=0.5}',
        lambda s: s.weights["V1/E->V2/E"],
        Constant(distribution="constant", value=0.5),
    ),
    (
        'weights.V1/E->V2/E={distribution="normal"}',
        lambda s: s.weights["V1/E->V2/E"],
        Normal(distribution="normal"),
    ),
]


@pytest.mark.parametrize(("change", "read", "value"), GOOD, ids=[change for change, *_ in GOOD])
def test_a_change_replaces_what_stands_in_the_file(small, change, read, value):
    assert read(small(change).settings) == value


BAD = [
    ("training.epochs", "--set training.epochs: not of the form key.path=value"),
    ("=5", "--set =5: not of the form key.path=value"),
    ("", "--set : not of the form key.path=value"),
    ("training.epoch=5", "training.epoch: unknown key"),
    ("training.epochs=many", "training.epochs: wrong kind of value"),
    ("training.epochs=2.5", "training.epochs: wrong kind of value"),
    ("training.epochs=", "training.epochs: wrong kind of value"),
    ("training.epochs=-3", "training.epochs: negative"),
    ("name.first=3", "--set name.first: no such key"),
    ("rule.updates.size=3", '--set rule.updates.size: no such element; found "size"'),
    ("training.=3", "--set training.: no such key"),
    ('training."epochs=3', "unknown key"),
    ('weights."V1/E->V2/E".sd=0.1', 'weights."V1/E->V2/E".distribution: the key is missing'),
    ('weights."V1/E->V2/E"=0.1', 'weights."V1/E->V2/E": wrong kind of value'),
    ("sizes.V9/E=20", 'no population "V9/E"'),
    (
        "rule.updates[7].size=0.1",
        '--set rule.updates[7].size: no such element; found [7]; allowed: [0] ("adam"), [1]',
    ),
    ("phases[1]=3", "--set phases[1]: no such element"),
    ("rule.update[0].size=1", '--set rule.update[0].size: no such key; found "update"; allowed: name,'),
    ("training[0]=3", "--set training[0]: no such key"),
    ("training.epochs[x]=3", 'training."epochs[x]": unknown key'),
]


@pytest.mark.parametrize(("change", "text"), BAD, ids=[change for change, _ in BAD])
def test_a_change_that_makes_no_sense_is_named_and_nothing_else(small, change, text):
    with pytest.raises(UserError) as raised:
        small(change)
    (mistake,) = raised.value.mistakes
    assert text in str(mistake)


def test_changes_may_be_a_mapping(tmp_path, small):
    small()
    experiment = load_experiment(tmp_path / "experiment.toml", {"training.epochs": 9, "stimulus.embed_label": True})
    assert (experiment.settings.training.epochs, experiment.settings.stimulus.embed_label) == (9, True)
    with pytest.raises(UserError, match="no population receives the label"):
        load_experiment(tmp_path / "experiment.toml", {"stimulus.label": None})


def test_what_learns_and_what_is_read_follow_from_the_file(small):
    experiment = small()
    assert experiment.learning == ("retina/image->V1/E", "retina/label->V1/E", "V1/E->V2/E")
    assert experiment.read_out == ("V1/E", "V2/E")
    experiment = small('rule.projections=["V1/E->V2/E"]')
    assert (experiment.learning, experiment.read_out) == (("V1/E->V2/E",), ("V2/E",))
    assert small('readout.populations=["V2/E"]').read_out == ("V2/E",)
    assert experiment.circuit.population("V1/E").size == 40
    assert experiment.circuit_text.startswith("# Two cortical areas")


def test_other_weights_are_those_that_are_drawn_and_stored(small, tmp_path):
    table = '[weights."V1/E->V2/E"]\ndistribution = "constant"\nvalue = 0.5\n[negatives]'
    experiment = small(replace=(("[negatives]", table),))
    plain = small()
    assert plain.circuit_text.startswith("# Two cortical areas")
    drawn, usual = wire(experiment.circuit, 1), wire(plain.circuit, 1)
    assert (drawn["V1/E->V2/E"].weights == 0.5).all()
    np.testing.assert_array_equal(drawn["retina/image->V1/E"].weights, usual["retina/image->V1/E"].weights)
    (tmp_path / "circuit.toml").write_text(experiment.circuit_text, encoding="utf-8")
    stored = load_circuit(tmp_path / "circuit.toml", experiment.settings.sizes)
    assert stored.projections == experiment.circuit.projections
    assert stored.populations == experiment.circuit.populations
    assert stored.projections != plain.circuit.projections


def test_a_change_of_one_value_keeps_the_rest_of_the_weights(small):
    table = '[weights."V1/E->V2/E"]\ndistribution = "normal"\nsd = 0.5\nper_input = true\n[negatives]'
    experiment = small('weights."V1/E->V2/E".sd=0.25', replace=(("[negatives]", table),))
    assert experiment.settings.weights["V1/E->V2/E"] == Normal(distribution="normal", sd=0.25, per_input=True)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_shipped_experiment_is_right_and_named_like_its_folder(path):
    assert load_experiment(path).settings.name == path.parent.name


def test_a_circuit_that_comes_with_brainlearn_is_named_without_a_path(tmp_path):
    text = DIGITS.read_text(encoding="utf-8").replace("../../circuits/two_areas.toml", "two_areas")
    (tmp_path / "experiment.toml").write_text(text, encoding="utf-8")
    experiment = load_experiment(tmp_path / "experiment.toml")
    assert experiment.circuit_text == (ROOT / "circuits" / "two_areas.toml").read_text(encoding="utf-8")


def test_a_file_beside_the_experiment_is_preferred_to_a_circuit_of_that_name(tmp_path):
    text = DIGITS.read_text(encoding="utf-8").replace("../../circuits/two_areas.toml", "two_areas")
    (tmp_path / "experiment.toml").write_text(text, encoding="utf-8")
    (tmp_path / "two_areas").write_text("no circuit", encoding="utf-8")
    with pytest.raises(UserError, match="two_areas"):
        load_experiment(tmp_path / "experiment.toml")
