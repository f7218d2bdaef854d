"""The drawing shows what the network does with what is on the pad, and costs nothing unseen."""

import dataclasses
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from mnist_studio.insight import flow
from mnist_studio.nn.network import Network
from mnist_studio.session.run_in_view import RunInView, Snapshot
from mnist_studio.training.config import DataConfig, HiddenLayer, ModelConfig, RunConfig
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.figure import picture
from mnist_studio.ui.network_drawing import NetworkDrawing
from mnist_studio.ui.network_places import Block, Places

from .fakes import FakeSession


def show(session, *hidden, dataset="mnist"):
    """Put an untrained network with these hidden layers in view."""
    layers = tuple(HiddenLayer(*layer) for layer in hidden)
    config = RunConfig(DataConfig(dataset), ModelConfig(layers))
    rng = np.random.default_rng(5)
    network = Network.build(784, hidden, 10, "he", 0.0, rng, rng)
    session.run = RunInView(config, RunStatus.RUNNING, None, Snapshot(0, network))
    session.run_started.emit(session.run)


@pytest.fixture
def session(qapp):
    return FakeSession()


@pytest.fixture
def pad(session):
    return session.drawing


@pytest.fixture
def drawing(qtbot, session):
    theme.choose("dark")
    drawing = NetworkDrawing()
    qtbot.addWidget(drawing)
    drawing.watch(session)
    drawing.set_sizes((784, 100, 10))
    drawing.resize(400, 220)
    drawing.show()
    return drawing


@pytest.fixture
def seven():
    image = np.zeros((28, 28), np.uint8)
    image[6:8, 8:20] = 255
    image[8:22, 15:17] = 255
    return image


def paint(drawing):
    """Return the picture after everything that was told has been drawn."""
    drawing.update()
    QApplication.processEvents()
    return drawing.grab().toImage()


def places(drawing):
    paint(drawing)
    assert drawing._places is not None
    return drawing._places


def brightness(image, point):
    return QColor(image.pixel(point.toPoint())).lightness()


def test_without_a_run_the_structure_is_drawn(drawing):
    image = paint(drawing)
    assert drawing.flow is None
    colors = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert theme.color("line").rgb() in colors
    assert drawing.describe(places(drawing).unit(1, 16)) == "layer 1, unit 17 of 100"


def test_the_units_light_up_with_their_activations(drawing, session, pad, seven):
    show(session, (100, "relu"))
    pad.show(seven)
    image, found = paint(drawing), drawing.flow.activations
    hidden = found[1]
    where = places(drawing)
    lit, dark = where.unit(1, int(hidden.argmax())), where.unit(1, int(hidden.argmin()))
    assert brightness(image, lit) > brightness(image, dark) + 40
    assert f"{hidden.max():.2f}" in drawing.describe(lit)
    answer = int(found[2].argmax())
    assert drawing.flow.answer == answer
    assert drawing.describe(where.unit(2, answer)) == f"{answer}: {found[2].max() * 100:.1f} %"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_unit_that_gives_little_stands_out_from_one_that_gives_nothing(
    drawing, session, pad, seven, name
):
    theme.choose(name)
    show(session, (30, "relu"))
    pad.show(seven)
    image, hidden = paint(drawing), drawing.flow.activations[1]
    where, surface = places(drawing), theme.color("surface").lightness()
    faintest = int(np.where(hidden > hidden.max() / 14, hidden, np.inf).argmin())
    off = int(hidden.argmin())
    assert hidden[off] == 0 < hidden[faintest] < 0.4 * hidden.max()
    contrasts = [abs(brightness(image, where.unit(1, unit)) - surface) for unit in (off, faintest)]
    assert contrasts[1] > contrasts[0]


def test_what_is_on_the_pad_is_its_input(drawing, session, pad, seven):
    show(session, (100, "relu"))
    empty = paint(drawing)
    pad.show(seven)
    picture = places(drawing).picture.toRect()
    assert paint(drawing).copy(picture) != empty.copy(picture)


def test_the_drawing_follows_the_training(drawing, session, pad, seven):
    show(session, (100, "relu"))
    pad.show(seven)
    before = paint(drawing)
    network = session.run.network.copy()
    for parameter in network.parameters:
        parameter.value[:] *= -1
    session.run = dataclasses.replace(session.run, newest=Snapshot(1, network))
    session.network_changed.emit()
    assert paint(drawing) != before


