"""The confusion matrices of several runs side by side, measured beside the window."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...data.registry import DATASETS
from ...training.status import RunStatus
from .. import theme
from ..number_text import percentage
from ..task import Task
from ..widgets import SPACING, Card, dim_label
from .compare_confusion import Scale, describe_cell, describe_matrix, measure, scale_of
from .compare_table import paint_dot
from .confusion_view import RIGHT, WRONG, ConfusionView, matrix_height, narrowest_width, tint_of

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from ...session.run_row import RunRow
    from .compare_confusion import Confusion
    from .confusion_view import Cell

_WIDEST = 440  # pixels of a matrix with its names
_BETWEEN = 20
_WIDE_CAPTION = 320
_NAME_HEIGHT = 24


class RunName(QWidget):
    """The color and the title of a run."""

    def __init__(self, row: RunRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_NAME_HEIGHT)
        theme.notifier().changed.connect(self.update)
        self.set_row(row)

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
        self.caption.setFont(theme.number_font(9.5, QFont.Weight.Normal))
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
        return _NAME_HEIGHT + matrix_height(width, self.names) + below

    def _caption_height(self, width: int) -> int:
        """Return the height of the longest sentence: nothing jumps while the pointer moves."""
        lines = 2 if width >= _WIDE_CAPTION else 3
        return lines * self.caption.fontMetrics().lineSpacing()

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
        """Show how far it is."""
        self.bar.setMaximum(total)
        self.bar.setValue(done)

    def show_matrix(self, matrix: Confusion) -> None:
        """Show it in the place of what stood there."""
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


class ScaleKey(QWidget):
    """What the colors of the cells mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrixKey")
        self.scale: Scale | None = None
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr(
                "Shares of the true class, on the same scale for all runs: what is recognized, on "
                "the diagonal, and what is taken for another class."
            )
        )
        theme.notifier().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the room for two bars with their texts."""
        return QSize(560, 20)

    def set_scale(self, scale: Scale | None) -> None:
        """Explain this scale, or nothing."""
        self.scale = scale
        self.update()

    def texts(self) -> tuple[tuple[str, str, str], ...]:
        """Return for each bar what stands before it, at its low end and at its high end."""
        if self.scale is None:
            return ()
        return (
            (self.tr("recognized"), percentage(self.scale.weakest, 1), percentage(1.0, 0)),
            (self.tr("mistaken"), percentage(0.0, 0), percentage(self.scale.worst, 1)),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint from the right, so that the bars stay where they are."""
        painter = QPainter(self)
        painter.setFont(theme.number_font(9, QFont.Weight.Normal))
        metrics = painter.fontMetrics()
        right = self.width()
        for (name, low, high), token in zip(reversed(self.texts()), (WRONG, RIGHT), strict=False):
            for text, gap in ((high, 6), (None, 6), (low, 10), (name, 24)):
                width = 72 if text is None else metrics.horizontalAdvance(text)
                right -= width
                if text is None:
                    self._paint_bar(painter, QRectF(right, 6, width, 8), token)
                else:
                    painter.setPen(theme.color("dim"))
                    rect = QRectF(right, 0, width + 1, self.height())
                    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
                right -= gap

    def _paint_bar(self, painter: QPainter, rect: QRectF, token: str) -> None:
        gradient = QLinearGradient(rect.topLeft(), rect.topRight())
        for k in range(9):
            share = k / 8
            gradient.setColorAt(share, tint_of(share**0.5 if token == WRONG else share, token))
        painter.fillRect(rect, gradient)


