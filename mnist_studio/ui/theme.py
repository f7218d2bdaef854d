"""The looks: colors of a light and a dark theme, the size of all text, and the style sheet of both.

Widgets take their colors from :func:`current` and their sizes from :func:`scale` when they paint,
and listen to ``theme.notifier().changed``; nothing keeps a color or a size of its own.
"""

from __future__ import annotations

import functools
import re
from string import Template
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from .. import paths
from ..report import palette
from .colors import contrast, mixed


class Theme(NamedTuple):
    """Color tokens as ``#rrggbb``.

    ``series_…`` are the colors of the curves of one run, ``runs`` those of whole runs where several
    are in one plot; :func:`run_token` names them.
    """

    name: str
    background: str
    surface: str
    raised: str
    line: str
    text: str
    dim: str
    accent: str
    on_accent: str
    raw: str
    error: str
    series_1: str
    series_2: str
    series_3: str
    series_4: str
    runs: tuple[str, ...]
    ink: str
    paper: str

    @property
    def series(self) -> tuple[str, ...]:
        """The plot colors, told apart by the color-blind as well."""
        return (self.series_1, self.series_2, self.series_3, self.series_4)


DARK = Theme(
    name="dark",
    background="#14171c",
    surface="#1c2027",
    raised="#242932",
    line="#2e3540",
    text="#e8ebf0",
    dim="#97a1b0",
    accent="#4c9ffe",
    on_accent="#0b1220",
    raw="#3a4658",
    error="#ff7b72",
    series_1="#4c9ffe",
    series_2="#f2a33c",
    series_3="#3ecf8e",
    series_4="#d877cf",
    runs=palette.DARK,
    ink="#ffffff",
    paper="#0b0d10",
)
LIGHT = Theme(
    name="light",
    background="#f4f5f7",
    surface="#ffffff",
    raised="#f0f2f5",
    line="#dfe3e8",
    text="#1b2430",
    dim="#5c6775",
    accent="#1e6cd4",
    on_accent="#ffffff",
    raw="#c9d3df",
    error="#c62828",
    series_1="#1e6cd4",
    series_2="#d6710b",
    series_3="#12875a",
    series_4="#a6409c",
    runs=palette.LIGHT,
    ink="#1b2430",
    paper="#ffffff",
)

SCALES = (0.9, 1.0, 1.1, 1.25, 1.5)
"""Sizes of all text and lines that can be chosen; 1 is the desktop's."""
FONT_FAMILY = "MNIST Studio Inter"
_USUAL_POINTS, _USUAL_PIXELS = 9.0, 12.0  # of the desktop's text that all sizes are meant for
_COPY_SHARES = (1.0, 0.7, 0.5)
_READABLE = 4.5  # contrast of small text, as WCAG 2.2 asks for, criterion 1.4.3


