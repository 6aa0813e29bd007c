"""What the training loop writes down while it runs: plain data, no files, no labels yet.

``brainlearn.results.tree`` turns a finished `RunRecord` into labelled arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from numpy.typing import NDArray

from brainlearn.results.cost_record import Footprint, StageCost
from brainlearn.results.episodes_record import EpisodesRecord, FilmRecord
from brainlearn.saved_state import Arrays


@dataclass(frozen=True)
class EpochRecord:
    """What one epoch of training measured.

    Parameters
    ----------
    epoch : int
        Number of the epoch, from 1.
    seconds : float
        Wall time of training in this epoch [s].
    presentations : int
        Presentations shown for learning in this epoch.
    validation_error_percent : float
        Error of the slow readout (every label's goodness) on the validation split [percent]; of values the mean
        squared error in percent of their variance; nan if not measured.
    one_pass_error_percent : float
        Error of the one-pass softmax readout on the validation split [percent]; nan if there is none.
    goodness_positive, goodness_negative : dict of str to float
        Mean goodness [1] per population, over positive and over negative presentations.
    activity : dict of str to float
        Spikes per unit and presentation, or the mean activity [1] of graded units, per population.
    silent_percent : dict of str to float
        Units that never were active in the epoch [percent], per population.
    saturated_percent : dict of str to float
        Units that were active in every step they could be [percent], per population.
    loss : float
        Mean training loss of the epoch [nat]; nan for rules that have none.
    validation_mean_squared_error : float
        Of values as targets, on the validation split [1]; nan if not measured.
    task : str
        Of a sequence: which was learned; empty without one.
    task_error_percent : dict of str to float
        Error on the test items of every task of the sequence [percent], if it was measured.
    episodes : EpisodesRecord
        Those that ended in the epoch, in an environment.
    cost : StageCost, optional
        Of all presentations of the epoch, without validation.
    """

    epoch: int
    seconds: float
    presentations: int
    validation_error_percent: float
    one_pass_error_percent: float = float("nan")
    goodness_positive: dict[str, float] = field(default_factory=dict)
    goodness_negative: dict[str, float] = field(default_factory=dict)
    activity: dict[str, float] = field(default_factory=dict)
    silent_percent: dict[str, float] = field(default_factory=dict)
    saturated_percent: dict[str, float] = field(default_factory=dict)
    loss: float = float("nan")
    validation_mean_squared_error: float = float("nan")
    task: str = ""
    task_error_percent: dict[str, float] = field(default_factory=dict)
    episodes: EpisodesRecord = field(default_factory=EpisodesRecord)
    cost: StageCost | None = None


@dataclass(frozen=True)
class TestRecord:
    """What the final test on held-out data gave: classes, or values.

    Parameters
    ----------
    label, prediction : (presentation,) array of int
        The true label, and the label with the greatest goodness or score.
    goodness : (presentation, label) array
        Goodness [1] of every presentation with every label; in the mirror the score that backpropagation has learned.
    one_pass : (presentation,) array of int, optional
        What the one-pass softmax readout answers; None if there is none.
    short_list : (presentation,) array of int, optional
        Which of the labels that one pass finds likeliest has the greatest goodness; None if that was not asked.
    of_subsets : dict of str to (presentation,) array of int
        What goodness answers if only some populations are read, by their names.
    shown : dict of str to int
        Presentations for one answer, by readout.
    seconds : dict of str to float
        Wall time of all answers [s], by readout.
    target, output : (presentation, step, unit) array, optional
        Values that outputs should take, and that they took; nan in steps that do not count.
    task : (presentation,) array of str, optional
        Of a sequence: to which task the item belongs.
    episodes : EpisodesRecord, optional
        In an environment, instead of answers.
    films : FilmRecord, optional
        Of a few of these episodes.
    cost : StageCost, optional
        Of all presentations of the test.
    """

    __test__: ClassVar[bool] = False  # pytest: not a test class

    label: NDArray[Any] | None = None
    prediction: NDArray[Any] | None = None
    goodness: NDArray[Any] | None = None
    one_pass: NDArray[Any] | None = None
    short_list: NDArray[Any] | None = None
    of_subsets: dict[str, NDArray[Any]] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    target: NDArray[Any] | None = None
    output: NDArray[Any] | None = None
    task: NDArray[Any] | None = None
    episodes: EpisodesRecord | None = None
    films: FilmRecord | None = None
    cost: StageCost | None = None


@dataclass(frozen=True)
class WeightRecord:
    """The weights of one projection before and after learning.

    Parameters
    ----------
    initial, final : (pre, post) or (synapse,) array
        Weights [1]; of kernels (pre_channel, post_channel, kernel_row, kernel_column).
    mask : (pre, post) array of bool or None
        Where synapses exist; None if all do, or they are listed.
    source, target : str
        Paths of the populations, as ``"V1/E"``.
    pathway : str
        ``"bottom_up"``, ``"top_down"`` or ``"lateral"``.
    source_sheet : (rows, columns), optional
        Positions of the source's units on a plane; receptive fields are drawn on it.
    pre, post : (synapse,) array of int, optional
        Units that synapses join, if they are listed.
    of_synapses : mapping of str to (synapse,) array
        What else synapses have of their own, by names of `brainlearn.results.schema.OF_SYNAPSES`.
    """

    initial: NDArray[Any]
    final: NDArray[Any]
    mask: NDArray[Any] | None
    source: str
    target: str
    pathway: str
    source_sheet: tuple[int, int] | None = None
    pre: NDArray[Any] | None = None
    post: NDArray[Any] | None = None
    of_synapses: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitRecord:
    """A constant, or an initial state, that differs between the units of a population.

    Parameters
    ----------
    values : (unit,) or (copy, unit) array
        In SI units; (unit,) if all copies have the same.
    units : str
        The SI unit.
    long_name : str
        What it is.
    """

    values: NDArray[Any]
    units: str
    long_name: str


@dataclass(frozen=True)
class SpikeRecord:
    """The spikes of one population in a few presentations after training.

    Parameters
    ----------
    time : (spike,) array
        From the onset of the presentation [ms], presentation after presentation.
    unit : (spike,) array of int
        Which unit spiked.
    row_size : (presentation,) array of int
        How many of the spikes belong to each presentation; -1 if it was not recorded.
    true_label, shown_label : (presentation,) array of int
        The label of the image, and the one that was shown with it; -1 if none was.
    size : int
        Units of the population.
    phases : dict of str to float
        When each phase ended [ms].
    """

    time: NDArray[Any]
    unit: NDArray[Any]
    row_size: NDArray[Any]
    true_label: NDArray[Any]
    shown_label: NDArray[Any]
    size: int
    phases: dict[str, float]


@dataclass(frozen=True)
class AlignmentRecord:
    """How a local rule's changes compare with the negative gradient of a loss, at one epoch.

    Parameters
    ----------
    epoch : int
        After how many epochs.
    loss : str
        Name of the loss.
    presentations : (averaging,) array of int
        How many presentations were averaged.
    angle, angle_shuffled, angle_gradient : dict of str to (averaging,) array
        By projection [degree]: between the mean change and the gradient of all presentations; the same with the
        change's postsynaptic units exchanged at random; and between the gradients of some and of all presentations.
    angle_limit : dict of str to float
        The angle [degree] that would remain if endlessly many presentations were averaged, as far as it can be told.
    null_angle : dict of str to float
        Angle [degree] above which 97.5 % of random directions lie.
    sign_agreement : dict of str to float
        Share of synapses whose change has the sign of the negative gradient [percent], all presentations.
    norm_ratio : dict of str to float
        Length of the change over that of the gradient [1], all presentations.
    """

    epoch: int
    loss: str
    presentations: NDArray[Any]
    angle: dict[str, NDArray[Any]]
    angle_shuffled: dict[str, NDArray[Any]]
    angle_gradient: dict[str, NDArray[Any]]
    angle_limit: dict[str, float]
    null_angle: dict[str, float]
    sign_agreement: dict[str, float]
    norm_ratio: dict[str, float]


@dataclass
class RunRecord:
    """One run, filled while it runs.

    Parameters
    ----------
    experiment, circuit, dataset, rule, engine : str
        Names; the engine is ``"brian"`` or ``"mirror"``, and the rule of a baseline is its name.
    seed : int
        Seed of every random number of the run.
    settings : str
        The experiment as run, as JSON text.
    circuit_text : str
        The circuit file as run.
    epochs : list of EpochRecord
    test : TestRecord or None
    weights : dict of str to WeightRecord
        By name of the projection.
    presentations : int
        Presentations shown for learning in the whole run.
    train_seconds : float
        Wall time of training [s].
    epoch_seconds : list of float
        Wall time of each epoch [s].
    versions : dict of str to str
        Of brainlearn, Python and the libraries that computed.
    started : str
        When the run began, in ISO 8601.
    dataset_sha256 : str
        Hash of all images and labels; empty if nothing was learned from data.
    class_names : tuple of str
        Of the dataset, if it has any.
    notes : list of str
        What a reader should know: dead units, an interruption.
    sizes : dict of str to int
        Units of every population that is no stimulus, by path.
    spiking : tuple of str
        Paths of those that spike.
    memory_before_mb, peak_memory_mb : float
        Peak memory of the process when everything was built, and when the run had ended [MB].
    spikes : dict of str to SpikeRecord
        Of a few presentations after training, by population.
    unit_values : dict of str to dict of str to UnitRecord
        By population and variable, where units differ.
    alignments : list of AlignmentRecord
    alignment_seconds : float
        Wall time of measuring them, which is no part of `train_seconds` [s].
    footprint : Footprint, optional
        What circuit and learning occupied after training.
    trained : dict of str to array
        What the circuit needs in order to answer; empty before the end of training, and if it cannot be saved.
    """

    experiment: str
    circuit: str
    dataset: str
    rule: str
    engine: str
    seed: int
    settings: str
    circuit_text: str
    epochs: list[EpochRecord] = field(default_factory=list)
    test: TestRecord | None = None
    weights: dict[str, WeightRecord] = field(default_factory=dict)
    presentations: int = 0
    train_seconds: float = 0.0
    epoch_seconds: list[float] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    started: str = ""
    dataset_sha256: str = ""
    class_names: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    spiking: tuple[str, ...] = ()
    memory_before_mb: float = float("nan")
    peak_memory_mb: float = float("nan")
    spikes: dict[str, SpikeRecord] = field(default_factory=dict)
    unit_values: dict[str, dict[str, UnitRecord]] = field(default_factory=dict)
    alignments: list[AlignmentRecord] = field(default_factory=list)
    alignment_seconds: float = 0.0
    footprint: Footprint | None = None
    trained: Arrays = field(default_factory=dict)
