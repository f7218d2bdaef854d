"""The figures of the run at a glance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from ..training.status import RunStatus
from . import theme
from .number_text import NONE, duration, grouped, loss_text, percentage
from .plots.spans import loss_span
from .widgets import SPACING

if TYPE_CHECKING:
    from ..training.config import RunConfig
    from ..training.history import History

_WIDE = 112  # pixels a tile needs to have its caption above its value
_LOW, _HIGH = 34, 58  # heights of a tile with the caption beside and above the value
_SPEED_SPAN = 5.0  # seconds that the speed is averaged over


class Tile(QLabel):
    """A caption and a number; the label's text is the number.

    It paints itself and has a fixed place, so that a new number costs no layout work.

    Parameters
    ----------
    name : str
        Object name.
    caption : str
        What the number is.
    explanation : str
        Tooltip.
    """

    def __init__(
        self, name: str, caption: str, explanation: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(NONE, parent)
        self._caption = caption
        self.setObjectName(name)
        self.setProperty("card", True)
        self.setToolTip(explanation)
        self.setAccessibleName(caption)
        theme.notifier().changed.connect(self.update)

    @property
    def caption(self) -> str:
        """What the number is."""
        return self._caption

    def set_caption(self, caption: str) -> None:
        """Say that the number is another."""
        if caption != self._caption:
            self._caption = caption
            self.setAccessibleName(caption)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card with the caption above the number, or beside it if there is no room."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line"))
        painter.setBrush(theme.color("surface"))
        radius = 10 if self.height() >= _HIGH else 8
        painter.drawRoundedRect(
            self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius
        )
        if self.height() >= _HIGH:
            inner = self.rect().adjusted(12, 7, -6, -7)
            self._paint_caption(painter, inner, Qt.AlignmentFlag.AlignTop)
            self._set_value_font(painter, 15, inner.width())
            place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        else:
            inner = self.rect().adjusted(10, 0, -10, 0)
            self._paint_caption(painter, inner, Qt.AlignmentFlag.AlignVCenter)
            caption = painter.fontMetrics().horizontalAdvance(self._caption)
            self._set_value_font(painter, 11, inner.width() - caption - 6)
            place = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        dim = self.text() == NONE
        painter.setPen(theme.color("dim" if dim else "text"))
        painter.drawText(inner, place, self.text())

    def _set_value_font(self, painter: QPainter, points: float, room: int) -> None:
        """Use the largest size, from `points` down, in which the number fits."""
        painter.setFont(theme.number_font(points))
        while points > 8 and painter.fontMetrics().horizontalAdvance(self.text()) > room:
            points -= 1
            painter.setFont(theme.number_font(points))

    def _paint_caption(self, painter: QPainter, area: QRect, place: Qt.AlignmentFlag) -> None:
        painter.setPen(theme.color("dim"))
        painter.setFont(theme.number_font(9, QFont.Weight.Normal))
        painter.drawText(area, place | Qt.AlignmentFlag.AlignLeft, self._caption)


class TileRow(QWidget):
    """All tiles: in one row where there is room, else in two.

    Places its children itself: a layout would be asked anew at every number.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.epoch = Tile(
            "epochTile",
            self.tr("Epoch"),
            self.tr("Passes over the training images: the one at work and how many are planned."),
            self,
        )
        self.batch = Tile(
            "batchTile",
            self.tr("Batch"),
            self.tr("Updates made in this epoch, of how many. Each one uses one batch of images."),
            self,
        )
        self.loss = Tile(
            "lossTile",
            self.tr("Loss"),
            self.tr("Mean training loss of the last batches; 2.30 is guessing, 0.1 is good."),
            self,
        )
        self.validation = Tile(
            "validationAccuracyTile",
            self.tr("Validation"),
            self.tr("Share of the held-out validation images recognized after the last epoch."),
            self,
        )
        self.best = Tile(
            "bestValidationTile",
            self.tr("Best"),
            self.tr("Best validation accuracy so far; the weights of that epoch are kept."),
            self,
        )
        self.test = Tile(
            "testTile",
            self.tr("Test"),
            self.tr("Accuracy of the kept weights on the test images, measured once at the end."),
            self,
        )
        self.speed = Tile(
            "imagesPerSecondTile",
            self.tr("Images / s"),
            self.tr("Training images processed per second, lately; over the whole run at its end."),
            self,
        )
        self.time = Tile(
            "timeTile",
            self.tr("Time left"),
            self.tr("Estimated from the speed so far; at the end, how long the training took."),
            self,
        )
        self.tiles = (
            self.epoch,
            self.batch,
            self.loss,
            self.validation,
            self.best,
            self.test,
            self.speed,
            self.time,
        )
        self._arrange()

    # --- figures ---------------------------------------------------------------------------

    def show_run(
        self, history: History | None, config: RunConfig | None, status: RunStatus | None
    ) -> None:
        """Show a run as it is now; dashes for what there is not."""
        if history is None or config is None:
            for tile in self.tiles:
                tile.setText(NONE)
            self.time.set_caption(self.tr("Time left"))
            return
        self._show_progress(history, config)
        self._show_accuracies(history)
        self._show_times(history, config, status)

    def _show_progress(self, history: History, config: RunConfig) -> None:
        per_epoch, step = history.batches_per_epoch, history.step
        epoch = (step - 1) // per_epoch if step else 0
        self.epoch.setText(f"{epoch + 1} / {config.training.epochs}")
        self.batch.setText(f"{grouped(step - epoch * per_epoch)} / {grouped(per_epoch)}")
        lately = history.losses[-loss_span(history) :]
        # Double precision: a run that explodes may have losses whose sum is infinite in single.
        self.loss.setText(loss_text(float(lately.mean(dtype=float))) if step else NONE)

    def _show_accuracies(self, history: History) -> None:
        accuracies = history.epoch_column("validation_accuracy").tolist()
        known = [each for each in accuracies if math.isfinite(each)]
        self.validation.setText(percentage(known[-1]) if known else NONE)
        self.best.setText(percentage(max(known)) if known else NONE)
        self.test.setText(percentage(history.test.accuracy) if history.test else NONE)

    def _show_times(self, history: History, config: RunConfig, status: RunStatus | None) -> None:
        running = status is not None and status.active
        self.time.set_caption(self.tr("Time left") if running else self.tr("Time taken"))
        step = history.step
        if step < 2:
            self.speed.setText(NONE)
            self.time.setText(NONE)
            return
        seconds = float(history.seconds[-1])
        since = max(0.0, seconds - _SPEED_SPAN) if running else 0.0
        speed = _images_per_second(history, since)
        # Three digits are all that is meant; more would only flicker.
        speed = float(f"{speed:.3g}")
        self.speed.setText(grouped(speed, 0 if speed >= 10 else 1) if speed else NONE)
        steps_left = config.training.epochs * history.batches_per_epoch - step
        self.time.setText(duration(seconds * steps_left / step if running else seconds))

    # --- places ----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the room of one row of wide tiles."""
        return QSize(len(self.tiles) * (_WIDE + SPACING), self.height())

    def minimumSizeHint(self) -> QSize:
        """Return the room of two rows of narrow ones."""
        return QSize(480, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tiles into as many rows as are needed."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        count = len(self.tiles)
        one_row = self.width() >= count * _WIDE + (count - 1) * SPACING
        columns, height = (count, _HIGH) if one_row else (count // 2, _LOW)
        self.setFixedHeight(height if one_row else 2 * _LOW + SPACING)
        for position, tile in enumerate(self.tiles):
            row, column = divmod(position, columns)
            left = round(column * (self.width() + SPACING) / columns)
            right = round((column + 1) * (self.width() + SPACING) / columns) - SPACING
            tile.setGeometry(left, row * (height + SPACING), right - left, height)


def _images_per_second(history: History, since: float) -> float:
    """Return the training speed from a time of the run on, 0 if it cannot be told."""
    times = history.seconds
    # A key of another type would make NumPy convert, so copy, the whole column.
    start = min(int(times.searchsorted(times.dtype.type(since))), history.step - 2)
    seconds = float(times[-1]) - float(times[start])
    images = history.images_seen([start + 1, history.step])
    return float(images[1] - images[0]) / seconds if seconds > 0 else 0.0
