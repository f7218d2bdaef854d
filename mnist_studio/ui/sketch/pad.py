"""The canvas to draw a digit on, with mouse, pen or finger."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QInputDevice,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from .. import theme
from ..undo_history import UndoHistory
from .image import Picture, ink_on_paper
from .ink import Ink, Point, stroke_path
from .sketch import Sketch

PEN = 0.065
"""Width of the pen of 1.0 as a fraction of the side: MNIST's strokes beside a usual digit."""
RADIUS = 8
GHOST = tuple(
    zip(
        (0.34, 0.44, 0.57, 0.66, 0.65, 0.56, 0.46, 0.58, 0.68, 0.69, 0.60, 0.46, 0.34),
        (0.24, 0.16, 0.16, 0.24, 0.35, 0.42, 0.44, 0.45, 0.53, 0.65, 0.75, 0.77, 0.70),
        strict=True,
    )
)
"""A three that shows where to draw, and how large."""
GHOST_UNTIL = 3
"""Whoever has drawn so many strokes needs no invitation."""


class SketchPad(QWidget):
    """A square sheet that keeps what is drawn as vectors.

    Points are fractions of the side, so that a drawing survives another size of the pad. The pad
    works with the raw points that the mouse or the pen reports; only the ink on the screen is
    smoothed. A pen's pressure changes nothing, since the network only ever sees strokes of MNIST's
    thickness.

    Signals
    -------
    strokes_changed
        A point was added to the stroke being drawn.
    settled
        A stroke has ended, or the pad shows something else: undone, cleared, a picture.
    """

    strokes_changed = Signal()
    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sketchPad")
        self.setAccessibleName(self.tr("Sketch pad"))
        self.setAccessibleDescription(self.tr("Draw a digit with the mouse, a pen or a finger."))
        self.setToolTip(
            self.tr("Draw one digit, as large as you like. Ctrl+Z undoes, Delete clears.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        # Without tracking Qt drops the moves of scripts that do not say which button is held.
        self.setMouseTracking(True)
        self._history = UndoHistory(Sketch())
        self._stroke: list[Point] | None = None
        self._pen_down = False
        self._pen_used = False
        self._pen_width = 1.0
        self._by_hand = False
        self._drawn = 0
        self._ink = Ink()
        theme.notifier().changed.connect(self._redraw)

    # What is on the pad

    @property
    def strokes(self) -> list[list[Point]]:
        """Every stroke, the one being drawn included; (x, y) as fractions of the side."""
        finished = [list(stroke) for stroke in self._history.current.strokes]
        return finished if self._stroke is None else [*finished, list(self._stroke)]

    @property
    def picture(self) -> Picture | None:
        """The picture that is shown instead of strokes, if any."""
        return None if self._stroke is not None else self._history.current.picture

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a stroke nor a picture."""
        return self._stroke is None and self._history.current == Sketch()

    @property
    def pen_width(self) -> float:
        """Width of the pen; 1.0 is like MNIST's."""
        return self._pen_width

    def set_pen_width(self, width: float) -> None:
        """Draw all strokes with a pen of `width` times MNIST's."""
        if width != self._pen_width:
            self._pen_width = width
            self._redraw()
            self.settled.emit()

    # Commands

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._history.can_undo or self._stroke is not None

    def undo(self) -> None:
        """Take back the stroke being drawn or else the last change."""
        if self._stroke is None:
            self._history.undo()
        self._show_current()

    def redo(self) -> None:
        """Bring back what was undone last."""
        if self._stroke is None:
            self._history.redo()
            self._show_current()

    def clear(self) -> None:
        """Remove all strokes, or the picture; :meth:`undo` brings them back."""
        if self._history.current != Sketch():
            self._history.change(Sketch())
        self._show_current()

    def show_picture(self, picture: Picture) -> None:
        """Show a picture until the next stroke."""
        self._history.change(Sketch(picture=picture))
        self._show_current()

    def _show_current(self) -> None:
        self._stroke = None
        self._redraw()
        self.settled.emit()

    # Drawing

    def _begin(self, position: QPointF) -> None:
        if self._stroke is not None:  # its release got lost
            self._end()
        if not self._paper().contains(position):
            return
        self._stroke = [self._point(position)]
        self.update()
        self.strokes_changed.emit()

    def _extend(self, position: QPointF) -> None:
        if self._stroke is None:
            return
        self._stroke.append(self._point(position))
        origin = self._paper().topLeft()
        self.update(self._ink.extend(self._stroke).translated(origin).toAlignedRect())
        self.strokes_changed.emit()

    def _end(self, position: QPointF | None = None) -> None:
        if self._stroke is None:
            return
        if position is not None and self._point(position) != self._stroke[-1]:
            self._extend(position)
        self._ink.finish(self._stroke)
        self._history.change(self._history.current.with_stroke(tuple(self._stroke)))
        self._stroke = None
        self._drawn += 1
        self.settled.emit()

    def _paper(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    def _point(self, position: QPointF) -> Point:
        """Return a position on the widget as fractions of the side; off the sheet, at its edge."""
        paper = self._paper()
        x = (position.x() - paper.x()) / paper.width()
        y = (position.y() - paper.y()) / paper.height()
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    # Mouse, finger and pen

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() == Qt.MouseButton.LeftButton and not self._repeats_the_pen(event):
            self._by_hand = event.spontaneous()
            self._begin(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke as well: the second of two quick ones arrives as a double click."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lengthen the stroke."""
        if self._repeats_the_pen(event):
            return
        if self._by_hand and event.spontaneous() and event.buttons() == Qt.MouseButton.NoButton:
            self._end()  # a dialog that came up has swallowed the release
        self._extend(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if event.button() == Qt.MouseButton.LeftButton and not self._repeats_the_pen(event):
            self._end(event.position())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a pen's tip, at the pen's own precision."""
        event.accept()  # or Qt repeats it as a mouse event
        self._pen_used = True
        if event.type() == QEvent.Type.TabletPress:
            if event.button() == Qt.MouseButton.LeftButton:
                self._pen_down = True
                self._begin(event.position())
        elif event.type() == QEvent.Type.TabletMove and self._pen_down:
            self._extend(event.position())
        elif event.type() == QEvent.Type.TabletRelease and self._pen_down:
            self._pen_down = False
            self._end(event.position())

    def _repeats_the_pen(self, event: QMouseEvent) -> bool:
        """Whether a mouse event only repeats what the pen has already drawn.

        Some systems send mouse events beside those of the pen, also after its release. A finger's
        are synthesized too but are no echo, and a real mouse ends the pen's turn.
        """
        kind = event.device().type()
        if self._pen_down or kind == QInputDevice.DeviceType.Stylus:
            return True
        if event.source() == Qt.MouseEventSource.MouseEventNotSynthesized:
            self._pen_used = False
        return self._pen_used and kind != QInputDevice.DeviceType.TouchScreen

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo, redo and clear; every other key, Space above all, is left to the window."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            event.ignore()

    # Painting

    def sizeHint(self) -> QSize:
        """Return the size in the usual column."""
        return QSize(252, 252)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size that can be drawn on."""
        return QSize(120, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the same strokes at the new size."""
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew on a screen of another pixel density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._redraw()

    def _redraw(self) -> None:
        side = int(self._paper().width())
        if side < 1:
            return  # hidden before it was ever laid out
        self._ink.redraw(
            self.strokes,
            side=side,
            ratio=self.devicePixelRatioF(),
            color=theme.color("ink"),
            width=PEN * self._pen_width * side,
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet and what is on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paper = self._paper()
        sheet = paper.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("paper"))
        painter.drawRoundedRect(sheet, RADIUS, RADIUS)
        if self.picture is not None:
            self._paint_picture(painter, self.picture)
        elif self.is_empty:
            self._paint_invitation(painter, paper)
        else:
            painter.drawPixmap(paper.topLeft(), self._ink.pixmap)
            if self._stroke is not None:
                painter.save()
                painter.translate(paper.topLeft())
                self._ink.paint_tail(painter, self._stroke)
                painter.restore()
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(sheet, RADIUS, RADIUS)

    def _paint_invitation(self, painter: QPainter, paper: QRectF) -> None:
        """Ask for a digit, at first with a faint one in its place."""
        line = paper
        if self._drawn < GHOST_UNTIL:
            pen = QPen(theme.color("line"), PEN * paper.width())
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            path = stroke_path(GHOST, paper.width()).translated(paper.topLeft())
            painter.strokePath(path, pen)
            line = paper.adjusted(0, 0.82 * paper.height(), 0, 0)
        painter.setPen(theme.color("dim"))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.tr("Draw a digit"))

    def _paint_picture(self, painter: QPainter, picture: Picture) -> None:
        caption_height = painter.fontMetrics().height() + 8
        room = self._paper().adjusted(8, 8, -8, -8 - caption_height)
        image = picture.image
        if image is None:
            image = ink_on_paper(picture.pixels, theme.color("ink"), theme.color("paper"))
        size = image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(), size.toSizeF())
        place.moveCenter(room.center())
        # MNIST's pixels are meant to be seen as pixels; photographs are not.
        smooth = picture.image is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(place, image)
        line = QRectF(room.left(), room.bottom(), room.width(), caption_height)
        caption = painter.fontMetrics().elidedText(
            picture.caption, Qt.TextElideMode.ElideMiddle, int(line.width())
        )
        painter.setPen(theme.color("dim"))
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, caption)
