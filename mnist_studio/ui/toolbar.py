"""The row at the top: the run's commands, what is in view, the pages, files, and all the rest."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QTabBar, QToolButton, QWidget

from . import theme
from .actions import ICON_SIZE, Actions
from .widgets import SPACING, ElidedLabel, dim_label

_TITLE = 120  # pixels of the run's title that come before Open and Save


class Toolbar(QWidget):
    """One row; what does not fit into it is found in its last menu.

    Parameters
    ----------
    actions : Actions
        What the buttons do.

    Attributes
    ----------
    tabs : QTabBar
        What the middle of the window shows.
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._shown = "", "", ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for widget in self._make_run_buttons():
            row.addWidget(widget)
        row.addSpacing(SPACING)
        self._title = _RunTitle()
        self._title.setObjectName("runTitle")
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(self._title)
        self._state = dim_label()
        self._state.setObjectName("runState")
        row.addWidget(self._state)
        # Behind what it belongs to: it comes and goes, and moves none of the other buttons.
        self._resume = self._button(actions.resume, "continueButton")
        self._resume.hide()
        row.addWidget(self._resume)
        row.addStretch(1)
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.tabs.setAccessibleName(self.tr("What the middle of the window shows"))
        row.addWidget(self.tabs)
        row.addSpacing(SPACING)
        self._open = self._button(actions.open, "openButton", flat=True)
        self._open.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._save = self._button(actions.save, "saveButton", flat=True)
        self._more = self._make_more_button()
        for widget in (self._open, self._save, self._more):
            row.addWidget(widget)
        # What may be left out and what may be shortened, the least important first.
        self._optional = (self._state, self._save, self._open)
        self._shortened = (self._stop, self._step)
        self._short = False
        self.show_running(running=False)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_menus(self, recent_menu: QMenu, *choices: QMenu) -> None:
        """Give the buttons their menus; called once.

        Parameters
        ----------
        recent_menu : QMenu
            Opened beside Open.
        choices : sequence of QMenu
            Opened in the last menu.
        """
        actions = self._actions
        self._open.setMenu(recent_menu)
        menu = QMenu(self._step)
        menu.addAction(actions.epoch)
        self._step.setMenu(menu)
        menu = QMenu(self._more)
        menu.setObjectName("moreMenu")
        for action in (actions.open, actions.save):
            menu.addAction(action)
        menu.addSeparator()
        for action in (actions.left, actions.right, actions.whole):
            menu.addAction(action)
        menu.addSeparator()
        for action in (actions.larger, actions.smaller, actions.usual):
            menu.addAction(action)
        menu.addSeparator()
        for each in choices:
            menu.addMenu(each)
        menu.addSeparator()
        menu.addAction(actions.help)
        self._more.setMenu(menu)

    def show_running(self, *, running: bool) -> None:
        """Show Pause in the place of Train while batches are trained."""
        self._train.setVisible(not running)
        self._pause.setVisible(running)

    def show_resumable(self, *, resumable: bool) -> None:
        """Show Continue while a stopped run can go on."""
        self._resume.setVisible(resumable)
        self._fit()

    def set_title(self, title: str, state: str, problem: str = "") -> None:
        """Say which run is in view, what it does, and why it failed if it did."""
        shown = title, state, problem
        if shown == self._shown:
            return
        self._shown = shown
        self._title.setText(title)
        self._title.setToolTip(title)
        self._state.setText(state)
        self._state.setToolTip(problem)
        self._state.setProperty("role", "error" if problem else "dim")
        self._state.style().polish(self._state)
        self._fit()

    # --- building --------------------------------------------------------------------------

    def _make_run_buttons(self) -> tuple[QToolButton, ...]:
        actions = self._actions
        self._train = self._button(actions.train, "trainButton", primary=True)
        self._pause = self._button(actions.pause, "pauseButton", primary=True)
        self._stop = self._button(actions.stop, "stopButton")
        self._step = self._button(actions.step, "stepButton")
        self._step.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        return self._train, self._pause, self._stop, self._step

    def _button(
        self, action: QAction, name: str, *, primary: bool = False, flat: bool = False
    ) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setDefaultAction(action)
        button.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if not action.icon().isNull()
            else Qt.ToolButtonStyle.ToolButtonTextOnly
        )
        button.setProperty("primary", primary)
        button.setProperty("flat", flat)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.iconText())
        return button

    def _make_more_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("moreButton")
        button.setText("⋯")
        button.setProperty("flat", True)
        button.setToolTip(self.tr("Columns, text size, theme, and all keys."))
        button.setAccessibleName(self.tr("More"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    # --- room ------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Need what cannot be left out."""
        words = 0 if self._short else sum(map(_width_of_word, self._shortened))
        return QSize(self._needed(()) - words, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out what does not fit: the state, files, which the last menu has too, words."""
        self._shorten(False)
        title = min(self._title.sizeHint().width(), theme.scaled(_TITLE))
        missing = self._needed(self._optional) + title - self.width()
        for part in self._optional:
            part.setVisible(missing <= 0)
            missing -= part.sizeHint().width() + SPACING
        self._shorten(missing > title)

    def _shorten(self, short: bool) -> None:
        """Show only the icons of buttons that have some."""
        self._short = short
        for button in self._shortened:
            button.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonIconOnly
                if short
                else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            )

    def _needed(self, optional: tuple[QWidget, ...]) -> int:
        """Return the pixels of all but the title, with these of the optional parts."""
        always = [self._train, self._stop, self._step, self.tabs, self._more]
        if not self._resume.isHidden():
            always.append(self._resume)
        widths = [max(each.sizeHint().width(), each.minimumWidth()) for each in always]
        widths += [each.sizeHint().width() for each in optional]
        # Between all of them, beside the title, and twice more beside the tabs.
        return sum(widths) + SPACING * (len(widths) + 4)

    @Slot()
    def _on_theme_changed(self) -> None:
        buttons = self.findChildren(QToolButton)
        for button in buttons:
            size = theme.scaled(ICON_SIZE)
            button.setIconSize(QSize(size, size))
            button.setMinimumHeight(theme.scaled(32))
        self._reserve_widths()
        self._fit()

    def _reserve_widths(self) -> None:
        """Let Train, Pause and Resume have one width: none moves its neighbors."""
        for button in (self._train, self._pause):
            button.setMinimumWidth(0)
        words = self.tr("Train"), self.tr("Pause"), self.tr("Resume")
        metrics = QFontMetrics(theme.text_font())
        widest = max(metrics.horizontalAdvance(word) for word in words)
        # The button's text and what is around it, by the button that is there.
        around = self._train.sizeHint().width() - metrics.horizontalAdvance(
            self._train.defaultAction().iconText()
        )
        for button in (self._train, self._pause):
            button.setFixedWidth(around + widest)


class _RunTitle(ElidedLabel):
    """Says which run is in view: its name alone, where there is no room for more, or nothing.

    A part of a word would say nothing, and look like the tab beside it.
    """

    def fitting_text(self) -> str:
        """Return what there is room for."""
        name, width = self.text().rpartition(":")[0], self.fontMetrics().horizontalAdvance
        alone = width(name) <= self.width() < width(f"{name}: …")
        if name and alone:
            return name
        fitting = super().fitting_text()
        whole = len(fitting) > len(self.text().split(" ", 1)[0])
        return fitting if whole or fitting == self.text() else ""


def _width_of_word(button: QToolButton) -> int:
    return button.fontMetrics().horizontalAdvance(button.text())
