"""The looks: color tokens for a light and a dark theme, and the style sheet made from them.

Widgets take their colors from :func:`current` when they paint and listen to
``theme.notifier().changed``; nothing keeps a color of its own.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from .. import paths


@dataclass(frozen=True)
class Theme:
    """Color tokens as ``#rrggbb``.

    ``series_…`` are the colors of the curves of one run, ``run_…`` those of whole runs where
    several are in one plot; :func:`run_token` counts them.
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
    run_1: str
    run_2: str
    run_3: str
    run_4: str
    run_5: str
    run_6: str
    run_7: str
    run_8: str
    run_9: str
    run_10: str
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
    run_1="#4c9ffe",
    run_2="#f2a33c",
    run_3="#3ecf8e",
    run_4="#d877cf",
    run_5="#e03a22",
    run_6="#bdf2ff",
    run_7="#8a52f5",
    run_8="#f2ec2e",
    run_9="#f9b7dd",
    run_10="#4a7d92",
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
    accent="#1f6fdb",
    on_accent="#ffffff",
    raw="#c9d3df",
    error="#c62828",
    series_1="#1f6fdb",
    series_2="#d9720b",
    series_3="#12875a",
    series_4="#a6409c",
    run_1="#1f6fdb",
    run_2="#d9720b",
    run_3="#12875a",
    run_4="#a6409c",
    run_5="#5e0f12",
    run_6="#4f9cc2",
    run_7="#1a1a75",
    run_8="#806008",
    run_9="#f03d7e",
    run_10="#3b5562",
    ink="#1b2430",
    paper="#ffffff",
)

_RUN_COLORS = sum(each.name.startswith("run_") for each in fields(Theme))


class ThemeNotifier(QObject):
    """Tells widgets that paint themselves that the theme is another.

    Signals
    -------
    changed
        The current theme is another.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.choice = "system"


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
    return QColor(getattr(current(), token))


def run_token(index: int) -> str:
    """Return the color token of a run: that of color 0, 1, 2 …; they repeat after ten."""
    return f"run_{index % _RUN_COLORS + 1}"


def tint(token: str, share: float) -> QColor:
    """Return a token's color laid over the surface: opaque, which paints fast.

    Parameters
    ----------
    token : str
        Color of the theme.
    share : float
        From 0, the surface, to 1, the color itself.
    """
    over, under = color(token), color("surface")
    return QColor.fromRgbF(
        share * over.redF() + (1 - share) * under.redF(),
        share * over.greenF() + (1 - share) * under.greenF(),
        share * over.blueF() + (1 - share) * under.blueF(),
    )


def choose(choice: str) -> None:
    """Use the theme ``"light"``, ``"dark"`` or ``"system"`` and tell every widget."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    dark = choice == "dark" or (choice == "system" and _system_is_dark())
    theme = DARK if dark else LIGHT
    notifier().choice = choice
    notifier().theme = theme
    application.setFont(_interface_font())
    application.setPalette(_palette(theme))
    application.setStyleSheet(style_sheet(theme))
    notifier().changed.emit()


def _interface_font() -> QFont:
    """Return the system's font; on Linux, where defaults vary, Inter where it is installed."""
    font = QFont(QApplication.font())
    if sys.platform.startswith("linux"):
        family = font.family()
        font.setFamilies(["Inter", family] if family != "Inter" else [family])
    return font


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
    """Return the application's style sheet in the colors of `theme`."""
    template = paths.resource("themes/studio.qss").read_text(encoding="utf-8")
    icons = paths.resource("icons").as_posix()
    tokens = {each.name: getattr(theme, each.name) for each in fields(theme)}
    return Template(template).substitute(tokens, icons=icons)


def number_font(points: float, weight: QFont.Weight = QFont.Weight.DemiBold) -> QFont:
    """Return the interface font with figures of equal width, so that numbers do not jump."""
    font = QFont(QApplication.font())
    font.setPointSizeF(points)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
