"""What is painted over the dots of a projection."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from mnist_studio.ui.inside.landmarks import paint_names, paint_star

SIZE = QSize(200, 120)


@pytest.fixture
def canvas(qapp):
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    yield image, painter
    painter.end()


def written(image):
    """Return where it is darker than the canvas, as the light theme's text is."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(SIZE.height(), SIZE.width(), 4)
    return rows[..., 1] < 0x60


def test_a_name_is_around_its_place(canvas):
    image, painter = canvas
    paint_names(painter, {"8": QPointF(100, 60)})
    rows, columns = np.nonzero(written(image))
    assert abs(rows.mean() - 60) < 2
    assert abs(columns.mean() - 100) < 2


def test_of_names_in_one_place_each_can_be_read(canvas):
    image, painter = canvas
    alone = {}
    for name in ("Sandal", "Sneaker", "Bag"):
        image.fill(QColor("#808080"))
        paint_names(painter, {name: QPointF(100, 60)})
        alone[name] = int(written(image).sum())
    image.fill(QColor("#808080"))
    paint_names(painter, dict.fromkeys(alone, QPointF(100, 60)))
    # An edge may cover a little of the name above it.
    assert written(image).sum() >= 0.9 * sum(alone.values())


def test_a_name_without_room_is_left_out(canvas):
    image, painter = canvas
    names = [f"name {k}" for k in range(20)]
    paint_names(painter, dict.fromkeys(names, QPointF(100, 60)))
    rows = np.flatnonzero(written(image).any(axis=1))
    assert rows.min() > 15
    assert rows.max() < 105


@pytest.mark.parametrize("place", [QPointF(-50, 60), QPointF(1e6, 1e6)])
def test_a_star_outside_is_at_the_edge(canvas, place):
    image, painter = canvas
    paint_star(painter, place, SIZE, filled=True)
    assert written(image).sum() > 50
