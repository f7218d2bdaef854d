"""What a view shows, or why it cannot show anything yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ..data.registry import DATASETS
from ..session.session import Session
from .describe import describe_missing


class Followed(Protocol):
    """Where what is shown comes from: a :class:`.LiveFigure`, or what has several of them."""

    changed: Any  # a signal

    @property
    def missing_data(self) -> str:
        """Name of the data set that is needed and not in use; "" if none is."""


class HintStack(QStackedWidget):
    """Content that appears when there is something to show; until then a sentence says why not.

    Parameters
    ----------
    session : Session
        Whose run is looked at.
    content : QWidget
        What is shown.
    promise : str
        What will appear when there is a run, in a sentence.
    source : Followed
        Where the content comes from.
    known : callable
        Whether there is something to show of the run in view.
    """

    def __init__(
        self,
        session: Session,
        content: QWidget,
        promise: str,
        source: Followed,
        known: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._session = session
        self._promise = promise
        self._source = source
        self._known = known
        self._missing = ""
        self._hint = QLabel()
        self._hint.setObjectName("viewHint")
        self._hint.setProperty("role", "dim")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._load = QToolButton()
        self._load.setObjectName("loadDataButton")
        self._load.clicked.connect(self._load_data)
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.addStretch(1)
        column.addWidget(self._hint)
        column.addWidget(self._load, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.addWidget(nothing)
        self.addWidget(content)
        for changed in (source.changed, session.data.loading, session.data.failed):
            changed.connect(self._refresh)

    def showEvent(self, event: QShowEvent) -> None:
        """Say how it is until there is an answer."""
        super().showEvent(event)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Show the content if something is known of the run in view."""
        missing = self._missing = self._source.missing_data
        if self._known():
            self.setCurrentIndex(1)
            return
        self._load.setVisible(bool(missing))
        if self._session.run is not None and not missing:
            self._hint.setText(self.tr("The network is asked…"))
            return  # the answers are on their way; what is there stays until then
        self.setCurrentIndex(0)
        if missing:
            self._hint.setText(describe_missing(missing))
            self._load.setText(self.tr("Load {0}").format(DATASETS[missing].title))
        else:
            self._hint.setText(self._promise)

    @Slot()
    def _load_data(self) -> None:
        if self._missing:
            self._session.data.load(self._missing)
