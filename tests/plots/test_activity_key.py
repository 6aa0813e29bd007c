"""The key of the activity lies above every curve."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg

from brainlearn.plots.appearance import new_figure
from brainlearn.plots.unit_use import draw_activity
from brainlearn.results.tree import result_tree
from tests.results.small_run import make_record


def test_the_key_of_activity_hides_no_curve() -> None:
    figure = new_figure(5, 3.8)
    axes = figure.subplots()
    draw_activity(axes, result_tree(make_record()))
    FigureCanvasAgg(figure).draw()
    legend = axes.get_legend()
    assert legend is not None
    bottom = legend.get_window_extent().y0
    tops = [axes.transData.transform((0, max(line.get_ydata())))[1] for line in axes.lines if len(line.get_ydata())]  # type: ignore[type-var, arg-type]
    assert max(tops) < bottom