class ThemeNotifier(QObject):
    """Tells widgets that paint themselves that the theme, or the size of all text, is another.

    Signals
    -------
    changed
        The current theme or scale is another.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.choice = "system"
        self.scale = 1.0


_notifier: ThemeNotifier | None = None


def notifier() -> ThemeNotifier:
    """Return the one notifier, made at first use."""
    global _notifier
    if _notifier is None:
        _notifier = ThemeNotifier()
    return _notifier


def current() -> Theme:
    """Return the theme in use."""
    return notifier().theme


def color(token: str) -> QColor:
    """Return a token of the current theme as a QColor."""
    if not token.startswith("run_"):
        return QColor(getattr(current(), token))
    number, _, copy = token.removeprefix("run_").partition("-")
    color = QColor(current().runs[int(number) - 1])
    return _on_surface(color, _COPY_SHARES[int(copy)]) if copy else color


def text_color(token: str) -> QColor:
    """Return a token's color for a text: as much of the text's in it as makes it readable.

    What is bright enough for a line often is not for letters. It is readable on every background.
    """
    return _readable(color(token).name(), current())


@functools.cache
def _readable(name: str, theme: Theme) -> QColor:
    """Return a color with a contrast to what is raised, from which it differs least."""
    text = QColor(theme.text)
    shades = (mixed(QColor(name), text, 1 - step / 20) for step in range(21))
    return next(each for each in shades if contrast(each, QColor(theme.raised)) >= _READABLE)


def run_token(index: int, copy: int = 0) -> str:
    """Return the color token of a run: that of color 0, 1, 2 and so on.

    Other runs of the same color are its copies 1, 2 and so on, which are paler, if they are in
    one plot.
    """
    shade = copy % len(_COPY_SHARES)
    return f"run_{index % len(palette.LIGHT) + 1}" + (f"-{shade}" if shade else "")


def tint(token: str, share: float) -> QColor:
    """Return a token's color laid over the surface: opaque, which paints fast.

    Parameters
    ----------
    token : str
        Color of the theme.
    share : float
        From 0, the surface, to 1, the color itself.
    """
    return _on_surface(color(token), share)


def _on_surface(color: QColor, share: float) -> QColor:
    return mixed(color, QColor(current().surface), share)


def choose(choice: str, factor: float | None = None) -> None:
    """Use the theme ``"light"``, ``"dark"`` or ``"system"``, and a scale; tell every widget.

    Parameters
    ----------
    choice : str
        Which theme.
    factor : float, optional
        How large all text and lines are, as for :func:`set_scale`; without it as they were.
    """
    if factor is not None:
        notifier().scale = factor
    dark = choice == "dark" or (choice == "system" and _system_is_dark())
    notifier().choice = choice
    notifier().theme = DARK if dark else LIGHT
    _apply()


def scale() -> float:
    """Return how large all text and lines are; 1 is that of a desktop with text of 12 pixels.

    Lengths follow the desktop's text as well as the factor that was chosen, or larger text would
    not fit between them.
    """
    return notifier().scale * _system_size()[1] / _USUAL_PIXELS


def set_scale(factor: float) -> None:
    """Make all text and lines larger or smaller, one of :data:`SCALES`, and tell every widget."""
    notifier().scale = factor
    _apply()


def scaled(pixels: float) -> int:
    """Return a length in the size in use: whole pixels, and at least one of what is there."""
    return max(1, round(pixels * scale())) if pixels else 0


def _apply() -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    sheet = style_sheet(current())
    if sheet != application.styleSheet():  # setting it costs a look at every widget there is
        application.setFont(_interface_font())
        application.setPalette(_palette(current()))
        application.setStyleSheet(sheet)
    notifier().changed.emit()


def _interface_font() -> QFont:
    """Return the typeface that comes along, in the system's size times the scale in use.

    Characters that it lacks, Chinese for one, are taken from the system's font.
    """
    font = QFont(QApplication.font())
    if font.family() != FONT_FAMILY:
        for path in paths.resource("fonts").iterdir():
            if path.suffix == ".otf":
                QFontDatabase.addApplicationFont(str(path))
        font.setFamilies([FONT_FAMILY, *font.families()])
    font.setPointSizeF(_points(_USUAL_POINTS))
    return font


def _points(points: float) -> float:
    """Return what a size is that was meant for a desktop with text of 9 points.

    A point is not of the same number of pixels on every system.
    """
    return points * _system_size()[0] / _USUAL_POINTS * notifier().scale


@functools.cache
def _system_size() -> tuple[float, float]:
    """Return points and pixels of the system's font; asked before the application has another."""
    font = QApplication.font()
    points = font.pointSizeF()
    if points <= 0:
        points = QFontInfo(font).pointSizeF()  # which has to load the font
    dots = QGuiApplication.primaryScreen().logicalDotsPerInch()
    return points, round(points * dots / 72, 1)


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, token in {
        role.Window: theme.background,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.dim,
        role.Link: theme.accent,
    }.items():
        palette.setColor(which, QColor(token))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.dim))
    return palette


def style_sheet(theme: Theme) -> str:
    """Return the application's style sheet in the colors of `theme` and the scale in use."""
    template = paths.resource("themes/studio.qss").read_text(encoding="utf-8")
    icons = paths.resource("icons").as_posix()
    if scale() != 1:
        template = re.sub(r"(radius: )?\b(\d+)px", _scaled_length, template)
    return Template(template).substitute(theme._asdict(), icons=icons)


def _scaled_length(match: re.Match[str]) -> str:
    """Return a length of the style sheet in the scale in use; of a radius, what is surely inside.

    One of more than half of a side would round nothing.
    """
    kind, pixels = match[1] or "", int(match[2])
    return f"{kind}{int(pixels * scale()) if kind else scaled(pixels)}px"


def text_font(points: float | None = None, weight: QFont.Weight = QFont.Weight.DemiBold) -> QFont:
    """Return the interface font.

    Parameters
    ----------
    points : float, optional
        Size where that of the interface is 9; without it that of the interface.
    weight : QFont.Weight
        How bold.
    """
    font = QFont(QApplication.font())
    if points is not None:
        font.setPointSizeF(_points(points))
    font.setWeight(weight)
    return font


def number_font(points: float | None = None, weight: QFont.Weight = QFont.Weight.DemiBold) -> QFont:
    """Return :func:`text_font` with figures of equal width, so that numbers do not jump."""
    font = text_font(points, weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class NumberFont(QObject):
    """Keeps a widget in :func:`number_font`, whatever the scale becomes.

    Parameters
    ----------
    widget : QWidget
        Owns it.
    points, weight
        As for :func:`number_font`.
    """

    def __init__(
        self,
        widget: QWidget,
        points: float | None = None,
        weight: QFont.Weight = QFont.Weight.Normal,
    ) -> None:
        super().__init__(widget)
        self._widget, self._points, self._weight = widget, points, weight
        notifier().changed.connect(self._apply)
        widget.installEventFilter(self)
        self._apply()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Set the font again when the widget is shown: the style sheet puts back an older one."""
        if event.type() == QEvent.Type.Show:
            self._apply()
        return super().eventFilter(watched, event)

    @Slot()
    def _apply(self) -> None:
        self._widget.setFont(number_font(self._points, self._weight))
