"""Which part of a plane a widget shows, and where in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...nn.arrays import FloatArray

_SLACK = 0.06  # of the picture at each edge, so that a moving dot seldom moves all
_TOO_SMALL = 0.6  # share of the picture below which it is enlarged
_LEAST = 1e-30


class Plane:
    """Turns places of a plane, to the right and up, into pixels, to the right and down.

    Attributes
    ----------
    size : QSize
        Of the widget.
    margin : int
        Pixels that are left free at each edge.
    """

    def __init__(self, margin: int) -> None:
        self.size = QSize(1, 1)
        self.margin = margin
        self._box = QRectF()

    def fit(self, places: FloatArray) -> None:
        """Show all of these, shape (n, 2); where others were shown, what is shown stays if it can.

        So dots move and not all of them, until one leaves the picture or it has become too large.
        """
        low, high = places.min(axis=0).tolist(), places.max(axis=0).tolist()
        wanted = QRectF(QPointF(*low), QPointF(*high))
        share = max(
            wanted.width() / max(self._box.width(), _LEAST),
            wanted.height() / max(self._box.height(), _LEAST),
        )
        if not self._box.contains(wanted) or share < _TOO_SMALL:
            x, y = _SLACK * wanted.width(), _SLACK * wanted.height()
            self._box = wanted.adjusted(-x, -y, x, y)

    def pixels(self, places: FloatArray) -> npt.NDArray[np.float32]:
        """Return where places are on the widget, shape (n, 2); a unit is as long in both ways."""
        import numpy as np

        room = self.size.width() - 2 * self.margin, self.size.height() - 2 * self.margin
        unit = max(
            min(
                room[0] / max(self._box.width(), _LEAST),
                room[1] / max(self._box.height(), _LEAST),
            ),
            _LEAST,
        )
        center = np.array([self._box.center().x(), self._box.center().y()], np.float32)
        middle = np.array([self.size.width() / 2, self.size.height() / 2], np.float32)
        placed: npt.NDArray[np.float32] = (places - center) * np.array([unit, -unit]) + middle
        return placed.astype(np.float32)
