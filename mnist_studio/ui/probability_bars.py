"""Ten probabilities as bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from . import theme
from .widgets import SPACING

DIGITS = tuple("0123456789")
POINTS = 9.5
THICKNESS = 7.0
WIDEST_NAME = 80
LOWEST_ROW, USUAL_ROW, HIGHEST_ROW = 15, 20, 44


class ProbabilityBars(QWidget):
    """One row per class: its name, a bar and a percentage; the likeliest stands out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = DIGITS
        self._probabilities: tuple[float, ...] = ()
        self.setAccessibleName(self.tr("Probabilities"))
        self.setToolTip(
            self.tr("How probable the network finds each class. The ten always add up to 100 %.")
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(HIGHEST_ROW * len(DIGITS))
        theme.notifier().changed.connect(self.update)

    @property
    def probabilities(self) -> tuple[float, ...]:
        """What the bars show; empty if there is no answer."""
        return self._probabilities

    def set_probabilities(self, probabilities: Sequence[float] | None) -> None:
        """Show one probability per class, or empty bars if None."""
        self._probabilities = tuple(probabilities or ())
        self.setAccessibleDescription(
            ", ".join(
                f"{name}: {share:.1%}"
                for name, share in zip(self._names, self._probabilities, strict=False)
            )
        )
        self.update()

    def set_names(self, names: Sequence[str]) -> None:
        """Name the rows after the classes of the data set."""
        self._names = tuple(names)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(240, USUAL_ROW * len(DIGITS))

    def minimumSizeHint(self) -> QSize:
        """Return the size at which the figures just do not touch."""
        return QSize(160, LOWEST_ROW * len(DIGITS))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.number_font(POINTS, QFont.Weight.Medium))
        metrics = painter.fontMetrics()
        label = min(max(map(metrics.horizontalAdvance, self._names)), WIDEST_NAME)
        figure = metrics.horizontalAdvance("100.0 %")
        top = max(self._probabilities, default=None)
        height = self.height() / len(self._names)
        for row, name in enumerate(self._names):
            share = self._probabilities[row] if self._probabilities else None
            likeliest = share is not None and share == top
            line = QRectF(0, row * height, self.width(), height)
            painter.setPen(theme.color("text" if likeliest else "dim"))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, label)
            side = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, side | Qt.AlignmentFlag.AlignLeft, text)
            if share is not None:
                text = f"{share * 100:.1f} %"
                painter.drawText(line, side | Qt.AlignmentFlag.AlignRight, text)
            track = line.adjusted(label + SPACING, 0, -figure - SPACING, 0)
            self._paint_bar(painter, track, share or 0.0, likeliest)

    def _paint_bar(self, painter: QPainter, track: QRectF, share: float, likeliest: bool) -> None:
        radius = THICKNESS / 2
        bar = QRectF(track.left(), track.center().y() - radius, track.width(), THICKNESS)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(bar, radius, radius)
        if share >= 0.01:  # below, a bar as wide as it is thick would promise too much
            bar.setWidth(max(THICKNESS, share * bar.width()))
            painter.setBrush(theme.color("accent" if likeliest else "raw"))
            painter.drawRoundedRect(bar, radius, radius)
        painter.restore()