def test_other_layers_in_the_form_are_structure_until_a_run_is_shown(drawing, session):
    show(session, (100, "relu"))
    paint(drawing)
    assert drawing.flow is not None
    drawing.set_sizes((784, 30, 20, 10))
    paint(drawing)
    assert drawing.flow is None
    assert len(places(drawing).blocks) == 3
    session.network_changed.emit()
    paint(drawing)
    assert drawing.flow is None
    drawing.set_sizes((784, 100, 10))
    paint(drawing)
    assert drawing.flow is not None
    show(session, (30, "relu"), (20, "relu"))
    paint(drawing)
    assert len(drawing.flow.activations) == 4


def test_the_run_in_view_is_drawn_though_the_form_holds_other_layers(drawing, session):
    show(session, (50, "tanh"), (20, "tanh"))
    drawing.set_sizes((784, 100, 10))  # told again, since another setting has changed
    assert len(places(drawing).blocks) == 3
    assert drawing.flow is not None


def test_the_classes_of_other_data_are_named(drawing, session, pad, seven):
    show(session, (100, "relu"), dataset="fashion-mnist")
    pad.show(seven)
    assert drawing.describe(places(drawing).unit(2, 7)).startswith("Sneaker: ")


def test_hidden_it_computes_nothing_and_shown_it_is_up_to_date(
    drawing, session, pad, seven, monkeypatch
):
    show(session, (100, "relu"))
    paint(drawing)
    asked = []
    original = flow.flow_through
    monkeypatch.setattr(flow, "flow_through", lambda *args: asked.append(1) or original(*args))
    drawing.hide()
    for _ in range(10):
        pad.show(seven)
        session.network_changed.emit()
        QApplication.processEvents()
    assert not asked
    drawing.show()
    paint(drawing)
    assert drawing.flow.answer is not None
    assert len(asked) == 1


def test_news_that_come_quickly_are_drawn_together(drawing, session, pad, seven, monkeypatch):
    show(session, (100, "relu"))
    paint(drawing)
    asked = []
    original = flow.flow_through
    monkeypatch.setattr(flow, "flow_through", lambda *args: asked.append(1) or original(*args))
    drawing._rest.start(60_000)
    for _ in range(10):
        pad.show(seven)
        QApplication.processEvents()
    assert not asked
    drawing._rest.stop()
    drawing._on_rested()
    QApplication.processEvents()
    assert len(asked) == 1


