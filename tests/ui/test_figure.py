"""The picture of both plots, in three formats."""

import re
import zlib
from xml.etree import ElementTree as ET

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QByteArray, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from mnist_studio.ui import theme
from mnist_studio.ui.experiments.overlay import Overlay
from mnist_studio.ui.figure import figure
from mnist_studio.ui.plots.graph import Graph

from .experiments.listed_runs import FakeLibrary, run
from .plots.fakes import recorded
from .windows import show_widget

SVG = "{http://www.w3.org/2000/svg}"
SUFFIXES = (".png", ".svg", ".pdf")
STEPS = 600
SPACING = 8


@pytest.fixture
def overlay(qtbot):
    """Both plots of one batch size with two seeds and of another with one."""
    rows = [run(1, batch_size=10, seed=1), run(2, batch_size=10, seed=2), run(3, batch_size=20)]
    library = FakeLibrary(*rows)
    falling = 2.3 / np.sqrt(np.arange(1, STEPS + 1))
    library.curves = {
        row.path: recorded(STEPS, losses=factor * falling, validation=factor / 20)
        for row, factor in zip(rows, (1.0, 1.5, 3.0), strict=True)
    }
    overlay = Overlay(library)
    show_widget(qtbot, overlay, 901, 301)
    overlay.show_rows(rows)
    for plot in overlay.plots:
        plot.turn.redraw()
    return overlay


@pytest.fixture
def image_of(overlay):
    """Make the figure in one format, and return its pixels as the window has them."""

    def make(suffix, *look):
        content = figure(overlay.plots, suffix, *look)
        image = QImage(overlay.size(), QImage.Format.Format_RGB32)
        painter = QPainter(image)
        area = QRectF(QPointF(0, 0), overlay.size())
        if suffix == ".svg":
            QSvgRenderer(QByteArray(content)).render(painter, area)
        else:
            painter.drawImage(area, QImage.fromData(content))
        painter.end()
        return pixels(image)

    return make


def pixels(image):
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return rows[:, :, 2::-1].astype(int)


def shows(part, color):
    """Return which pixels have a good part of this color over the surface."""
    surface, full = (np.array(each.toTuple()[:3]) for each in (theme.color("surface"), color))
    share = (part - surface) @ (full - surface) / np.sum((full - surface) ** 2)
    other = np.abs(part - surface - share[:, :, np.newaxis] * (full - surface)).max(axis=2)
    return (share > 0.45) & (other < 25)


def covered(one, other):
    """Return the share of the first's pixels beside which the second has one."""
    near = np.pad(other, 1)
    near = sum(np.roll(near, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1))
    return (one & (near[1:-1, 1:-1] > 0)).sum() / one.sum()


def graph_of(plot) -> Graph:
    return plot.findChild(Graph)


def paths_of(overlay):
    tree = ET.fromstring(figure(overlay.plots, ".svg"))
    (curves,) = [each for each in tree.iter(f"{SVG}g") if each.get("class") == "curves"]
    return tree, list(curves)


def points_of(path):
    """Return the corners of a line, shape (n, 2)."""
    return np.array([each.split() for each in path.get("d")[1:].split("L")], float)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_curves_are_where_the_window_has_them_and_end_at_the_axes(overlay, image_of, suffix):
    image, window = image_of(suffix), pixels(overlay.grab().toImage())
    plot = overlay.loss
    area = graph_of(plot).area()
    corner = graph_of(plot).viewport().mapTo(overlay, area.topLeft())
    inside = (
        slice(corner.y(), corner.y() + area.height()),
        slice(corner.x(), corner.x() + area.width()),
    )
    for each in overlay.runs:
        color = theme.color(each.token)
        drawn, expected = shows(image[inside], color), shows(window[inside], color)
        assert expected.sum() > 500
        assert min(covered(expected, drawn), covered(drawn, expected)) > 0.9
    strip = slice(corner.y() - 8, corner.y() - 1), inside[1]
    tokens = [each.token for each in overlay.runs]
    assert not any(shows(image[strip], theme.color(token)).any() for token in tokens)


