"""Check that images can be shifted and joined as a file asks, and that its answers can be read."""

from __future__ import annotations

from collections.abc import Iterator

from brainlearn.circuit import Circuit
from brainlearn.circuit.validation import show
from brainlearn.experiment.schema import ExperimentFile
from brainlearn.mistakes import Mistake


def check_images(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that the image lies on a sheet, if it is to be shifted or joined with another."""
    shift, path = settings.stimulus.shift, settings.stimulus.image
    hybrid = settings.contrasts and settings.negatives.kind == "hybrid"
    if path not in [population.path for population in circuit.populations]:
        return
    sheet = circuit.population(path).sheet
    suggestion = f'Give it rows and columns: [sizes] "{path}" = [28, 28].'
    if shift and sheet is None:
        wrong = f'only an image on a sheet can be shifted, but "{path}" has no sheet'
        yield Mistake("stimulus.shift", wrong, show(shift), "0", suggestion)
    least = None if sheet is None else max(sheet) if 1 in sheet else min(sheet)  # a curve moves along its only row
    if least is not None and shift >= least:
        wrong = "nothing would be left of the image"
        yield Mistake("stimulus.shift", wrong, show(shift), f"less than {least}")
    if hybrid and sheet is None:
        wrong = f'only images on a sheet can be combined, but "{path}" has no sheet'
        yield Mistake("negatives.kind", wrong, show("hybrid"), "random, hard, by_goodness", suggestion)


def check_answers(settings: ExperimentFile, circuit: Circuit) -> Iterator[Mistake]:
    """Check that there is a readout which can propose the labels of a short list, or answer where no label is shown."""
    short, place = settings.readout.short_list, "readout.short_list"
    if short is not None and not (settings.shows_labels and settings.contrasts):
        why = "with hybrid negatives"
        if not settings.contrasts:
            tables = ("target", "unit_classes", "completion")
            why = next((f"with [{name}]" for name in tables if getattr(settings, name)), "with [environment]")
        yield Mistake(place, f"{why} no labels are tried", show(short), suggestion="Leave it out.")
    elif short is not None and not settings.readout.one_pass:
        wrong = "the one-pass readout proposes the labels, but it is disabled"
        yield Mistake(place, wrong, show(short), suggestion="Leave it out, or set one_pass = true.")
    if not settings.contrasts or settings.shows_labels:
        return
    if not settings.readout.one_pass:
        wrong = "with hybrid negatives, only the one-pass readout can answer"
        yield Mistake("readout.one_pass", wrong, "false", "true", "Leave it out.")
    if settings.alignment is not None:
        wrong = "angles to the gradient are not measured with hybrid negatives"
        yield Mistake("alignment", wrong, suggestion="Leave it out.")
