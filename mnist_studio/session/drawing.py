"""What is on the sketch pad, for all who look at what a network makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class Drawing(QObject):
    """The image that the network is asked about.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (28, 28), optional
        As the network gets it; None while the pad is empty.

    Signals
    -------
    changed()
        :attr:`pixels` are others.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.pixels: npt.NDArray[np.uint8] | None = None

    def show(self, pixels: npt.NDArray[np.uint8] | None) -> None:
        """Ask about another image."""
        self.pixels = pixels
        self.changed.emit()
