"""What a graph paints by itself."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from mnist_studio.ui import theme
from mnist_studio.ui.plots.graph import Graph, Paint, set_data

from ..windows import show_widget


@pytest.fixture
def graph(qtbot):
    graph = show_widget(qtbot, Graph(), 400, 300)
    graph.set_range((0.0, 1000.0), (0.0, 1e-3))  # a pixel is far wider than high
    return graph


def test_dots_are_round_and_as_large_as_wanted_whatever_the_scales(graph):
    set_data(graph.add_points("dots", Paint("accent"), 9), np.array([500.0]), np.array([5e-4]))
    image = graph.grab().toImage()
    colored = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(QPoint(x, y)) == theme.color("accent")
    ]
    area = graph.area()
    for places, middle in zip(zip(*colored, strict=True), area.center().toTuple(), strict=True):
        assert max(places) - min(places) + 1 == pytest.approx(theme.scaled(9), abs=2)
        assert (max(places) + min(places)) / 2 == pytest.approx(middle, abs=2)
    assert len(colored) < 0.85 * theme.scaled(9) ** 2  # a square would fill it


def test_what_has_no_data_any_more_is_not_seen(graph):
    dots = graph.add_points("dots", Paint("accent"))
    assert not graph.drawn()
    set_data(dots, np.array([500.0]), np.array([5e-4]))
    assert [each.name for each in graph.drawn()] == ["dots"]
    set_data(dots, np.empty(0), np.empty(0))
    assert not graph.drawn()
    assert not len(graph.shown_data()["dots"][0])
