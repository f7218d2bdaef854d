"""Images as dots in a plane: to be hovered, hidden by class, and caught with a lasso."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import theme
from ..focus_frame import FocusFrame
from ..image_strip import NamedImage
from .dots import dots_image
from .landmarks import STAR, paint_image, paint_names, paint_star
from .plane import Plane

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...nn.arrays import FloatArray

_RADIUS, _LARGE_RADIUS = 2.2, 3.2  # pixels of a dot, and where there is room
_ROOMY = 600
_NEAR = 12  # pixels from a dot at which the pointer still means it
_SHORTEST = 24  # pixels of a loop; less is a click
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Cloud(NamedTuple):
    """Images in a plane.

    Attributes
    ----------
    places : ndarray of float32, shape (n, 2)
        To the right and up.
    labels, predicted : ndarray of int, shape (n,)
        Their classes, and what they are taken for.
    names : sequence of str
        Of the classes.
    """

    places: FloatArray
    labels: npt.NDArray[np.integer[Any]]
    predicted: npt.NDArray[np.integer[Any]]
    names: Sequence[str]


class ProjectionPlot(QWidget):
    """Paints a dot for each image, and what is at the pointer.

    Parameters
    ----------
    image_of : callable
        Returns the image of a row of the cloud, with what is said of it.

    Signals
    -------
    lassoed(object)
        The user drew a loop around these rows of the cloud, an array of int.
    image_activated(int)
        A dot was double clicked, or Enter was pressed on it: its row.
    """

    lassoed = Signal(object)
    image_activated = Signal(int)

    def __init__(
        self, image_of: Callable[[int], NamedImage], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("projectionPlot")
        self.setAccessibleName(self.tr("Images in the plane of two principal components"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusFrame(self)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._image_of = image_of
        self._cloud: Cloud | None = None
        self._message = ""
        self._hidden: frozenset[int] = frozenset()
        self._star: FloatArray | None = None
        self._other: FloatArray | None = None
        self._plane = Plane(STAR)
        self._picture = QImage()
        self._pointed = -1  # row under the pointer, or reached by the arrow keys
        self._pointer: QPointF | None = None
        self._loop = QPolygonF()
        self._look = theme.current()  # of the picture
        theme.notifier().changed.connect(self._paint_anew)

    @property
    def cloud(self) -> Cloud | None:
        """What is shown."""
        return self._cloud

    @property
    def message(self) -> str:
        """Why nothing is shown."""
        return self._message

    @property
    def pointed(self) -> int:
        """The row of the image that is looked at; -1 without one."""
        return self._pointed

    @property
    def star(self) -> FloatArray | None:
        """Where what is on the pad belongs, in the units of the cloud."""
        return self._star

    @property
    def other_star(self) -> FloatArray | None:
        """Where what it is being turned into belongs."""
        return self._other

    def show_cloud(self, cloud: Cloud | None, message: str = "") -> None:
        """Show these images, or a sentence on why there are none."""
        self._cloud, self._message = cloud, message
        if cloud is None or self._pointed >= len(cloud.labels):
            self._pointed = -1
        if cloud is not None:
            self._plane.fit(cloud.places)
        self._paint_anew()
        if self._pointer is not None and self._loop.isEmpty():
            self._point_at(self._pointer)  # what is under the pointer has moved

    def hide_classes(self, hidden: frozenset[int]) -> None:
        """Leave classes out."""
        self._hidden = hidden
        self._pointed = -1
        self._paint_anew()

    def show_stars(self, star: FloatArray | None, other: FloatArray | None) -> None:
        """Mark where what is on the pad belongs, and what it is being turned into."""
        self._star, self._other = star, other
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(420, 360)

    # --- geometry --------------------------------------------------------------------------

    def positions(self, places: FloatArray) -> npt.NDArray[np.float32]:
        """Return where places of the cloud, shape (n, 2), are on the widget."""
        self._plane.size = self.size()
        return self._plane.pixels(places)

    def _position(self, place: FloatArray) -> QPointF:
        x, y = self.positions(place[None])[0].tolist()
        return QPointF(x, y)

    def _shown(self) -> npt.NDArray[np.intp]:
        """Return the rows that are not hidden."""
        import numpy as np

        if self._cloud is None:
            return np.empty(0, np.intp)
        return np.flatnonzero(~np.isin(self._cloud.labels, list(self._hidden)))

    def _row_at(self, point: QPointF) -> int:
        import numpy as np

        rows = self._shown()
        if self._cloud is None or not len(rows):
            return -1
        distances = np.hypot(
            *(self.positions(self._cloud.places[rows]) - np.array([point.x(), point.y()])).T
        )
        nearest = int(distances.argmin())
        return int(rows[nearest]) if distances[nearest] <= theme.scaled(_NEAR) else -1

    # --- mouse and keys --------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a loop."""
        if event.button() == Qt.MouseButton.LeftButton and self._cloud is not None:
            self._loop = QPolygonF([event.position()])
            self._pointed = -1
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the loop further, or show the image under the pointer."""
        self._pointer = event.position()
        if self._loop.isEmpty():
            self._point_at(event.position())
        else:
            self._loop.append(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which images are inside of the loop."""
        loop, self._loop = self._loop, QPolygonF()
        if loop.isEmpty():
            return
        loop.append(event.position())
        self.update()
        if _length(loop) < _SHORTEST or self._cloud is None:
            return
        import numpy as np

        from ...insight.projection import enclosed

        rows = self._shown()
        outline = np.array([(point.x(), point.y()) for point in loop.toList()], np.float32)
        inside = rows[enclosed(self.positions(self._cloud.places[rows]), outline)]
        if len(inside):
            self.lassoed.emit(inside)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the image under the pointer to be put on the pad."""
        row = self._row_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.image_activated.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next image in a direction, or ask for this one to be put on the pad."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and self._cloud is not None:
            self._set_pointed(self._next(step))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pointed >= 0:
            self.image_activated.emit(self._pointed)
        else:
            super().keyPressEvent(event)

    def _next(self, step: tuple[int, int]) -> int:
        """Return the nearest row in a direction; from the middle if there is none yet."""
        import numpy as np

        rows = self._shown()
        assert self._cloud is not None
        if not len(rows):
            return -1
        positions = self.positions(self._cloud.places[rows])
        here = np.array([self.width() / 2, self.height() / 2], np.float32)
        if self._pointed >= 0:
            here = self.positions(self._cloud.places[self._pointed][np.newaxis])[0]
        way = positions - here
        ahead = way @ np.array(step, np.float32)
        aside = np.abs(way @ np.array(step[::-1], np.float32))
        distances = np.where((ahead > 0) & (aside <= ahead), ahead + aside, np.inf)
        nearest = int(distances.argmin())
        return int(rows[nearest]) if np.isfinite(distances[nearest]) else self._pointed

    def leaveEvent(self, event: QEvent) -> None:
        """Show no image any more."""
        super().leaveEvent(event)
        self._pointer = None
        self._set_pointed(-1)

    def _point_at(self, point: QPointF) -> None:
        self._set_pointed(self._row_at(point))

    def _set_pointed(self, row: int) -> None:
        if row != self._pointed:
            self._pointed = row
            self.setAccessibleDescription(self._image_of(row).tip if row >= 0 else "")
            self.update()

    # --- painting --------------------------------------------------------------------------

    def _paint_anew(self) -> None:
        self._picture = QImage()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint at the new size."""
        super().resizeEvent(event)
        self._picture = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dots, the star, the loop, and the image that is looked at."""
        painter = QPainter(self)
        if self._cloud is None:
            painter.setPen(theme.color("dim"))
            wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignCenter
            painter.drawText(self.rect().adjusted(24, 0, -24, 0), wrap, self._message)
            return
        if self._picture.isNull() or self._look is not theme.current():
            self._picture, self._look = self._draw(self._cloud), theme.current()
        painter.drawImage(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for star in (self._star, self._other):
            if star is not None:
                filled = star is self._star
                paint_star(painter, self._position(star), self.size(), filled=filled)
        if not self._loop.isEmpty():
            painter.setPen(QPen(theme.color("accent"), 1.5))
            painter.drawPolygon(self._loop)
        if self._pointed >= 0:
            place = self._position(self._cloud.places[self._pointed])
            paint_image(painter, place, self.size(), self._image_of(self._pointed))

    def _draw(self, cloud: Cloud) -> QImage:
        """Return all dots, and the names of their classes."""
        import numpy as np

        ratio = self.devicePixelRatioF()
        rows = self._shown()
        large = min(self.width(), self.height()) >= theme.scaled(_ROOMY)
        radius = ratio * theme.scale() * (_LARGE_RADIUS if large else _RADIUS)
        picture = dots_image(
            (round(ratio * self.width()), round(ratio * self.height())),
            np.float32(ratio) * self.positions(cloud.places[rows]),
            cloud.labels[rows].astype(np.uint8),
            cloud.labels[rows] != cloud.predicted[rows],
            radius,
        )
        picture.setDevicePixelRatio(ratio)
        self._write_names(picture, cloud)
        return picture

    def _write_names(self, picture: QImage, cloud: Cloud) -> None:
        """Write each class's name in its middle, so that no color has to be looked up."""
        import numpy as np

        shown = [k for k in range(len(cloud.names)) if k not in self._hidden]
        middles = {
            cloud.names[k]: self._position(np.median(cloud.places[cloud.labels == k], axis=0))
            for k in shown
            if (cloud.labels == k).any()
        }
        painter = QPainter(picture)
        painter.setFont(theme.number_font(weight=QFont.Weight.Bold))
        paint_names(painter, middles)
        painter.end()


def _length(loop: QPolygonF) -> float:
    return sum(
        math.hypot(after.x() - before.x(), after.y() - before.y())
        for before, after in itertools.pairwise(loop.toList())
    )
