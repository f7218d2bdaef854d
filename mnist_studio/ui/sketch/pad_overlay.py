"""What lies over the pad instead of what is drawn."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtWidgets import QWidget

from .. import theme
from .pad import SketchPad


class PadOverlay(QWidget):
    """Lies over the pad and lets strokes through, which hide it while they are drawn.

    Whoever makes one hides it at first.

    Parameters
    ----------
    pad : SketchPad
        Where the strokes are drawn. What is around it may be wider, where the text is large.
    """

    def __init__(self, pad: SketchPad) -> None:
        around = pad.parentWidget()
        assert around is not None
        super().__init__(around)
        self._around = around
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        around.installEventFilter(self)
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
        """Return what is to be covered."""
        return self._around.rect()

    def cover(self, room: QRect) -> None:
        """Take this room."""
        self.setGeometry(room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover what has another size or place now, too."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.cover(self.room())
        return False
