"""What an experiment file may contain, table by table."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from brainlearn.circuit.schema import MOST_STEPS, Finite, Name, Path, Sheet, Size, Table, Time, Weights
from brainlearn.experiment.answer_schema import CompletionTable, TargetTable, UnitClassesTable
from brainlearn.experiment.data_schema import DatasetTable, TaskTable
from brainlearn.experiment.environment_schema import EnvironmentTable
from brainlearn.experiment.rule_schema import RuleTable
from brainlearn.units import Quantity, parse_quantity_of

Positive = Annotated[Finite, Field(gt=0)]
Fraction = Annotated[Finite, Field(ge=0, le=1)]


def _rate(value: Any) -> Any:
    rate = value if isinstance(value, Quantity) else parse_quantity_of(value, "frequency")
    if rate.value <= 0:
        raise ValueError(f'"{rate.text}" is not above 0 Hz')
    return rate


Rate = Annotated[Quantity, BeforeValidator(_rate, json_schema_input_type=str)]


class About(Table):
    """Why the experiment exists; the evidence page is made from it."""

    question: str = Field("", description="what it asks")
    prediction: str = Field("", description="expectation before the first run")
    first_prediction: str = Field("", description="expectation before a result led to another prediction")
    claims: list[int] = Field([], description="numbers of the claims that it tests, as in docs/claims.toml")
    target_error_percent: Finite | None = Field(None, description="target for the test error [percent]")


class StimulusTable(Table):
    """How an item reaches the circuit."""

    image: Path = Field("retina/image", description="population that shows the image")
    label: Path | None = Field("retina/label", description="population that shows the label")
    embed_label: bool = Field(False, description="embed the label in the first pixels instead of using a population")
    label_strength: Positive = Field(1.0, description="value of the label's unit, with pixels from 0 to 1")
    encoding: Literal["constant_current", "poisson", "graded", "spikes", "log_odds"] = Field(
        "constant_current", description="encoding of values as input; docs/stimuli.md"
    )
    rms: Positive = Field(0.3, description="root mean square of image and label together (currents and graded)")
    centre: bool = Field(False, description="subtract its mean from every image first (currents and graded)")
    certainty: Positive = Field(20.0, description="log odds of a white pixel; minus these of a black one (log_odds)")
    maximum_rate: Rate = Field("100 Hz", validate_default=True, description="rate of a white pixel (poisson)")
    frame: Time | None = Field(
        None, description="duration of a frame of time-varying data, a multiple of the circuit's dt; default: dt"
    )
    shift: Annotated[int, Field(ge=0)] = Field(
        0, description="maximal random shift of training images in each direction, in pixels"
    )
    noise: Annotated[Finite, Field(ge=0)] = Field(
        0.0,
        description="standard deviation of the normal noise that each presentation of a training image gets, with "
        "pixels from 0 to 1 (currents and graded)",
    )


class PhaseTable(Table):
    """A stretch of every presentation."""

    name: Name = Field(description="free to choose")
    duration: Time = Field(description="a multiple of the circuit's dt")
    show: bool = Field(True, description="show the stimuli; false: a blank phase, in which they are 0 and frames pause")
    reset: bool = Field(True, description="start from the initial state")
    learn: bool | list[str] = Field(
        True, description="learn in this phase: all projections with a rule, none, or those named"
    )
    nudge: Finite = Field(0.0, description="strength of the nudge of outputs towards their targets")
    polarity: Literal[1, -1] = Field(
        1, description="factor of the polarity that rules read: -1 in sleep, where they unlearn what the circuit does"
    )
    remember: bool = Field(False, description="store activity at its end for comparison by rules in later phases")
    answer: bool | Annotated[list[Time], Field(min_length=2, max_length=2)] = Field(
        False,
        description='the answer is read at its end or, as in `["3 ms", "5 ms"]`, is the goodness summed over the '
        "steps from the first to the last of these times; a test ends with the last answer",
    )


class DriftTable(Table):
    """How the weights of one projection walk at random while the circuit learns."""

    per_epoch: Annotated[Finite, Field(gt=0, le=1.4)] = Field(
        description="root mean square change per epoch, in standard deviations of the initial weights"
    )


class NegativesTable(Table):
    """What negative presentations are."""

    kind: Literal["random", "hard", "by_goodness", "hybrid"] = Field(
        "hard",
        description="any false label; one that a softmax readout of the circuit, trained with labels, finds likely; of "
        "some false labels the one of the greatest goodness, without any readout; or a hybrid of two images, without "
        "labels",
    )
    candidates: Annotated[int, Field(ge=2)] = Field(
        2, description="false labels of each item, drawn at random, among which goodness chooses (by_goodness only)"
    )
    temperature: Positive = Field(1.0, description="above 1: more random (hard only)")
    random_fraction: Fraction = Field(
        0.0, description="fraction of random negatives among the chosen ones (hard and by_goodness)"
    )
    blurs: Annotated[int, Field(ge=0)] = Field(6, description="larger values give larger regions in hybrid images")


class TrainingTable(Table):
    """How long, and how many at once."""

    epochs: Annotated[int, Field(ge=1, le=100_000)] = Field(
        description="passes through the training items; with [[sequence]] through those of each task"
    )
    copies: Annotated[int, Field(ge=2, le=100_000)] = Field(300, description="presentations at once")
    samples: Annotated[int, Field(ge=1)] | None = Field(None, description="training items; default all")
    schedule: Literal["constant", "linear", "linear_half"] = Field(
        "linear_half", description="step size: constant, falling to 0, or falling to 0 over the second half"
    )
    engine: Literal["brian", "mirror"] = Field(
        "brian", description="simulator for learning by rules: Brian2, or the mirror in PyTorch"
    )
    device: str = Field("cpu", description="device of the mirror, as cpu or cuda")
    precision: Literal["float32", "float64"] = Field(
        "float32", description="floating-point precision of the simulation"
    )
    delivery: Literal["shared", "stock"] = Field("shared", description="SharedSynapses, or brian2.Synapses (slow)")
    save_minutes: Annotated[Finite, Field(ge=0)] = Field(
        10.0, description="maximal time between checkpoints within an epoch; 0: only between epochs"
    )


class ReadoutTable(Table):
    """How the answer is read."""

    populations: list[Path] | None = Field(
        None, description="populations whose goodness is summed; default: all that learn"
    )
    one_pass: bool = Field(True, description="also train and test the fast softmax readout on a neutral label")
    one_pass_populations: list[Path] | None = Field(None, description="populations that it reads; default: as above")
    one_pass_step_size: Positive = Field(0.001, description="step size of the softmax readout")
    short_list: Annotated[int, Field(ge=2)] | None = Field(
        None, description="test a third readout: goodness decides among this many likeliest labels of one pass"
    )
    validate_on: Annotated[int, Field(ge=1)] | None = Field(
        None, description="validation items per epoch; default: all"
    )
    validate_every: Annotated[int, Field(ge=1)] = Field(1, description="epochs between validations")
    test: bool = Field(
        True, description="test after training; false: validate only, and drop the test items when the data are read"
    )


class BaselineTable(Table):
    """One digital baseline: backpropagation through the mirror of the circuit."""

    epochs: Annotated[int, Field(ge=1, le=100_000)] | None = Field(None, description="default: training.epochs")
    copies: Annotated[int, Field(ge=1, le=100_000)] = Field(100, description="presentations in a step (minibatch)")
    step_size: Positive = Field(1e-3, description="step size of Adam")
    decay: Annotated[Finite, Field(ge=0)] = Field(0.0, description="weight decay per unit of step size (decoupled)")
    schedule: Literal["constant", "linear", "linear_half"] = Field("linear", description="as in [training]")
    populations: list[Path] | None = Field(
        None,
        description="populations that the linear readout reads; default: the highest that learn (without [target])",
    )
    loss: Literal["squared", "cross_entropy"] | None = Field(
        None, description="loss to minimise; default: with [target] squared, otherwise cross_entropy, the only one"
    )
    time_steps: Annotated[int, Field(ge=1, le=MOST_STEPS)] | None = Field(
        None,
        description="default: the phases (with [target] up to the answer), for `backprop` one step for each level",
    )
    surrogate: Literal["super_spike", "arctan", "triangular"] = Field(
        "super_spike", description="derivative of a spike in the backward pass"
    )
    slope: Positive | None = Field(None, description="slope of the surrogate; default: that of the surrogate")
    reset_gradient: bool = Field(False, description="pass gradients through the reset")
    recompute_every: Annotated[int, Field(ge=1)] | None = Field(
        None, description="store only every n-th step and recompute the others; default for `checkpointing`: 4"
    )
    device: str = Field("cpu", description="PyTorch device, as cpu or cuda")
    fixed: list[str] = Field([], description="projections that do not learn")
    beliefs: dict[str, Literal["drawn_anew", "as_drawn"]] = Field(
        {},
        description="projections, by name, whose errors are propagated back through weights other than the true ones",
    )


class BaselinesTable(Table):
    """Digital baselines of the same circuit, shown the same stimuli."""

    backprop_through_time: BaselineTable | None = Field(None, description="through the mirror of the unchanged circuit")
    checkpointing: BaselineTable | None = Field(
        None, description="the same with gradient checkpointing: less memory, more time"
    )
    backprop: BaselineTable | None = Field(None, description="through the graded twin: rates instead of spikes")

    def chosen(self) -> dict[str, BaselineTable]:
        """Return those that the file asks for, by name."""
        return {name: table for name in type(self).model_fields if (table := getattr(self, name)) is not None}


class AlignmentTable(Table):
    """When the rule's changes are compared with the gradient, and of which losses."""

    epochs: list[Annotated[int, Field(ge=0)]] = Field(description="epochs after which to measure; 0: before learning")
    losses: list[Literal["contrast", "every_area", "squared", "cross_entropy"]] | None = Field(
        None,
        min_length=1,
        description="losses to differentiate; default: contrast, with [target] squared; docs/alignment.md",
    )
    presentations: Annotated[int, Field(ge=2)] = Field(4096, description="maximal number to average")
    surrogate: Literal["super_spike", "arctan", "triangular"] = Field("super_spike", description="as in [baselines]")
    slope: Positive | None = Field(None, description="slope of the surrogate; default: that of the surrogate")

    def chosen(self, with_targets: bool) -> list[str]:
        """Return the losses that the file asks for, or the default for its kind of training."""
        return list(self.losses or (["squared"] if with_targets else ["contrast"]))


