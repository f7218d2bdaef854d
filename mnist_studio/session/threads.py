"""The one shape of a thread: an object lives in it and does one thing after another."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QThread, Signal, Slot

# Seconds after which a thread that computes in Python lets another one on. With Python's own
# 5 ms the window waits twice as long for its turn; the training is as fast either way.
SWITCH_INTERVAL = 0.0005


class Resident(QObject):
    """An object that lives in a thread of its own; its slots are called by queued signals only."""

    @Slot()
    def finish(self) -> None:
        """End the thread; what was asked for before has been done.

        Not to be overridden: PySide calls a slot that has a namesake in a base class in the
        emitter's thread.
        """
        self.close()
        self.thread().quit()

    def close(self) -> None:
        """Do what is left to do in the thread; nothing by default."""


class ResidentThread(QThread):
    """The thread of one resident, which is deleted when the thread ends.

    Parameters
    ----------
    name : str
        For debuggers and tests.
    resident : Resident
        Moves in; it has no parent.
    parent : QObject
        Whoever ends the thread at the latest.
    """

    _finish_requested = Signal()

    def __init__(self, name: str, resident: Resident, parent: QObject) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_INTERVAL)
        self.setObjectName(name)
        resident.moveToThread(self)
        self._finish_requested.connect(resident.finish)
        self.finished.connect(resident.deleteLater)

    def finish(self) -> None:
        """Let the resident do what was asked for, and wait for the end."""
        if self.isRunning():
            self._finish_requested.emit()
            self.wait()
