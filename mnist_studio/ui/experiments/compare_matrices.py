"""The confusion matrices of several runs side by side, measured beside the window."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...data.loading import load
from ...insight.confusion import confusion_of, scale_of
from ...insight.measure import measure
from ...number_text import percentage
from ...training.status import RunStatus
from .. import theme
from ..confusion_layout import narrowest_width
from ..confusion_view import RIGHT, WRONG, tint_of
from ..task import Task
from ..widgets import SPACING, Card
from .compare_matrix_panel import MatrixPanel

if TYPE_CHECKING:
    from ...cancel import Cancelled, Progress
    from ...data.dataset import Dataset
    from ...insight.confusion import Confusion, Scale
    from ...session.run_row import RunRow
    from ..confusion_layout import Cell

_WIDEST = 440  # pixels of a matrix with its names
_BETWEEN = 20


def _confusion(
    path: Path, load: Callable[[str], Dataset], progress: Progress, cancelled: Cancelled
) -> Confusion:
    """Return the confusion matrix of a run, off the window's thread."""
    dataset, answers = measure(path, load, progress, cancelled)
    return confusion_of(answers, dataset.class_names)


class ScaleKey(QWidget):
    """What the colors of the cells mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrixKey")
        self.scale: Scale | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr(
                "Shares of the true class, on the same scale for all runs: what is recognized, on "
                "the diagonal, and what is taken for another class."
            )
        )
        theme.notifier().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the room for two bars with their texts."""
        return QSize(theme.scaled(560), theme.scaled(20))

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
                    self._paint_bar(painter, QRectF(right, self.height() / 2 - 4, width, 8), token)
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
        self._load = functools.cache(load)
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
            if row.status.open:
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
        self._task = Task(functools.partial(_confusion, path, self._load), self)
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
            self._load.cache_clear()
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
