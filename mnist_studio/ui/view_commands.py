"""How the window is looked at: columns folded, the page on the whole screen, the size of text."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow, QWidget

from ..session.settings import Settings
from . import theme
from .actions import Actions
from .column import Column
from .columns import Columns


class ViewCommands(QObject):
    """Does what the actions say, and remembers it.

    Parameters
    ----------
    actions : Actions
        What the user triggers.
    columns : Columns
        Are folded.
    strip : QWidget
        Below them; hidden while the page has the whole screen.
    settings : Settings
        Remembers columns and size.
    window : QMainWindow
        All of this is in it.
    """

    def __init__(
        self,
        actions: Actions,
        columns: Columns,
        strip: QWidget,
        settings: Settings,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._actions, self._columns, self._strip = actions, columns, strip
        self._settings, self._window = settings, window
        self._whole = False
        self._was_maximized = False
        columns.arranged.connect(self._on_arranged)
        actions.left.triggered.connect(self._on_left)
        actions.right.triggered.connect(self._on_right)
        actions.whole.triggered.connect(self._on_whole)
        actions.larger.triggered.connect(self._on_larger)
        actions.smaller.triggered.connect(self._on_smaller)
        actions.usual.triggered.connect(self._on_usual)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_arranged()

    def leave(self) -> None:
        """Bring the columns back and remember them."""
        self.take_back()
        self._settings.set_layout("columns", self._columns.state())

    # --- columns ---------------------------------------------------------------------------

    def take_back(self) -> None:
        """Take the screen back from the page, if it has all of it."""
        if self._whole:
            self._on_whole()

    def unfold(self, column: Column) -> None:
        """Let a column be seen, whatever else is."""
        self.take_back()
        self._columns.unfold(column)

    @Slot()
    def _on_left(self) -> None:
        self._columns.toggle(self._columns.left)

    @Slot()
    def _on_right(self) -> None:
        self._columns.toggle(self._columns.right)

    @Slot()
    def _on_arranged(self) -> None:
        columns, actions = self._columns, self._actions
        for action, column in ((actions.left, columns.left), (actions.right, columns.right)):
            action.setEnabled(columns.can_toggle(column))
            action.setChecked(action.isEnabled() and not column.folded)

    @Slot()
    def _on_whole(self) -> None:
        """Give the screen to the page, or take it back."""
        self._whole = not self._whole
        window, actions = self._window, self._actions
        actions.whole.setChecked(self._whole)
        # Esc brings the columns back first, and stops a training only then.
        actions.stop.setShortcuts([] if self._whole else [QKeySequence("Esc")])
        keys = ("F11", "Esc") if self._whole else ("F11",)
        actions.whole.setShortcuts([QKeySequence(key) for key in keys])
        self._columns.set_bare(self._whole)
        self._strip.setHidden(self._whole)
        if self._whole:
            self._was_maximized = window.isMaximized()
            window.showFullScreen()
        elif window.isVisible():
            (window.showMaximized if self._was_maximized else window.showNormal)()

    # --- size ------------------------------------------------------------------------------

    @Slot()
    def _on_larger(self) -> None:
        self._set_scale(min((each for each in theme.SCALES if each > self._scale), default=0))

    @Slot()
    def _on_smaller(self) -> None:
        self._set_scale(max((each for each in theme.SCALES if each < self._scale), default=0))

    @Slot()
    def _on_usual(self) -> None:
        self._set_scale(1.0)

    @Slot()
    def _on_theme_changed(self) -> None:
        actions = self._actions
        actions.larger.setEnabled(self._scale < max(theme.SCALES))
        actions.smaller.setEnabled(self._scale > min(theme.SCALES))
        actions.usual.setEnabled(self._scale != 1.0)

    @property
    def _scale(self) -> float:
        """The factor that was chosen."""
        return theme.notifier().scale

    def _set_scale(self, factor: float) -> None:
        if factor in theme.SCALES:
            self._settings.text_scale = factor
            theme.set_scale(factor)
