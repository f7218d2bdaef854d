"""The figures of the run at a glance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from ...number_text import NONE, duration, grouped, loss_text, percentage
from .. import theme
from ..plots.spans import loss_span
from ..widgets import SPACING

if TYPE_CHECKING:
    from ...session.run_in_view import RunInView
    from ...training.history import History

_HEIGHT = 42
_PADDING, _BETWEEN = 10, 6  # beside caption and number, and between them
_NARROWEST = 88  # pixels a tile needs
_WIDE = 150  # for its number beside its caption; narrower ones have it below
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
        Begins the tooltip.
    """

    def __init__(
        self, name: str, caption: str, explanation: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(NONE, parent)
        self._caption = caption
        self._explanation = explanation
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
        """Say what the number is from now on."""
        if caption != self._caption:
            self._caption = caption
            self.setAccessibleName(caption)
            self.update()

    def set_details(self, *details: str) -> None:
        """Say more, a line each, below the explanation in the tooltip."""
        self.setToolTip("\n".join([self._explanation, *details]))
        self.setAccessibleDescription(", ".join(details))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card with the caption and the number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line"))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        inner = self.rect().adjusted(_PADDING, 3, -_PADDING, -3)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        painter.setPen(theme.color("dim"))
        painter.setFont(theme.number_font(9, QFont.Weight.Normal))
        if self.width() >= theme.scaled(_WIDE):
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(inner, middle | left, self._caption)
            caption = painter.fontMetrics().horizontalAdvance(self._caption)
            place, points, room = middle | right, 14, inner.width() - caption - _BETWEEN
        else:
            painter.drawText(inner, Qt.AlignmentFlag.AlignTop | left, self._caption)
            place, points, room = Qt.AlignmentFlag.AlignBottom | left, 12, inner.width()
        self._set_value_font(painter, points, room)
        painter.setPen(theme.color("dim" if self.text() == NONE else "text"))
        painter.drawText(inner, place, self.text())

    def _set_value_font(self, painter: QPainter, points: int, room: int) -> None:
        """Use the largest size, from `points` down, in which the number fits."""
        painter.setFont(theme.number_font(points))
        while points > 8 and painter.fontMetrics().horizontalAdvance(self.text()) > room:
            points -= 1
            painter.setFont(theme.number_font(points))


class TileRow(QWidget):
    """The four figures that matter, in one row; where that is narrow, the first of them.

    What else is known is told in their tooltips. Places its children itself: a layout would be
    asked anew at every number.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss = Tile(
            "lossTile",
            self.tr("Loss"),
            self.tr("Mean training loss of the last batches; 2.30 is guessing, 0.1 is good."),
            self,
        )
        self.accuracy = Tile(
            "validationAccuracyTile",
            self.tr("Validation"),
            self.tr(
                "Share of the held-out validation images recognized after the last epoch; at the "
                "end, of the test images, measured once with the best epoch's weights."
            ),
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
        self.tiles = (self.loss, self.accuracy, self.speed, self.time)
        # Those that stay the longest first.
        self._by_importance = (self.loss, self.accuracy, self.time, self.speed)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    # --- figures ---------------------------------------------------------------------------

    def show_run(self, run: RunInView | None) -> None:
        """Show a run as it is now; dashes for what there is not."""
        if run is None:
            for tile in self.tiles:
                tile.setText(NONE)
                tile.set_details()
            self.accuracy.set_caption(self.tr("Validation"))
            self.time.set_caption(self.tr("Time left"))
            return
        self._show_progress(run)
        self._show_accuracies(run.history)
        self._show_times(run)

    def _show_progress(self, run: RunInView) -> None:
        history = run.history
        per_epoch, step = history.batches_per_epoch, history.step
        epoch = (step - 1) // per_epoch if step else 0
        epochs = math.ceil(run.length.total_steps / per_epoch)
        lately = history.losses[-loss_span(history) :]
        # Double precision: a run that explodes may have losses whose sum is infinite in single.
        self.loss.setText(loss_text(float(lately.mean(dtype=float))) if step else NONE)
        skips = run.config.training.skip_easy > 0
        easy = self.tr("Images that are left out as easy are not in it, nor in the accuracy.")
        self.loss.set_details(
            *([easy] if skips else []),
            self.tr("Epoch: {0} of {1}").format(epoch + 1, epochs),
            self.tr("Batch: {0} of {1}").format(
                grouped(step - epoch * per_epoch), grouped(per_epoch)
            ),
        )

    def _show_accuracies(self, history: History) -> None:
        accuracies = history.epoch_column("validation_accuracy").tolist()
        known = [each for each in accuracies if math.isfinite(each)]
        latest = percentage(known[-1]) if known else NONE
        details = []
        if known:
            details.append(self.tr("Validation, best epoch: {0}").format(percentage(max(known))))
            details.append(self.tr("Validation, last epoch: {0}").format(latest))
        if history.test:
            latest = percentage(history.test.accuracy)
            details.append(self.tr("Test: {0}").format(latest))
        self.accuracy.set_caption(self.tr("Test") if history.test else self.tr("Validation"))
        self.accuracy.setText(latest)
        self.accuracy.set_details(*details)

    def _show_times(self, run: RunInView) -> None:
        history, running = run.history, run.status.active
        self.time.set_caption(self.tr("Time left") if running else self.tr("Time taken"))
        if history.step < 2:
            self.speed.setText(NONE)
            self.time.setText(NONE)
            return
        since = max(0.0, history.duration - _SPEED_SPAN) if running else 0.0
        speed = _images_per_second(history, since)
        # Three digits are all that is meant; more would only flicker.
        speed = float(f"{speed:.3g}")
        self.speed.setText(grouped(speed, 0 if speed >= 10 else 1) if speed else NONE)
        seconds = run.seconds_left if running else history.duration
        assert seconds is not None  # as there are batches
        self.time.setText(duration(seconds))
        self.time.set_details(self.tr("Trained for: {0}").format(duration(history.duration)))

    # --- places ----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return the room of all tiles."""
        return QSize(len(self.tiles) * (theme.scaled(_NARROWEST) + SPACING), theme.scaled(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Return the room of a single tile: the others give way."""
        return QSize(theme.scaled(_NARROWEST), theme.scaled(_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many tiles as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _restyle(self) -> None:
        self.setFixedHeight(theme.scaled(_HEIGHT))
        self._arrange()

    def _arrange(self) -> None:
        room = max(1, (self.width() + SPACING) // (theme.scaled(_NARROWEST) + SPACING))
        chosen = self._by_importance[:room]
        shown = [tile for tile in self.tiles if tile in chosen]
        for tile in self.tiles:
            tile.setVisible(tile in chosen)
        for column, tile in enumerate(shown):
            left = round(column * (self.width() + SPACING) / len(shown))
            right = round((column + 1) * (self.width() + SPACING) / len(shown)) - SPACING
            tile.setGeometry(left, 0, right - left, self.height())


def _images_per_second(history: History, since: float) -> float:
    """Return the training speed from a time of the run on, 0 if it cannot be told."""
    times = history.seconds
    # A key of another type would make NumPy convert, so copy, the whole column.
    start = min(int(times.searchsorted(times.dtype.type(since))), history.step - 2)
    seconds = float(times[-1]) - float(times[start])
    images = history.images_seen([start + 1, history.step])
    return float(images[1] - images[0]) / seconds if seconds > 0 else 0.0
