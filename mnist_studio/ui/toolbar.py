"""The actions of the window and the row of buttons that shows them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QTabBar, QToolButton, QWidget

from .. import paths
from . import theme
from .widgets import SPACING, dim_label

ICON_SIZE = 16


class Actions(QObject):
    """Every command of the window, by its object name.

    Parameters
    ----------
    window : QWidget
        The actions' shortcuts work in it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icons: dict[QAction, tuple[str, str]] = {}
        self.train = self._make(
            "trainAction",
            self.tr("&Train"),
            self.tr("Train a new network with these settings (Space)."),
            icon="play",
            icon_color="on_accent",
        )
        self.pause = self._make(
            "pauseAction",
            self.tr("&Pause"),
            self.tr("Pause after this batch; Train goes on (Space)."),
            icon="pause",
            icon_color="on_accent",
        )
        self.stop = self._make(
            "stopAction",
            self.tr("&Stop"),
            self.tr("End the training after this batch. It is saved and can be continued (Esc)."),
            "Esc",
            icon="stop",
        )
        self.step = self._make(
            "stepAction",
            self.tr("St&ep"),
            self.tr("Train a single batch, then pause: watch one update at a time."),
            "Ctrl+Right",
            icon="step",
        )
        self.epoch = self._make(
            "epochAction",
            self.tr("Run one epoch"),
            self.tr("Train to the end of the epoch, then pause."),
            "Ctrl+Shift+Right",
        )
        self.resume = self._make(
            "continueAction",
            self.tr("&Continue"),
            self.tr("Go on with the stopped training exactly where it ended."),
            "Ctrl+Return",
        )
        self.open = self._make(
            "openAction", self.tr("&Open…"), self.tr("Open a saved run (Ctrl+O)."), "Ctrl+O"
        )
        self.save = self._make(
            "saveAction",
            self.tr("Sa&ve…"),
            self.tr("Save this run with its network and curves to a file (Ctrl+S)."),
            "Ctrl+S",
        )
        theme.notifier().changed.connect(self._on_theme_changed)

    def _make(
        self,
        name: str,
        text: str,
        tip: str,
        shortcut: str = "",
        *,
        icon: str = "",
        icon_color: str = "text",
    ) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setToolTip(tip)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        if icon:
            self._icons[action] = (icon, icon_color)
            action.setIcon(tinted_icon(icon, icon_color))
        # The window as a parent of the action lets findChild(QAction, name) on it find it.
        self._window.addAction(action)
        return action

    @Slot()
    def _on_theme_changed(self) -> None:
        for action, (icon, color) in self._icons.items():
            action.setIcon(tinted_icon(icon, color))


def tinted_icon(name: str, token: str) -> QIcon:
    """Return a one-color icon of ``resources/icons`` in a color of the theme."""
    text = paths.resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    icon = QIcon()
    for mode, color in (
        (QIcon.Mode.Normal, theme.color(token)),
        (QIcon.Mode.Disabled, theme.color("dim")),
    ):
        renderer = QSvgRenderer(text.replace("currentColor", color.name()).encode())
        for scale in (1, 2, 3):
            pixmap = QPixmap(QSize(ICON_SIZE, ICON_SIZE) * scale)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter)
            painter.end()
            pixmap.setDevicePixelRatio(scale)
            icon.addPixmap(pixmap, mode)
    return icon


class Toolbar(QWidget):
    """One row: the run's commands, what is being trained, the tabs, files and theme.

    Parameters
    ----------
    actions : Actions
        What the buttons do.
    recent_menu : QMenu
        Opened beside Open.
    theme_menu : QMenu
        Opened by the theme button.

    Attributes
    ----------
    tabs : QTabBar
        What the middle of the window shows.
    """

    def __init__(
        self,
        actions: Actions,
        recent_menu: QMenu,
        theme_menu: QMenu,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        self._train = self._button(actions.train, "trainButton", primary=True)
        self._pause = self._button(actions.pause, "pauseButton", primary=True)
        width = max(self._train.sizeHint().width(), self._pause.sizeHint().width())
        for button in (self._train, self._pause):
            button.setMinimumWidth(width)
        self._step = self._button(actions.step, "stepButton")
        menu = QMenu(self._step)
        menu.addAction(actions.epoch)
        self._step.setMenu(menu)
        self._step.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._resume = self._button(actions.resume, "continueButton")
        for widget in (
            self._train,
            self._pause,
            self._button(actions.stop, "stopButton"),
            self._step,
            self._resume,
        ):
            row.addWidget(widget)
        row.addSpacing(SPACING)
        self._title = QLabel()
        self._title.setObjectName("runTitle")
        # It may be cut when the window is narrow; the tooltip has it whole.
        self._title.setMinimumWidth(60)
        row.addWidget(self._title)
        self._state = dim_label()
        self._state.setObjectName("runState")
        row.addWidget(self._state)
        row.addStretch(1)
        self.tabs = QTabBar()
        self.tabs.setObjectName("tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("What the middle of the window shows"))
        row.addWidget(self.tabs)
        row.addSpacing(SPACING)
        opener = self._button(actions.open, "openButton", flat=True)
        opener.setMenu(recent_menu)
        opener.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        row.addWidget(opener)
        row.addWidget(self._button(actions.save, "saveButton", flat=True))
        themes = QToolButton()
        themes.setObjectName("themeButton")
        themes.setText("◐")
        themes.setProperty("flat", True)
        themes.setToolTip(self.tr("Light or dark? “System” follows your desktop."))
        themes.setAccessibleName(self.tr("Theme"))
        themes.setMenu(theme_menu)
        themes.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row.addWidget(themes)
        self.show_running(running=False)

    def show_running(self, *, running: bool) -> None:
        """Show Pause in the place of Train while batches are trained."""
        self._train.setVisible(not running)
        self._pause.setVisible(running)

    def show_resumable(self, *, resumable: bool) -> None:
        """Show Continue while a stopped run can go on."""
        self._resume.setVisible(resumable)

    def set_title(self, title: str, state: str) -> None:
        """Say which run is in view and what it does."""
        self._title.setText(title)
        self._title.setToolTip(title)
        self._state.setText(state)

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
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setProperty("primary", primary)
        button.setProperty("flat", flat)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMinimumHeight(32)
        return button
