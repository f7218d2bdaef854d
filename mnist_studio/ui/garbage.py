"""Python's garbage, collected in the window's thread."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_INTERVAL = 1000  # milliseconds between two looks


class GarbageCollector(QObject):
    """Takes over Python's own collection, which comes in whichever thread makes the next object.

    An object of Qt's must end in the thread it lives in. One that is garbage in a cycle would
    end in the training's thread, which crashes now and then.

    Parameters
    ----------
    parent : QObject
        For as long as this lives, in whose thread garbage is collected.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.keep()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    @Slot()
    def keep(self) -> None:
        """Take what is there now for what stays: to go through it again and again takes 30 ms."""
        gc.freeze()

    @Slot()
    def _collect(self) -> None:
        """Collect what Python would have collected by now."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return
