"""The strip at the bottom: how far the run is and how fast the program works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from ..number_text import grouped
from .theme import NumberFont, notifier
from .widgets import SPACING, dim_label

if TYPE_CHECKING:
    from ..session.run_in_view import RunInView
    from ..session.session import Session

# Milliseconds between two texts: nobody reads faster.
REFRESH_INTERVAL = 100


class StatusStrip(QWidget):
    """Progress bar and position in the run; how fast the plots are drawn is said on hovering."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        self._position = dim_label()
        self._position.setObjectName("positionLabel")
        self._position.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._position)
        self._widest = ""
        self._show_position(self.tr("Ready"))
        self._since_refresh = QElapsedTimer()

    def watch(self, session: Session) -> None:
        """Show the run of a session from now on; called once."""
        self._session = session
        NumberFont(self._position)
        notifier().changed.connect(self._on_theme_changed)  # after the label has its new font
        session.batches_ended.connect(self._on_batches_ended)
        session.status_changed.connect(self._on_status_changed)
        session.run_started.connect(self._on_run_started)
        self._refresh()

    def set_frame_time(self, milliseconds: float) -> None:
        """Note how long the last redraw of the plots took."""
        self.setToolTip(self.tr("The loss plot was drawn in {0:.1f} ms.").format(milliseconds))

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        # As wide as it will ever get in this run, so that the bar beside it keeps its length.
        per_epoch = run.history.batches_per_epoch
        self._keep_room(self._position_text(run.config.training.epochs, per_epoch, per_epoch))
        self._refresh()

    def _keep_room(self, widest: str) -> None:
        """Fix the label's size: of any other, each new text has the whole window laid out anew."""
        self._widest = widest
        metrics = self._position.fontMetrics()
        self._position.setFixedSize(metrics.horizontalAdvance(widest) + SPACING, metrics.height())

    @Slot()
    def _on_theme_changed(self) -> None:
        self._keep_room(self._widest)

    @Slot(object)
    def _on_status_changed(self, _status: object) -> None:
        self._refresh()

    @Slot(object)
    def _on_batches_ended(self, _batches: object) -> None:
        if self._since_refresh.hasExpired(REFRESH_INTERVAL):
            self._refresh()

    def _refresh(self) -> None:
        self._since_refresh.start()
        run = self._session.run
        if run is None:
            self._bar.setValue(0)
            self._show_position(self.tr("Ready"))
            return
        step, per_epoch = run.history.step, run.history.batches_per_epoch
        self._bar.setValue(round(1000 * run.share_done))
        epoch, batch = divmod(max(step - 1, 0), per_epoch)
        self._show_position(self._position_text(epoch + 1, min(batch + 1, step), per_epoch))

    def _show_position(self, text: str) -> None:
        if len(text) > len(self._widest):
            self._keep_room(text)
        self._position.setText(text)

    def _position_text(self, epoch: int, batch: int, per_epoch: int) -> str:
        text = self.tr("epoch {0}, batch {1} / {2}")
        return text.format(epoch, grouped(batch), grouped(per_epoch))
