"""The way back from an earlier moment's weights to the newest ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from ...number_text import grouped

if TYPE_CHECKING:
    from ...insight.story import Moment
    from ...session.run_in_view import Snapshot
    from ...session.session import Session


class BackButton(QToolButton):
    """Says which weights answer on the pad if those are not the newest, and brings these back.

    Parameters
    ----------
    session : Session
        Whose run in view answers.

    Attributes
    ----------
    moment : Moment, optional
        Whose weights answer; None for the newest.

    Signals
    -------
    changed()
        :attr:`moment` may be another one now.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.moment: Moment | None = None
        self._session = session
        self._snapshot: Snapshot | None = None
        self.setObjectName("backToNowButton")
        self.setProperty("quiet", True)
        self.setCheckable(True)
        self.setChecked(True)  # in the accent color
        self.setToolTip(self.tr("Let the pad be answered by the newest weights again (Esc)."))
        self.clicked.connect(self.go_back)
        self.hide()
        session.run_started.connect(self._on_network_changed)
        session.network_changed.connect(self._on_network_changed)

    def recall(self, moment: Moment, snapshot: Snapshot) -> None:
        """Let the weights of a moment answer."""
        self._session.recall(snapshot)
        self._show(moment)

    @Slot()
    def go_back(self) -> None:
        """Let the newest weights answer again."""
        self._session.recall(None)
        self._show(None)

    @Slot()
    def _on_network_changed(self) -> None:
        run = self._session.run
        if self.moment is not None and (run is None or run.recalled is not self._snapshot):
            self._show(None)  # another one answers now

    def _show(self, moment: Moment | None) -> None:
        run = self._session.run
        self.moment, self._snapshot = moment, None if run is None else run.recalled
        self.setChecked(True)  # a click has changed that
        if self._snapshot is not None:
            text = self.tr("pad as at batch {0} · back to now")
            self.setText(text.format(grouped(self._snapshot.step)))
            self.adjustSize()
        self.setVisible(moment is not None)
        self.changed.emit()
