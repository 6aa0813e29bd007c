"""Stimuli: images and labels, positive and negative presentations, and what a population is set to."""

from __future__ import annotations

from brainlearn.stimuli.characters import next_characters
from brainlearn.stimuli.dataset import Dataset, Shape
from brainlearn.stimuli.datasets import DATASETS, DatasetSource, load_dataset
from brainlearn.stimuli.encodings import ENCODINGS, log_odds, poisson_rates, scale_rms, scale_rms_together
from brainlearn.stimuli.glyphs import GLYPHS, between, draw_glyphs
from brainlearn.stimuli.hybrid import hybrid_images
from brainlearn.stimuli.labels import embed_label, embed_values, neutral_label, one_hot
from brainlearn.stimuli.negatives import false_labels, hard_negatives, random_negatives
from brainlearn.stimuli.occlusion import occlude
from brainlearn.stimuli.own.choices import Choices
from brainlearn.stimuli.own.given import settle, write_dataset
from brainlearn.stimuli.own.loading import OwnData, load_own_data
from brainlearn.stimuli.shift import shift_images
from brainlearn.stimuli.split import Split, split_validation
from brainlearn.stimuli.turn import Turn
from brainlearn.stimuli.wrong_labels import with_wrong_labels

__all__ = [
    "DATASETS",
    "ENCODINGS",
    "Choices",
    "GLYPHS",
    "Dataset",
    "DatasetSource",
    "OwnData",
    "Shape",
    "Split",
    "Turn",
    "between",
    "draw_glyphs",
    "embed_label",
    "embed_values",
    "false_labels",
    "hard_negatives",
    "hybrid_images",
    "load_dataset",
    "load_own_data",
    "neutral_label",
    "log_odds",
    "next_characters",
    "occlude",
    "one_hot",
    "poisson_rates",
    "random_negatives",
    "scale_rms",
    "scale_rms_together",
    "settle",
    "shift_images",
    "split_validation",
    "with_wrong_labels",
    "write_dataset",
]
