"""PySide6 and Python must agree on who owns None.

Some versions of PySide6 give back a reference to None at every call that returns nothing. Before
Python 3.12, which made None immortal, the process then dies within seconds of drawing with
"deallocating None".
"""

import sys

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QLabel, QWidget

CALLS = 200


class Painted(QWidget):
    """A widget that draws something in its paint event."""

    def paintEvent(self, event):
        painter = QPainter(self)
        draw(painter)
        painter.end()


def draw(painter):
    painter.setFont(QFont())
    painter.setPen(QPen(QColor("black")))
    painter.drawLine(QPointF(0, 0), QPointF(9, 9))
    painter.drawText(QPointF(1, 9), "7")
    painter.fillRect(QRectF(0, 0, 3, 3), QColor("red"))


def lost_references(action) -> int:
    """Return by how much the count of references to None falls over many calls."""
    action()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        action()
    return before - sys.getrefcount(None)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_drawing_loses_no_reference_to_none(qtbot):
    image = QImage(20, 20, QImage.Format.Format_ARGB32)
    widget, label = Painted(), QLabel()
    for each in (widget, label):
        qtbot.addWidget(each)

    def draw_all():
        painter = QPainter(image)
        draw(painter)
        painter.end()
        label.setText("7")
        widget.update()
        widget.render(image)

    # Other code takes and returns a few at any time; a leak loses one a call or more.
    assert abs(lost_references(draw_all)) < CALLS / 2
