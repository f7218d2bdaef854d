"""Every command of the window, with its keys and its icon."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from .. import paths
from . import theme

ICON_SIZE = 16


class Actions(QObject):
    """Every command of the window, by its object name.

    Parameters
    ----------
    window : QWidget
        The actions' shortcuts work in it; its ``actions()`` are these.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._pages = 0
        self._icons: dict[QAction, tuple[str, str]] = {}
        self.train = self._make(
            "trainAction",
            self.tr("&Train"),
            self.tr("Train a new network with these settings."),
            icon="play",
            icon_color="on_accent",
            key="Space",
        )
        self.pause = self._make(
            "pauseAction",
            self.tr("&Pause"),
            self.tr("Pause after this batch; Train goes on."),
            icon="pause",
            icon_color="on_accent",
            key="Space",
        )
        self.stop = self._make(
            "stopAction",
            self.tr("&Stop"),
            self.tr("End the training after this batch. It is saved and can be continued."),
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
            self.tr("Go on with the training exactly where it ended."),
            "Ctrl+Return",
        )
        self.open = self._make(
            "openAction", self.tr("&Open…"), self.tr("Open a saved run."), "Ctrl+O"
        )
        self.save = self._make(
            "saveAction",
            self.tr("Sa&ve…"),
            self.tr("Save this run with its network and curves to a file."),
            "Ctrl+S",
        )
        for action in (self.pause, self.stop, self.resume, self.save):
            action.setEnabled(False)  # before there is a run
        self._make_view_actions()
        theme.notifier().changed.connect(self._on_theme_changed)

    def _make_view_actions(self) -> None:
        self.left = self._make(
            "leftColumnAction",
            self.tr("Settings beside the page"),
            self.tr("Fold the settings to the window's edge, or unfold them."),
            "F9",
        )
        self.right = self._make(
            "rightColumnAction",
            self.tr("Sketch pad beside the page"),
            self.tr("Fold the sketch pad to the window's edge, or unfold it."),
            "Shift+F9",
        )
        self.whole = self._make(
            "wholeScreenAction",
            self.tr("Page on the whole screen"),
            self.tr("Give the whole screen to the page; Esc brings the columns back."),
            "F11",
        )
        for action in (self.left, self.right, self.whole):
            action.setCheckable(True)
        self.larger = self._make(
            "largerAction",
            self.tr("Larger text and lines"),
            self.tr("For a projector, or tired eyes."),
            "Ctrl++",
            "Ctrl+=",
        )
        self.smaller = self._make(
            "smallerAction",
            self.tr("Smaller text and lines"),
            self.tr("More fits on the page."),
            "Ctrl+-",
        )
        self.usual = self._make(
            "usualSizeAction",
            self.tr("Usual text and lines"),
            self.tr("The size of the desktop's text."),
            "Ctrl+0",
        )
        self.message = self._make(
            "messageAction",
            self.tr("Go to the message"),
            self.tr("Give the focus to the latest message over the page; Esc closes it."),
            "F6",
        )
        self.help = self._make(
            "helpAction", self.tr("All keys"), self.tr("Show what each key does."), "F1"
        )

    def add_page(self, title: str) -> QAction:
        """Return a new action that shows a page; its key is Ctrl and the page's number."""
        self._pages += 1
        tip = self.tr("Show this page.")
        text = self.tr("Page {0}").format(title)
        return self._make(f"page{self._pages}Action", text, tip, f"Ctrl+{self._pages}")

    def _make(
        self,
        name: str,
        text: str,
        tip: str,
        *shortcuts: str,
        icon: str = "",
        icon_color: str = "text",
        key: str = "",
    ) -> QAction:
        """Return a new action.

        The window itself listens for `key`: focused controls have a use for that.
        """
        action = QAction(text, self)
        action.setObjectName(name)
        keys = QKeySequence(key or next(iter(shortcuts), "")).toString(
            QKeySequence.SequenceFormat.NativeText
        )
        action.setToolTip(f"{tip.removesuffix('.')} ({keys})." if keys else tip)
        action.setProperty("key", key)
        action.setShortcuts([QKeySequence(shortcut) for shortcut in shortcuts])
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
