"""A figure of the network in view that follows the training while somebody looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from .inquirer import Inquirer, Work
from .run_in_view import RunInView
from .session import Session

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from ..nn.network import Network

# While a run is trained, a figure is computed of a new snapshot no sooner than after so many times
# as long as the last one took: the processor is the training's.
REST = 4


class LiveFigure(QObject):
    """Has one thing computed of the newest snapshot of the network; lives in the GUI thread.

    Parameters
    ----------
    session : Session
        Whose network is looked at.
    inquirer : Inquirer
        Computes the figure.
    asker : str
        Tells this figure from others.
    work : callable
        Given run and data set, returns what computes the figure, or None if there is nothing to
        compute.

    Attributes
    ----------
    answer : object
        The last figure; None if there is none of the run in view.

    Signals
    -------
    changed
        There is another figure, or none.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        inquirer: Inquirer,
        asker: str,
        work: Callable[[RunInView, Dataset], Work | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.answer: object | None = None
        self._session = session
        self._inquirer = inquirer
        self._asker = asker
        self._make_work = work
        self._watched = False
        self._asked: tuple[Network, Dataset] | None = None
        self._asked_at = 0.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._ask)
        session.run_started.connect(self.forget)
        session.network_changed.connect(self._on_network_changed)
        session.data.changed.connect(self.forget)
        inquirer.answered.connect(self._on_answered)
        inquirer.failed.connect(self._on_failed)

    @property
    def missing_data(self) -> str:
        """Name of the data set that the run in view needs and that is not in use; "" if it is."""
        return self._session.data.missing(self._session.run)

    @property
    def current(self) -> bool:
        """Whether the last figure is of the network that answers now."""
        run = self._session.run
        if run is None or self._inquirer.awaits(self._asker):
            return False
        return self._asked == (run.network, self._session.data.dataset)

    def watch(self, watched: bool) -> None:
        """Ask from now on, or not any more because nobody looks."""
        self._watched = watched
        if watched:
            self._inquirer.regulars.add(self._asker)
            self._ask()
        else:
            self._inquirer.regulars.discard(self._asker)
            self._withdraw()

    def ask_anew(self) -> None:
        """Compute it again, since something else is wanted; the last one stays until then."""
        self._withdraw()
        self._ask()

    @Slot()
    def forget(self) -> None:
        """Have no figure, and ask for one."""
        self.answer = None
        self.changed.emit()
        self.ask_anew()

    def _withdraw(self) -> None:
        self._rest.stop()
        self._inquirer.withdraw(self._asker)
        self._asked = None

    @Slot()
    def _on_network_changed(self) -> None:
        if not self._rest.isActive():
            self._ask()

    @Slot()
    def _ask(self) -> None:
        run, dataset = self._session.run, self._session.data.dataset
        if not self._watched or run is None or dataset is None or self.missing_data:
            return
        if self._asked is not None and self._asked == (run.network, dataset):
            return
        work = self._make_work(run, dataset)
        if work is not None:
            self._asked = run.network, dataset
            self._asked_at = time.perf_counter()
            self._inquirer.ask(self._asker, work)

    @Slot(str, object)
    def _on_answered(self, asker: str, answer: object) -> None:
        if asker != self._asker:
            return
        self.answer = answer
        if self._session.active:
            taken = time.perf_counter() - self._asked_at
            self._rest.start(round(1000 * REST * taken))
        self.changed.emit()
        if not self._rest.isActive():
            self._ask()

    @Slot(str)
    def _on_failed(self, asker: str) -> None:
        if asker == self._asker:
            self.changed.emit()
