"""What will be looked at later, made before while nobody does anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QInputEvent
from PySide6.QtWidgets import QWidget

from .columns import Pages
from .page import Page
from .sections import Sections

_INTERVAL = 100  # milliseconds between two pieces
_PAUSE = 1000  # milliseconds without input after which the next one may not be waited for


class Ahead(QObject):
    """Goes through an iterator while nobody uses the window, a step at a time.

    Parameters
    ----------
    pieces : iterator
        Makes something at each step.
    window : QWidget
        Must have been shown. What it has to do meanwhile waits for a piece, of which most take
        5 to 50 ms.

    Signals
    -------
    ended()
        All is made.
    """

    ended = Signal()

    def __init__(self, pieces: Iterator[None], window: QWidget) -> None:
        super().__init__(window)
        self._pieces = pieces
        self._since_input = QElapsedTimer()
        self._since_input.start()
        window.windowHandle().installEventFilter(self)  # what comes for any widget passes there
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)
        self._timer.start(_INTERVAL)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when somebody does something."""
        if isinstance(event, QInputEvent):
            self._since_input.restart()
        return super().eventFilter(watched, event)

    @Slot()
    def _go_on(self) -> None:
        parent = self.parent()
        assert isinstance(parent, QWidget)
        busy = QGuiApplication.mouseButtons() or self._since_input.elapsed() < _PAUSE
        if not busy and parent.isVisible() and next(self._pieces, self) is self:
            self._timer.stop()
            self.ended.emit()
            self.deleteLater()


def make_views(pages: Iterable[Page], place: Pages) -> Iterator[None]:
    """Make pages and their sections, a view at each step; hidden, they ask nothing."""
    for page in pages:
        if page.made_ahead:
            widget = page.widget
            yield
            place.keep(widget)
            yield
            if isinstance(widget, Sections):
                for name in widget.names:
                    widget.view(name)
                    yield
