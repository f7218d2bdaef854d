"""The strip at the bottom: how far the run is and how fast the program works."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from ..session.session import Session
from ..training.status import RunStatus
from .number_text import grouped
from .theme import number_font
from .widgets import SPACING, dim_label


class StatusStrip(QWidget):
    """Progress bar, position in the run, and the number of BLAS threads.

    Parameters
    ----------
    session : Session
        Whose run is shown.
    """

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
        session.batches_ended.connect(self._on_batches_ended)
        session.status_changed.connect(self._on_status_changed)
        session.run_started.connect(self._on_run_started)
        self._refresh()

    def set_frame_time(self, milliseconds: float) -> None:
        """Show how long the last redraw of the plots took."""
        text = self.tr("{0:.1f} ms/frame")
        self._frame.setText(text.format(milliseconds))
        self._frame.setMinimumWidth(
            self._frame.fontMetrics().horizontalAdvance(text.format(88.8)) + SPACING
        )

    def _label(self, name: str) -> QLabel:
        label = dim_label()
        label.setObjectName(name)
        label.setFont(number_font(label.font().pointSizeF(), label.font().weight()))
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return label

    @Slot(object)
    def _on_run_started(self, _config: object) -> None:
        self._refresh()

    @Slot(object)
    def _on_status_changed(self, _status: RunStatus) -> None:
        self._refresh()

    @Slot(object)
    def _on_batches_ended(self, _batches: object) -> None:
        self._refresh()

    def _refresh(self) -> None:
        history, config = self._session.history, self._session.run_config
        if history is None or config is None:
            self._bar.setValue(0)
            self._position.setText(self.tr("Ready"))
            return
        per_epoch = history.batches_per_epoch
        self._bar.setValue(round(1000 * history.step / (config.training.epochs * per_epoch)))
        epoch, batch = divmod(max(history.step - 1, 0), per_epoch)
        text = self.tr("epoch {0}, batch {1} / {2}")
        self._position.setText(
            text.format(epoch + 1, grouped(min(batch + 1, history.step)), grouped(per_epoch))
        )
        # As wide as it will ever get in this run, so that the bar beside it keeps its length.
        widest = text.format(config.training.epochs, grouped(per_epoch), grouped(per_epoch))
        self._position.setMinimumWidth(
            self._position.fontMetrics().horizontalAdvance(widest) + SPACING
        )
