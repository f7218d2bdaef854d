"""All keys in one small window, made from the actions themselves so that it tells the truth."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from . import theme
from .widgets import SPACING, dim_label, fit_screen, title_label


class KeysDialog(QDialog):
    """Lists what the keys do: everywhere, and where what they belong to has the focus.

    Parameters
    ----------
    roots : iterable of QWidget
        The actions in them are listed.
    """

    def __init__(self, roots: Iterable[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keysDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keys"))
        actions = dict.fromkeys(each for root in roots for each in root.findChildren(QAction))
        everywhere: list[tuple[str, str]] = []
        focused: list[tuple[str, str]] = []
        for action in actions:
            keys = keys_of(action)
            if keys:
                only_focused = action.shortcutContext() is Qt.ShortcutContext.WidgetShortcut
                (focused if only_focused else everywhere).append((keys, action.iconText()))
        page = QWidget()
        row = QHBoxLayout(page)
        row.setSpacing(4 * SPACING)
        row.addLayout(_column((self.tr("Everywhere"), everywhere)))
        row.addLayout(
            _column(
                (self.tr("In the settings"), self._settings()),
                (self.tr("On the sketch pad"), self._pad()),
                (self.tr("On a plot"), self._plot()),
                (self.tr("On the story below the loss"), self._story()),
            )
        )
        row.addLayout(
            _column(
                (self.tr("In the list of runs"), focused),
                (self.tr("On a confusion matrix"), self._matrix()),
                (self.tr("On the units of a layer"), self._units()),
            )
        )
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(self.tr("Keys"))
        scroll.setWidget(page)
        QVBoxLayout(self).addWidget(scroll)
        around = QSize(4 * SPACING, 4 * SPACING)
        self.resize(page.sizeHint() + around)
        fit_screen(self)

    def _settings(self) -> list[tuple[str, str]]:
        return [
            (_standard("Undo"), self.tr("Take back a change")),
            (_standard("Redo"), self.tr("Change it again")),
            (self.tr("Up, Down"), self.tr("A number more or less; a layer earlier or later")),
            (_text("Esc"), self.tr("Leave a number as it was")),
        ]

    def _pad(self) -> list[tuple[str, str]]:
        return [
            (_standard("Undo"), self.tr("Take back a stroke")),
            (_standard("Redo"), self.tr("Draw it again")),
            (_text("Del"), self.tr("Clear")),
            (_standard("Paste"), self.tr("Paste an image")),
            (self.tr("Up, Down"), self.tr("Another class, on the bars")),
            (_text("Return"), self.tr("What speaks for it; with Shift, against it")),
        ]

    def _story(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Left, Right"), self.tr("Another moment")),
            (_text("Return"), self.tr("Let the pad be answered as it was then")),
            (_text("Esc"), self.tr("As it is now")),
        ]

    def _matrix(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Arrow keys"), self.tr("Another cell")),
            (_text("Return"), self.tr("Show its images")),
        ]

    def _units(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Arrow keys"), self.tr("Another unit")),
            (self.tr("Wheel") + ", +, -", self.tr("Larger, smaller; then drag to move")),
            ("0", self.tr("Show all")),
        ]

    def _plot(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Wheel"), self.tr("Zoom")),
            (self.tr("Drag"), self.tr("Move")),
            (self.tr("Double click"), self.tr("Show all, and follow the training")),
        ]


def _column(*sections: tuple[str, list[tuple[str, str]]]) -> QGridLayout:
    """Return what keys do, under one title after the other."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * SPACING)
    grid.setVerticalSpacing(SPACING)
    grid.setColumnStretch(1, 1)
    row = 0
    for title, keys in sections:
        grid.addWidget(title_label(title), row, 0, 1, 2)
        for key, text in keys:
            row += 1
            label = QLabel(key)
            theme.NumberFont(label)
            grid.addWidget(label, row, 0)
            grid.addWidget(dim_label(text), row, 1)
        grid.setRowMinimumHeight(row + 1, SPACING)  # between two sections
        row += 2
    grid.setRowStretch(row, 1)
    return grid


def keys_of(action: QAction) -> str:
    """Return the keys that trigger an action, as they are written on this system; empty if none."""
    own = action.property("key")  # of those that the window listens for itself
    sequences = [QKeySequence(own)] if own else action.shortcuts()
    return ", ".join(map(_text, sequences))


def _text(keys: QKeySequence | str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _standard(name: str) -> str:
    return _text(QKeySequence(QKeySequence.StandardKey[name]))
