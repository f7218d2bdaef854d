"""A piece of work beside the window, with progress and a way to call it off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal

from ..cancel import Cancelled, Progress, WorkCancelled
from ..errors import StudioError, reason_of

logger = logging.getLogger(__name__)
Work = Callable[[Progress, Cancelled], object]


class Task(QThread):
    """Does one thing in a thread of its own.

    Parameters
    ----------
    work : callable
        Given a function to tell its progress (done, total) and one that says whether it was
        cancelled; both may be called often. It touches no widget.
    parent : QObject
        Whoever shuts it down at the latest.

    Signals
    -------
    progressed(int, int)
        What is done, and how much there is.
    succeeded(object)
        What the work returned.
    failed(str)
        A sentence; nothing follows a cancellation but Qt's own ``finished``.
    """

    progressed = Signal(int, int)
    succeeded = Signal(object)
    failed = Signal(str)

    def __init__(self, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._cancelled = threading.Event()
        self.setObjectName("task")

    def cancel(self) -> None:
        """Ask the work to end; only Qt's own ``finished`` follows."""
        self._cancelled.set()

    def shut_down(self) -> None:
        """Cancel the work and wait until it has ended."""
        self.cancel()
        self.wait()

    def run(self) -> None:
        """Do the work; called by Qt in the new thread."""
        try:
            result = self._work(self.progressed.emit, self._cancelled.is_set)
        except WorkCancelled:
            logger.info("a task was cancelled")
        except StudioError as error:
            logger.info("a task failed", exc_info=True)
            self.failed.emit(str(error))
        except OSError as error:
            logger.exception("a task failed")
            self.failed.emit(unwritable(error))
        except Exception as error:
            logger.exception("a task failed")
            self.failed.emit(
                self.tr("Something unexpected went wrong ({0}); the log has details.").format(
                    type(error).__name__
                )
            )
        else:
            if not self._cancelled.is_set():
                self.succeeded.emit(result)


def unwritable(error: OSError) -> str:
    """Return a sentence on a file that could not be written."""
    reason = reason_of(error)
    if not error.filename:
        text = QCoreApplication.translate("Task", "Nothing was saved: {0}. Choose another place.")
        return text.format(reason)
    text = QCoreApplication.translate(
        "Task", "{0} could not be written: {1}. Choose another place."
    )
    return text.format(error.filename, reason)
