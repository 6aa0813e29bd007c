"""For experiments that are more than a file: the parts of a run, figures, intervals, and files that are written whole.

Public, like everything that is importable from `brainlearn` itself. What a run does is in its parts here: `prepare` a
course, `run_epoch` after epoch, `run_test`, or all of it with `conduct`.
"""

from __future__ import annotations

from brainlearn.alignment.measure import measure_alignment
from brainlearn.environments import ENVIRONMENTS
from brainlearn.experiment.rule_loading import load_rule
from brainlearn.plots.alignment import alignment
from brainlearn.plots.appearance import new_figure, plain_axes, stroke
from brainlearn.plots.receptive_fields import receptive_fields
from brainlearn.plots.save import save_figure
from brainlearn.report.page import write_report
from brainlearn.report.runs import find_runs
from brainlearn.results.interval import mean_interval, values_and_means
from brainlearn.results.json_file import write_json
from brainlearn.results.netcdf import write_netcdf
from brainlearn.results.record import AlignmentRecord
from brainlearn.results.run_list import measure_missing, of_these
from brainlearn.results.whole_file import whole_file
from brainlearn.running.conduct import conduct, prepare
from brainlearn.running.preparation import load_data, versions
from brainlearn.scripting.recorded_script import (
    by_seed,
    labelled_dataset,
    record_runs,
    record_script,
    runs_options,
    script_options,
)
from brainlearn.simulating.learning import plasticities_of
from brainlearn.simulating.rules_file import rules_of_file
from brainlearn.tasks.answers import error_percent
from brainlearn.tasks.contrastive import Contrastive
from brainlearn.tasks.next_symbol import judged, talk
from brainlearn.tasks.softmax_readout import SoftmaxReadout
from brainlearn.training.course import Course
from brainlearn.training.epoch import run_epoch
from brainlearn.training.progress import Silent
from brainlearn.training.rule_learner import RuleLearner
from brainlearn.training.start import start_course
from brainlearn.training.testing import asking, run_test
from brainlearn.units import parse_quantity

__all__ = [
    "ENVIRONMENTS",
    "AlignmentRecord",
    "RuleLearner",
    "Contrastive",
    "Course",
    "Silent",
    "SoftmaxReadout",
    "alignment",
    "asking",
    "conduct",
    "error_percent",
    "find_runs",
    "load_data",
    "mean_interval",
    "load_rule",
    "judged",
    "measure_alignment",
    "measure_missing",
    "new_figure",
    "of_these",
    "parse_quantity",
    "plasticities_of",
    "plain_axes",
    "prepare",
    "receptive_fields",
    "by_seed",
    "labelled_dataset",
    "record_runs",
    "record_script",
    "rules_of_file",
    "runs_options",
    "run_epoch",
    "run_test",
    "save_figure",
    "script_options",
    "start_course",
    "stroke",
    "talk",
    "values_and_means",
    "versions",
    "whole_file",
    "write_json",
    "write_netcdf",
    "write_report",
]
