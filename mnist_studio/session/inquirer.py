"""The one thread in which figures for views are computed: one question at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from ..cancel import Cancelled, WorkCancelled
from .threads import Resident, ResidentThread

logger = logging.getLogger(__name__)
Work = Callable[[Cancelled], object]


class Question(NamedTuple):
    """What somebody wants to know.

    Attributes
    ----------
    asker : str
        Who; a newer question of the same asker replaces one that still waits.
    work : callable
        Computes the answer; it is given a function that says whether nobody waits any more. It
        touches no widget.
    """

    asker: str
    work: Work


class Inquirer(QObject):
    """Answers the questions of views, the newest first; lives in the GUI thread.

    Two cores are the training's and the window's, so that all views together have one thread.

    Attributes
    ----------
    regulars : set of str
        Askers who ask again and again while somebody looks; they share what time there is.

    Signals
    -------
    answered(str, object)
        The asker, and what its question gave.
    failed(str)
        The asker whose question could not be answered; the log says why.
    """

    answered = Signal(str, object)
    failed = Signal(str)

    _asked = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.regulars: set[str] = set()
        self._waiting: dict[str, Work] = {}  # the newest is the last
        self._in_work = ""
        self._cancelled = threading.Event()
        self._respondent = _Respondent()
        self._asked.connect(self._respondent.answer)
        self._respondent.done.connect(self._on_done)
        self._thread = ResidentThread("views", self._respondent, self)
        self._thread.start()

    def ask(self, asker: str, work: Work) -> None:
        """Have a question answered; see :class:`Question`."""
        self._waiting.pop(asker, None)
        self._waiting[asker] = work
        self._go_on()

    def withdraw(self, asker: str) -> None:
        """Forget the question of an asker who does not look any more; no answer follows."""
        self._waiting.pop(asker, None)
        if asker == self._in_work:
            self._cancelled.set()

    def awaits(self, asker: str) -> bool:
        """Return whether a question of this asker has not been answered yet."""
        withdrawn = asker == self._in_work and self._cancelled.is_set()
        return asker in self._waiting or (asker == self._in_work and not withdrawn)

    def shut_down(self) -> None:
        """Forget all questions and end the thread."""
        self._waiting.clear()
        self._cancelled.set()
        self._thread.finish()

    def _go_on(self) -> None:
        if not self._in_work and self._waiting:
            question = Question(*self._waiting.popitem())
            self._in_work = question.asker
            self._cancelled = threading.Event()
            self._asked.emit(question, self._cancelled)

    @Slot(object, bool)
    def _on_done(self, answer: object, succeeded: bool) -> None:
        asker, self._in_work = self._in_work, ""
        if not self._cancelled.is_set():
            if succeeded:
                self.answered.emit(asker, answer)
            else:
                self.failed.emit(asker)
        self._go_on()


class _Respondent(Resident):
    """The views' thread's object.

    Signals
    -------
    done(object, bool)
        The answer, and whether there is one.
    """

    done = Signal(object, bool)

    @Slot(object, object)
    def answer(self, question: Question, cancelled: threading.Event) -> None:
        """Answer one question."""
        try:
            self.done.emit(question.work(cancelled.is_set), True)
        except WorkCancelled:
            self.done.emit(None, False)
        except Exception:
            logger.exception("the %s cannot be computed", question.asker)
            self.done.emit(None, False)
