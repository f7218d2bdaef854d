"""Many short questions instead of one long one, so that nobody waits long for an answer."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from .inquirer import Inquirer, Work
from .live_figure import REST
from .session import Session


class Step(NamedTuple):
    """One of many questions.

    Attributes
    ----------
    key : hashable
        Tells it from the others.
    work : callable
        Computes the answer, see :class:`.Question`.
    """

    key: Hashable
    work: Work


class StepByStep(QObject):
    """Has steps answered one after another; lives in the GUI thread.

    Each is asked when the event loop has gone round after the one before, so that what others have
    asked in the meantime comes first; and, while a run is trained, after a rest.

    Parameters
    ----------
    session : Session
        Whether it trains.
    inquirer : Inquirer
        Answers.
    asker : str
        Tells these questions from others'.

    Signals
    -------
    answered(object, object)
        Key of a step, and its answer.
    failed(object)
        Key of a step that could not be answered; the others go on.
    ended()
        No step is left.
    """

    answered = Signal(object, object)
    failed = Signal(object)
    ended = Signal()

    def __init__(
        self, session: Session, inquirer: Inquirer, asker: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._inquirer = inquirer
        self._asker = asker
        self._left: list[Step] = []
        self._asked: Step | None = None
        self._asked_at = 0.0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._go_on)
        inquirer.answered.connect(self._on_answered)
        inquirer.failed.connect(self._on_failed)

    @property
    def busy(self) -> bool:
        """Whether a step is left."""
        return self._asked is not None or bool(self._left)

    def begin(self, steps: Iterable[Step]) -> None:
        """Have these answered from now on and no others; the one in work may be among them."""
        self._left = list(steps)
        if self._asked is not None:
            keys = [step.key for step in self._left]
            if self._asked.key in keys:
                del self._left[keys.index(self._asked.key)]
                return
            self._withdraw()
        if self._left and not self._pause.isActive():
            self._pause.start(0)

    def stop(self) -> None:
        """Have nothing answered any more."""
        self._left = []
        self._pause.stop()
        self._withdraw()

    def _withdraw(self) -> None:
        self._asked = None
        self._inquirer.withdraw(self._asker)

    @Slot()
    def _go_on(self) -> None:
        if self._asked is None and self._left:
            self._asked = self._left.pop(0)
            self._asked_at = time.perf_counter()
            self._inquirer.ask(self._asker, self._asked.work)

    @Slot(str, object)
    def _on_answered(self, asker: str, answer: object) -> None:
        if asker == self._asker and self._asked is not None:
            step = self._take()
            self.answered.emit(step.key, answer)
            self._tell_end()

    @Slot(str)
    def _on_failed(self, asker: str) -> None:
        if asker == self._asker and self._asked is not None:
            step = self._take()
            self.failed.emit(step.key)
            self._tell_end()

    def _take(self) -> Step:
        """Return the step that was in work, and let the next one come."""
        step, self._asked = self._asked, None
        assert step is not None
        taken = time.perf_counter() - self._asked_at
        self._pause.start(round(1000 * REST * taken) if self._session.active else 0)
        return step

    def _tell_end(self) -> None:
        if not self.busy:
            self.ended.emit()
