"""One run of a comparison: its name, its confusion matrix, and a sentence on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from ...data.registry import DATASETS
from .. import theme
from ..confusion_layout import matrix_height
from ..confusion_text import describe_cell, describe_matrix
from ..confusion_view import ConfusionView
from ..widgets import SPACING, dim_label, lines_height
from .compare_table import paint_dot

if TYPE_CHECKING:
    from ...insight.confusion import Confusion
    from ...session.run_row import RunRow
    from ..confusion_layout import Cell

_WIDE_CAPTION, _NAME_HEIGHT = 320, 24  # pixels at scale 1


class RunName(QWidget):
    """The color and the title of a run."""

    def __init__(self, row: RunRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.set_row(row)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFixedHeight(theme.scaled(_NAME_HEIGHT))
        self.update()

    def set_row(self, row: RunRow) -> None:
        """Name another state of the run."""
        self._row = row
        self.setAccessibleName(row.title)
        self.setToolTip(row.title)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a dot and what fits of the title."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_dot(painter, QRectF(0, self.height() / 2 - 4.5, 9, 9), self._row.color)
        painter.setFont(theme.number_font(10))
        painter.setPen(theme.color("text"))
        rect = self.rect().adjusted(17, 0, 0, 0)
        title = painter.fontMetrics().elidedText(
            self._row.title, Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)


class MatrixPanel(QWidget):
    """One run: its name, its matrix or what stands in its place, and a sentence.

    Signals
    -------
    cell_pointed(object)
        The user points at this cell, or at none.
    """

    cell_pointed = Signal(object)

    def __init__(self, row: RunRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrixPanel")
        self.row = row
        self.view: ConfusionView | None = None
        self._name = RunName(row)
        self.message = dim_label()
        self.message.setObjectName("matrixMessage")
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setObjectName("matrixProgress")
        self.bar.setAccessibleName(self.tr("Progress of the confusion matrix"))
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setMaximumWidth(160)
        self.caption = dim_label()
        self.caption.setObjectName("matrixCaption")
        theme.NumberFont(self.caption, 9.5)
        self.caption.setWordWrap(True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._name)
        self._place = QVBoxLayout()
        self._place.addStretch(1)
        self._place.addWidget(self.message)
        self._place.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self._place.addStretch(1)
        column.addLayout(self._place, 1)
        column.addWidget(self.caption)

    def set_row(self, row: RunRow) -> None:
        """Show another state of the run."""
        self.row = row
        self._name.set_row(row)

    @property
    def names(self) -> tuple[str, ...]:
        """The classes of its data set."""
        return DATASETS[self.row.config.data.dataset].class_names

    def heightForWidth(self, width: int) -> int:
        """Return the height at which the matrix fills `width`, whether it is there or not."""
        below = self._caption_height(width) + 2 * SPACING
        return self._name.height() + matrix_height(width, self.names) + below

    def _caption_height(self, width: int) -> int:
        """Return the height of the longest sentence: nothing jumps while the pointer moves."""
        lines = 2 if width >= theme.scaled(_WIDE_CAPTION) else 3
        return lines_height(self.caption.fontMetrics(), lines)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Reserve the room of the sentence."""
        super().resizeEvent(event)
        self.caption.setFixedHeight(self._caption_height(self.width()))

    def show_message(self, text: str, *, working: bool = False) -> None:
        """Say why there is no matrix, or that it is being made."""
        self._remove_view()
        self.caption.clear()
        self.message.setText(text)
        self.message.show()
        self.bar.setVisible(working)
        self.bar.setValue(0)

    @Slot(int, int)
    def show_progress(self, done: int, total: int) -> None:
        """Show how many of the images have been classified."""
        self.bar.setMaximum(total)
        self.bar.setValue(done)

    def show_matrix(self, matrix: Confusion) -> None:
        """Show the confusion matrix in the place of the message."""
        self._remove_view()
        self.message.hide()
        self.bar.hide()
        self.view = ConfusionView(matrix)
        self.view.setAccessibleName(self.tr("Confusion matrix of {0}").format(self.row.title))
        self.view.cell_pointed.connect(self.cell_pointed)
        self._place.insertWidget(1, self.view, 1000)
        self.mark(None)

    def _remove_view(self) -> None:
        if self.view is not None:
            self._place.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
            self.view = None

    def mark(self, cell: Cell | None) -> None:
        """Let a cell stand out and say what it means; the whole is summed up without."""
        if self.view is None:
            return
        self.view.mark(cell)
        matrix = self.view.matrix
        text = describe_matrix(matrix) if cell is None else describe_cell(matrix, *cell)
        self.caption.setText(text[:1].upper() + text[1:])