def test_a_click_tells_which_layer(drawing, session, qtbot):
    show(session, (100, "relu"), (30, "relu"))
    where = places(drawing)
    areas = [where.picture, *(block.area for block in where.blocks)]
    for layer, area in enumerate(areas):
        with qtbot.waitSignal(drawing.layer_clicked) as told:
            QTest.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=area.center().toPoint())
        assert told.args == [layer]
    told = []
    drawing.layer_clicked.connect(told.append)
    QTest.mouseClick(drawing, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not told


def told():
    """Return the cells of the table in the tooltip."""
    table = QToolTip.text().split("<table")[1]
    return [re.sub("<[^>]*>|&nbsp;", "", cell) for cell in re.findall("<td.*?</td>", table)]


def value_of(cell):
    return float(cell.replace("−", "-"))


def point_at(drawing, layer, unit):
    place = places(drawing).unit(layer, unit).toPoint()
    QTest.mouseMove(drawing, place - QPoint(1, 0))  # or a pointer that is there does not move
    QTest.mouseMove(drawing, place)


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_the_pointer_follows_a_units_terms_to_their_sum(drawing, session, pad, seven, layer):
    show(session, (30, "relu"), (20, "tanh"))
    pad.show(seven)
    plain = paint(drawing)
    point_at(drawing, layer, 6)
    linear = session.run.network.linear_layers[layer - 1]
    terms = drawing.flow.activations[layer - 1] * linear.weight.value[:, 6]
    cells = told()
    strongest = np.abs(terms).argmax()
    assert cells[2] == f"{terms[strongest]:+.3f}".replace("-", "−")
    total = terms.sum() + linear.bias.value[6]
    assert cells[-1] == f"{total:.3f}".replace("-", "−")
    assert sum(map(value_of, cells[2:-3:3])) == pytest.approx(total, abs=4e-3)
    assert paint(drawing) != plain
    QTest.mouseMove(drawing, QPoint(2, 2))
    assert paint(drawing) == plain


def test_the_numbers_under_the_pointer_follow_the_training(drawing, session, pad, seven, qtbot):
    show(session, (30, "relu"))
    pad.show(seven)
    point_at(drawing, 1, 6)
    before = told()
    network = session.run.network.copy()
    for parameter in network.parameters:
        parameter.value[:] *= -1
    session.run = dataclasses.replace(session.run, newest=Snapshot(1, network))
    session.network_changed.emit()
    qtbot.waitUntil(lambda: value_of(told()[-1]) == pytest.approx(-value_of(before[-1]), abs=1e-3))


def test_the_sum_goes_with_the_drawing_on_the_pad(drawing, session, pad, seven, qtbot):
    show(session, (30, "relu"))
    pad.show(seven)
    point_at(drawing, 1, 6)
    assert "<table" in QToolTip.text()
    pad.show(None)
    qtbot.waitUntil(lambda: "layer 1, unit 7 of 30" in drawing.toolTip())


def test_another_run_under_the_pointer_is_drawn(drawing, session, pad, seven):
    show(session, (30, "relu"), (30, "relu"))
    pad.show(seven)
    point_at(drawing, 2, 29)
    show(session, (4, "relu"))
    paint(drawing)
    assert len(drawing.flow.activations) == 3


def test_a_unit_that_is_marked_has_a_ring_as_long_as_it_is_there(drawing, session, pad, seven):
    show(session, (100, "relu"), (20, "relu"))
    pad.show(seven)
    before = paint(drawing)
    drawing.mark_unit(2, 7)
    marked = paint(drawing)
    middle = places(drawing).unit(2, 7).toPoint()
    around = QRect(middle - QPoint(12, 12), QSize(25, 25))
    assert marked.copy(around) != before.copy(around)
    drawing.mark_unit(2, 8)
    assert paint(drawing) != marked
    show(session, (100, "relu"), (5, "relu"))
    drawing.mark_unit(1, 100)
    assert not paint(drawing).isNull()


def test_without_a_drawing_there_is_no_sum(drawing, session):
    show(session, (30, "relu"))
    point_at(drawing, 1, 6)
    assert "layer 1, unit 7 of 30" in drawing.toolTip()


def test_another_theme_is_drawn_at_once(drawing, session):
    show(session, (100, "relu"))
    dark = paint(drawing)
    theme.choose("light")
    assert paint(drawing).pixel(1, 1) != dark.pixel(1, 1)


def test_a_picture_to_take_along_is_drawn_in_its_own_theme_and_sharpness(
    drawing, session, pad, seven
):
    theme.choose("dark")
    show(session, (12, "relu"))
    pad.show(seven)
    before = paint(drawing)
    light = picture([drawing], theme.LIGHT)
    assert light.pixelColor(3, 3) == QColor(theme.LIGHT.surface)
    ratio = round(light.devicePixelRatio())
    assert ratio > 1
    dot = drawing._places.blocks[-1].dots[4].toPoint() * ratio
    row = [light.pixel(x, dot.y()) for x in range(dot.x() - 20 * ratio, dot.x() + 20 * ratio)]
    # A picture that was merely enlarged would have every pixel so many times.
    assert any(len({*row[x : x + ratio]}) > 1 for x in range(0, len(row), ratio))
    assert paint(drawing) == before


@pytest.mark.parametrize("hidden", [[], [1], [2048] * 8, [16] * 32])
@pytest.mark.parametrize("size", [(200, 110), (900, 600)])
def test_any_network_can_be_drawn_at_any_size(drawing, session, pad, seven, hidden, size):
    drawing.resize(*size)
    show(session, *[(width, "relu") for width in hidden])
    pad.show(seven)
    assert not paint(drawing).isNull()
    assert drawing.flow is not None


hidden_sizes = st.lists(st.integers(1, 8192), max_size=12)


@settings(max_examples=40)
@given(hidden=hidden_sizes, width=st.integers(200, 900), height=st.integers(110, 600))
def test_every_dot_stands_within_the_drawing_and_tells_its_unit(hidden, width, height):
    room = QRectF(0, 0, width, height)
    found = Places.arrange((784, *hidden, 10), room, 20)
    for units, block in zip((*hidden, 10), found.blocks, strict=True):
        assert block.units == units
        for unit in {0, units // 2, units - 1}:
            place = block.unit(unit)
            assert -4 <= place.x() <= width + 4
            assert 0 <= place.y() <= height
            assert block.unit_at(place) == unit // block.together * block.together


@pytest.mark.parametrize(
    ("units", "width", "height", "rows"),
    [(40, 100, 300, 40), (12, 100, 110, 12), (40, 100, 110, 10), (40, 8, 110, 40)],
)
def test_few_units_stand_in_a_column_that_leaves_dots_to_be_seen(units, width, height, rows):
    block = Block.fill(units, QRectF(0, 0, width, height))
    assert (block.rows, block.together) == (rows, 1)
