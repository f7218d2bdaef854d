"""The strip at the bottom: how far the run is and how fast the program works."""

from __future__ import annotations

import os

from PySide6.QtCore import QElapsedTimer, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QToolButton, QWidget

from ..session.session import Session
from ..training.status import RunStatus
from .number_text import grouped
from .theme import number_font
from .widgets import SPACING, dim_label

# Milliseconds between two texts: nobody reads faster.
REFRESH_INTERVAL = 100


class StatusStrip(QWidget):
    """Progress bar, position in the run, and the number of BLAS threads.

    Parameters
    ----------
    session : Session
        Whose run is shown.

    Signals
    -------
    blas_threads_chosen(int)
        The user wants another number of threads.
    """

    blas_threads_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(2 * SPACING)
        self._bar = QProgressBar()
        self._bar.setObjectName("progressBar")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(self.tr("Progress of the training"))
        row.addWidget(self._bar, 1)
        self._position = self._label("positionLabel")
        row.addWidget(self._position)
        self._frame = self._label("frameLabel")
        row.addWidget(self._frame)
        self._threads = self._make_threads_button()
        row.addWidget(self._threads)
        self._since_refresh = QElapsedTimer()
        session.batches_ended.connect(self._on_batches_ended)
        session.status_changed.connect(self._on_status_changed)
        session.run_started.connect(self._on_run_started)
        self.show_blas_threads()
        self._refresh()

    def set_frame_time(self, milliseconds: float) -> None:
        """Show how long the last redraw of the plots took."""
        text = self.tr("{0:.1f} ms/frame")
        self._frame.setText(text.format(milliseconds))
        self._frame.setMinimumWidth(
            self._frame.fontMetrics().horizontalAdvance(text.format(88.8)) + SPACING
        )

    def show_blas_threads(self) -> None:
        """Show the session's number of BLAS threads."""
        self._threads.setText(self._threads_text(self._session.blas_threads))

    def _threads_text(self, count: int) -> str:
        return self.tr("1 BLAS thread") if count == 1 else self.tr("{0} BLAS threads").format(count)

    def _make_threads_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("blasThreadsButton")
        button.setProperty("quiet", True)
        button.setToolTip(
            self.tr(
                "How many processor threads compute a matrix product, from the next run on. One "
                "is usual; more pay with large batches while nothing else runs."
            )
        )
        menu = QMenu(button)
        cores = os.cpu_count() or 1
        for count in (2**power for power in range(cores.bit_length()) if 2**power <= cores):
            menu.addAction(self._threads_text(count)).setData(count)
        menu.triggered.connect(self._on_threads_chosen)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    @Slot(object)
    def _on_threads_chosen(self, action: QAction) -> None:
        self.blas_threads_chosen.emit(action.data())

    def _label(self, name: str) -> QLabel:
        label = dim_label()
        label.setObjectName(name)
        label.setFont(number_font(label.font().pointSizeF(), label.font().weight()))
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return label

    @Slot(object)
    def _on_run_started(self, _config: object) -> None:
        history, config = self._session.history, self._session.run_config
        assert history is not None
        assert config is not None
        # As wide as it will ever get in this run, so that the bar beside it keeps its length.
        per_epoch = history.batches_per_epoch
        widest = self._position_text(config.training.epochs, per_epoch, per_epoch)
        width = self._position.fontMetrics().horizontalAdvance(widest)
        self._position.setMinimumWidth(width + SPACING)
        self._refresh()

    @Slot(object)
    def _on_status_changed(self, _status: RunStatus) -> None:
        self._refresh()

    @Slot(object)
    def _on_batches_ended(self, _batches: object) -> None:
        if self._since_refresh.hasExpired(REFRESH_INTERVAL):
            self._refresh()

    def _refresh(self) -> None:
        self._since_refresh.start()
        history, config = self._session.history, self._session.run_config
        if history is None or config is None:
            self._bar.setValue(0)
            self._position.setText(self.tr("Ready"))
            return
        per_epoch = history.batches_per_epoch
        self._bar.setValue(round(1000 * history.step / (config.training.epochs * per_epoch)))
        epoch, batch = divmod(max(history.step - 1, 0), per_epoch)
        self._position.setText(
            self._position_text(epoch + 1, min(batch + 1, history.step), per_epoch)
        )

    def _position_text(self, epoch: int, batch: int, per_epoch: int) -> str:
        text = self.tr("epoch {0}, batch {1} / {2}")
        return text.format(epoch, grouped(batch), grouped(per_epoch))
