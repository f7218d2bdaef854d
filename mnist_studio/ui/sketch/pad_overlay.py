"""What lies over the pad instead of what is drawn."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtWidgets import QWidget

from .. import theme
from .pad import SketchPad

_FRAME = 4  # pixels of the pad's frame with its round corners


class PadOverlay(QWidget):
    """Lies over the pad and lets strokes through, which hide it while they are drawn.

    Whoever makes one hides it at first.

    Parameters
    ----------
    pad : SketchPad
        Where the strokes are drawn.
    over : QWidget, optional
        What is covered: the pad, or a wider one around it.
    """

    def __init__(self, pad: SketchPad, over: QWidget | None = None) -> None:
        super().__init__(over or pad)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        (over or pad).installEventFilter(self)
        pad.strokes_changed.connect(self.hide)
        theme.notifier().changed.connect(self.update)

    def lay_over(self, sentence: str) -> None:
        """Cover the pad; the sentence says what is seen to those who cannot see it."""
        self.setAccessibleName(sentence)
        self.cover(self.room())
        self.show()
        self.raise_()
        self.update()

    def room(self) -> QRect:
        """Return what is to be covered, of the pad the inside of its frame."""
        over = self.parentWidget()
        assert over is not None
        frame = _FRAME if isinstance(over, SketchPad) else 0
        return over.rect().adjusted(frame, frame, -frame, -frame)

    def cover(self, room: QRect) -> None:
        """Take this room."""
        self.setGeometry(room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover what has another size now, too."""
        if event.type() == QEvent.Type.Resize:
            self.cover(self.room())
        return False