def _size(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class ExperimentFile(Table):
    """An experiment: a circuit, what it is shown, how it learns, and how it is tested."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=80)] = Field(description="its name")
    circuit: str = Field(
        description="path of the circuit file, from this file's folder, or the name of one that comes with brainlearn"
    )
    seed: Annotated[int, Field(ge=0, lt=2**32)] = Field(0, description="of every random number")
    about: About = Field(About(), description="question, prediction, claims")
    sizes: dict[str, Annotated[Size | Sheet, BeforeValidator(_size)]] = Field(
        {}, description="populations with a size or sheet different from the circuit file"
    )
    weights: dict[str, Weights] = Field(
        {}, description="projections, by name, with initial weights different from the circuit file; see below"
    )
    drift: dict[str, DriftTable] = Field(
        {}, description="projections, by name, whose weights drift randomly during learning; see below"
    )
    dropout: dict[str, Annotated[Finite, Field(ge=0, lt=1)]] = Field(
        {}, description="spiking populations, by path, with the fraction of their units off during learning; see below"
    )
    dataset: DatasetTable = Field(DatasetTable(), description="what is learned")
    sequence: list[TaskTable] = Field([], min_length=2, description="tasks to learn one after the other; see below")
    environment: EnvironmentTable | None = Field(
        None,
        description="environment in which the circuit acts, instead of a dataset: for rules that learn from reward",
    )
    stimulus: StimulusTable = Field(StimulusTable(), description="encoding of items")
    phases: list[PhaseTable] = Field(min_length=1, description="phases of a presentation")
    rule: RuleTable | None = Field(None, description="the learning rule")
    rules: list[RuleTable] = Field(
        [], min_length=1, description="or several rules, each with keys as in `rule` and its own `projections`"
    )
    target: TargetTable | None = Field(None, description="nudged outputs: for rules that compare two phases")
    unit_classes: UnitClassesTable | None = Field(
        None, description="classes of units after learning without labels: for rules without negatives"
    )
    completion: CompletionTable | None = Field(
        None, description="labels as a part of what is generated: for rules that learn in wake and sleep"
    )
    negatives: NegativesTable = Field(NegativesTable(), description="kind of negative presentations")
    training: TrainingTable = Field(description="duration, and number of parallel copies")
    readout: ReadoutTable = Field(ReadoutTable(), description="readout of the answer")
    baselines: BaselinesTable = Field(BaselinesTable(), description="backpropagation, for comparison")
    alignment: AlignmentTable | None = Field(None, description="angles between the rule's changes and the gradient")

    @property
    def rule_tables(self) -> dict[str, RuleTable]:
        """The rules by which the circuit learns, by the key at which each is: ``rule``, or ``rules[0]`` etc."""
        if self.rule is not None:
            return {"rule": self.rule}
        return {f"rules[{k}]": table for k, table in enumerate(self.rules)}

    @property
    def rule_name(self) -> str:
        """The name of the rule, or the names of all rules."""
        return " + ".join(table.name for table in self.rule_tables.values())

    @property
    def dataset_tables(self) -> dict[str, DatasetTable]:
        """What is learned, by the key at which it is; the first is that of the experiment as a whole."""
        own = {f"sequence[{k}].dataset": each.dataset for k, each in enumerate(self.sequence) if each.dataset}
        return own if own and len(own) == len(self.sequence) else {"dataset": self.dataset, **own}

    def epochs_of_tasks(self, baseline: BaselineTable | None = None) -> tuple[int, ...]:
        """Return the epochs of every task of the sequence, or those of the only one; a baseline may have its own."""
        own = None if baseline is None else baseline.epochs
        each = own or self.training.epochs
        return tuple(own or task.epochs or each for task in self.sequence) or (each,)

    @property
    def parts(self) -> int:
        """Presentations of an item that share the copies: positive, negative, candidates, neutral for a readout."""
        if not self.contrasts:
            return 1
        if not self.shows_labels:
            return 2
        candidates = self.negatives.candidates if self.negatives.kind == "by_goodness" else 0
        return 2 + candidates + (self.negatives.kind == "hard" or self.readout.one_pass)

    @property
    def contrasts(self) -> bool:
        """Whether positives are held against negatives, and goodness is the answer."""
        return not (self.target or self.unit_classes or self.completion or self.environment)

    @property
    def shows_labels(self) -> bool:
        """Whether the circuit sees labels: not with targets, and not where it learns from images alone."""
        return self.completion is not None or (self.contrasts and self.negatives.kind != "hybrid")
