"""Plots as a picture for a paper or a slide: as they are shown, but for their buttons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractButton, QWidget

from ...training.files import replace_file
from .. import theme

_SCALE = 2  # of a picture made of pixels: sharp in print and on any screen
_SPACING = 8


def save_figure(widgets: list[QWidget], path: Path) -> None:
    """Write widgets side by side to `path`, as SVG or PNG by its suffix.

    Raises
    ------
    OSError
        If the file cannot be written; what was there stays.
    """
    content = _svg(widgets) if path.suffix.lower() == ".svg" else _png(widgets)
    replace_file(path, lambda file: file.write(content))


def _size(widgets: list[QWidget]) -> QSize:
    width = sum(widget.width() for widget in widgets) + _SPACING * (len(widgets) - 1)
    return QSize(width, max(widget.height() for widget in widgets))


def _png(widgets: list[QWidget]) -> bytes:
    image = QImage(_size(widgets) * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    image.fill(theme.color("background"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint(widgets, painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(content.data())


def _svg(widgets: list[QWidget]) -> bytes:
    size = _size(widgets)
    content = QByteArray()
    buffer = QBuffer(content)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setTitle("MNIST Studio")
    painter = QPainter(generator)
    painter.fillRect(QRect(QPoint(0, 0), size), theme.color("background"))
    _paint(widgets, painter)
    painter.end()
    return bytes(content.data())


def _paint(widgets: list[QWidget], painter: QPainter) -> None:
    left = 0
    for widget in widgets:
        buttons = [each for each in widget.findChildren(QAbstractButton) if each.isVisible()]
        for button in buttons:
            button.hide()
        try:
            painter.save()
            painter.translate(left, 0)
            widget.render(painter, QPoint(0, 0))
            painter.restore()
        finally:
            for button in buttons:
                button.show()
        left += widget.width() + _SPACING