class CompareMatrices(Card):
    """Measures run after run and lays out their matrices.

    Its owner calls :meth:`cancel` when it is closed and waits for :attr:`ended`, or calls
    :meth:`shut_down`.

    Parameters
    ----------
    rows : sequence of RunRow
        The runs to compare.

    Signals
    -------
    ended()
        Nothing is being measured any more.
    """

    ended = Signal()

    def __init__(self, rows: Sequence[RunRow], parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Confusion matrices"), parent)
        self.setObjectName("compareMatrices")
        self.key = ScaleKey()
        self.header.addWidget(self.key)
        self._area = QWidget()
        self.body.addWidget(self._area)
        self._task: Task | None = None
        self._measured: Path | None = None
        self._cancelled = False
        # Kept as long as runs follow that may use them.
        self._datasets: dict[str, Dataset] = {}
        self.panels = {row.path: MatrixPanel(row, self._area) for row in rows}
        for panel in self.panels.values():
            panel.cell_pointed.connect(self._on_cell_pointed)
        self._waiting: list[Path] = []
        self.set_rows(rows)

    @property
    def running(self) -> bool:
        """Whether something is being measured."""
        return self._task is not None

    @property
    def scale(self) -> Scale | None:
        """The scale of the matrices in view; None before the first is there."""
        return self.key.scale

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show the present state of the runs, and measure those that have ended since."""
        for row in rows:
            panel = self.panels[row.path]
            before, first = panel.row, not panel.message.text()
            panel.set_row(row)
            if row.status.active or row.status is RunStatus.QUEUED:
                panel.show_message(self.tr("Here when the run has ended."))
            elif row.status is RunStatus.FAILED and (row.header is None or not row.header.best):
                panel.show_message(
                    self.tr("The run failed before its first epoch ended: nothing was kept.")
                )
            elif first or before.status is not row.status:
                panel.show_message(self.tr("Waiting …"))
                self._waiting.append(row.path)
        self._measure_next()

    def cancel(self) -> None:
        """Measure no more; :attr:`ended` follows at once or a little later."""
        self._cancelled = True
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()
        else:
            self.ended.emit()

    def shut_down(self) -> None:
        """Measure no more and wait for the end."""
        self._cancelled = True
        self._waiting.clear()
        if self._task is not None:
            self._task.shut_down()

    # --- measuring -------------------------------------------------------------------------

    def _measure_next(self) -> None:
        if self._task is not None or self._cancelled or not self._waiting:
            return
        self._measured = path = self._waiting.pop(0)
        panel = self.panels[path]
        panel.show_message(self.tr("Asking the network for the test images …"), working=True)
        self._task = Task(functools.partial(measure, path, self._datasets), self)
        self._task.progressed.connect(panel.show_progress)
        self._task.succeeded.connect(self._on_succeeded)
        self._task.failed.connect(self._on_failed)
        self._task.finished.connect(self._on_finished)
        self._task.start()

    @Slot(object)
    def _on_succeeded(self, matrix: Confusion) -> None:
        assert self._measured is not None
        self.panels[self._measured].show_matrix(matrix)
        views = [panel.view for panel in self.panels.values() if panel.view is not None]
        scale = scale_of(view.matrix for view in views)
        self.key.set_scale(scale)
        for view in views:
            view.set_scale(scale)
        self._arrange()

    @Slot(str)
    def _on_failed(self, message: str) -> None:
        assert self._measured is not None
        self.panels[self._measured].show_message(message)

    @Slot()
    def _on_finished(self) -> None:
        if self._task is not None:
            self._task.deleteLater()
            self._task = None
        if not self._waiting:
            self._datasets.clear()
        if self._cancelled:
            self.ended.emit()
        self._measure_next()

    # --- layout ----------------------------------------------------------------------------

    @Slot(object)
    def _on_cell_pointed(self, cell: Cell | None) -> None:
        for panel in self.panels.values():
            panel.mark(cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many beside one another as can be read."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Lay out anew when the font is another."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._arrange()

    def _arrange(self) -> None:
        margins = self.body.contentsMargins()
        width = self.contentsRect().width() - margins.left() - margins.right()
        panels = list(self.panels.values())
        least = max((narrowest_width(panel.names) for panel in panels), default=_WIDEST)
        columns = max(1, min(len(panels), (width + _BETWEEN) // (least + _BETWEEN)))
        each = min(_WIDEST, (width + _BETWEEN) // columns - _BETWEEN)
        top = 0
        for first in range(0, len(panels), columns):
            line = panels[first : first + columns]
            height = max(panel.heightForWidth(each) for panel in line)
            for k, panel in enumerate(line):
                panel.setGeometry(k * (each + _BETWEEN), top, each, height)
            top += height + 2 * SPACING
        self._area.setFixedHeight(max(0, top - 2 * SPACING))