def test_a_line_of_the_svg_goes_through_the_points_of_its_curve(overlay):
    plot = overlay.loss
    graph = graph_of(plot)
    curves = {
        theme.tint(paint.token, paint.share).name(): shape
        for _, shape, paint in graph.drawn()
        if paint.width == 2 and isinstance(shape, pg.PlotCurveItem)
    }
    _, paths = paths_of(overlay)
    lines = [path for path in paths if path.get("stroke-width") == "2"]
    found = {path.get("stroke"): points_of(path) for path in reversed(lines)}
    corner = graph.viewport().mapTo(plot, graph.viewport().rect().topLeft())
    assert set(found) == set(curves) != set()
    for color, shape in curves.items():
        x, y = shape.getData()
        assert len(x) - 2 <= len(found[color]) <= len(x)  # the first may lie above the axes
        for k in (3 - len(x), -len(x) // 2, -1):
            scene = graph.view_box.mapViewToScene(QPointF(x[k], y[k]))
            place = graph.viewportTransform().map(scene) + QPointF(corner)
            np.testing.assert_allclose(found[color][k], place.toTuple(), atol=0.01)


def test_the_svg_is_understood_by_simple_viewers(overlay):
    """Many ignore pens that keep their width, and clipping, and images are no drawing."""
    for plot in overlay.plots:  # as a user who has zoomed: curves run out at all sides
        (left, right), (low, high) = plot.graph.visible_range()
        plot.graph.moved_by_user.emit()
        width, height = (right - left) / 3, (high - low) / 3
        plot.graph.set_range((left + width, right - width), (low + height, high - height))
        plot.turn.redraw()
    tree, paths = paths_of(overlay)
    assert not [each for each in tree.iter() if "vector-effect" in each.attrib and each in paths]
    assert not list(tree.iter(f"{SVG}image"))
    assert not list(tree.iter(f"{SVG}clipPath"))
    areas = []
    for plot, side in ((overlay.loss, 0), (overlay.accuracy, overlay.loss.width() + SPACING)):
        corner = graph_of(plot).viewport().mapTo(plot, QPoint(side, 0))
        areas.append(QRectF(graph_of(plot).area().translated(corner)))
    for path in paths:
        places = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d")), float)
        inside = [
            (places >= (area.left() - 0.01, area.top() - 0.01)).all()
            and (places <= (area.right() + 0.01, area.bottom() + 0.01)).all()
            for area in areas
        ]
        assert any(inside)
    texts = {"".join(text.itertext()).strip() for text in tree.iter(f"{SVG}text")}
    assert {"LOSS", "ACCURACY", "training", "validation"} <= texts


def test_bands_of_seeds_and_the_losses_of_all_batches_are_filled(overlay):
    _, paths = paths_of(overlay)
    filled = [path.get("d") for path in paths if path.get("fill") != "none"]
    assert all(path.get("stroke") is None for path in paths if path.get("fill") != "none")
    dots = [path for path in filled if "C" in path]
    # Four arcs each; the six epochs' validation of two seeds' mean and of one run in each plot.
    assert [path.count("C") for path in dots].count(4 * 6) == 4
    outlines = [path.count("M") for path in filled if "C" not in path]
    assert outlines.count(1) == 2  # a band in each plot
    assert max(outlines) > 100  # extremes of the loss


def objects_of(pdf):
    """Return what a PDF says in plain words, and its unpacked streams."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    packed = [each for each in streams if each[:1] == b"x"]
    return re.sub(rb"stream.*?endstream", b"", pdf, flags=re.DOTALL), [
        zlib.decompressobj().decompress(each) for each in packed
    ]


def test_the_pdf_is_one_page_as_large_as_the_plots_with_their_fonts_and_no_pixels(overlay):
    words, streams = objects_of(figure(overlay.plots, ".pdf"))
    (box,) = re.findall(rb"/MediaBox \[([^\]]*)\]", words)
    width = sum(plot.width() for plot in overlay.plots) + SPACING
    points = np.array([width, overlay.loss.height()]) * 72 / overlay.logicalDpiX()
    np.testing.assert_allclose([float(each) for each in box.split()[2:]], points, atol=1)
    assert words.count(b"/Type /Page\n") == 1
    assert b"/Subtype /Image" not in words
    assert b"/FontFile" in words
    (page,) = [each for each in streams if b" re" in each or b" l\n" in each][:1]
    assert len(re.findall(rb" l$", page, re.MULTILINE)) > 500


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_window_is_as_it_was_afterwards(overlay, suffix):
    def state():
        graphs = overlay.findChildren(Graph)
        return (
            [button.isVisible() for button in overlay.findChildren(QAbstractButton)],
            [each.name for graph in graphs for each in graph.drawn()],
            [graph.cacheMode() for graph in graphs],
            pixels(overlay.grab().toImage()).tolist(),
        )

    before = state()
    assert any(before[0])
    figure(overlay.plots, suffix)
    assert state() == before


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda each: each.name)
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_it_has_the_colors_that_were_chosen_whatever_the_window_has(
    overlay, image_of, choice, look, qapp
):
    theme.choose(choice)
    try:
        for plot in overlay.plots:
            plot.turn.redraw()
        before = pixels(overlay.grab().toImage())
        for suffix in (".png", ".svg"):
            image = image_of(suffix, look)
            gap = image[:, overlay.loss.width() + SPACING // 2 : overlay.loss.width() + SPACING - 1]
            assert (gap == QColor(look.background).toTuple()[:3]).all()
            corner = graph_of(overlay.loss).viewport().mapTo(overlay, QPoint(3, 3))
            assert (image[corner.y(), corner.x()] == QColor(look.surface).toTuple()[:3]).all()
            texts = image[: corner.y(), : overlay.loss.width()].reshape(-1, 3)
            assert (np.abs(texts - QColor(look.dim).toTuple()[:3]).sum(axis=1) < 40).any()
        assert (pixels(overlay.grab().toImage()) == before).all()
        assert theme.current().name == choice
    finally:
        theme.choose("system")


def test_what_is_hidden_has_no_part_in_it(overlay):
    whole = len(paths_of(overlay)[1])
    legend = overlay.loss.run_legend
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(legend, left, none, legend.place_of(0).center())
    name = overlay.runs[0].label
    for plot in overlay.plots:
        plot.turn.redraw()
    tree, paths = paths_of(overlay)
    assert len(paths) < whole
    texts = {"".join(text.itertext()).strip() for text in tree.iter(f"{SVG}text")}
    assert name not in texts
    assert legend.hidden == {overlay.runs[0].key}
