"""A card's picture and figures, to be taken along: one menu for all cards of a view."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu, QToolButton

from ..cancel import Cancelled, Progress
from .file_saver import FileSaver
from .plots.plot_controls import quiet_button
from .theme import DARK, LIGHT, Theme

if TYPE_CHECKING:
    from ..report.sheet import Sheet
    from .live_card import LiveCard


class TakeAlong(FileSaver):
    """Gives the cards of a widget a menu to save what they show."""

    def offer(self, card: LiveCard) -> None:
        """Give a card the menu: at the end of its header, and where it is clicked with the right.

        Its figures are offered while there are any, see :meth:`.LiveCard.sheet`.
        """
        menu = QMenu(card)
        light = menu.addAction(self.tr("Save picture…"))
        light.setObjectName("savePictureAction")
        light.triggered.connect(partial(self._save_picture, card, LIGHT))
        dark = menu.addAction(self.tr("Save dark picture…"))
        dark.setObjectName("saveDarkPictureAction")
        dark.triggered.connect(partial(self._save_picture, card, DARK))
        figures = menu.addAction(self.tr("Save figures…"))
        figures.setObjectName("saveFiguresAction")
        figures.triggered.connect(partial(self._save_figures, card))

        def refresh() -> None:
            for action in (light, dark):
                action.setEnabled(not self.busy)
            figures.setVisible(card.sheet() is not None)
            figures.setEnabled(not self.busy)

        menu.aboutToShow.connect(refresh)
        card.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

        def open_there(place: QPoint) -> None:
            menu.popup(card.mapToGlobal(place))

        card.customContextMenuRequested.connect(open_there)
        if card.header.parent() is not None:
            card.header.addWidget(self._make_button(menu), 0, Qt.AlignmentFlag.AlignTop)

    def _make_button(self, menu: QMenu) -> QToolButton:
        button = quiet_button(QToolButton())
        button.setObjectName("takeAlongButton")
        button.setText("⋯")
        button.setToolTip(self.tr("Save this as a picture, or its figures for a spreadsheet."))
        button.setAccessibleName(self.tr("Take along"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        return button

    def _save_picture(self, card: LiveCard, look: Theme, _checked: bool = False) -> None:
        from .figure import picture

        title, filters = self.tr("Save the picture"), self.tr("PNG (*.png)")
        path = self.ask_file(title, f"{_file_name(card)}.png", filters)
        if path is not None:
            work = partial(_write_picture, path, picture([card], look))
            self.write(path, work, self.tr("Writing the picture"))

    def _save_figures(self, card: LiveCard, _checked: bool = False) -> None:
        sheet = card.sheet()
        if sheet is None:
            return
        title, filters = self.tr("Save the figures"), self.tr("CSV (*.csv)")
        path = self.ask_file(title, f"{_file_name(card)}.csv", filters)
        if path is not None:
            work = partial(_write_figures, path, sheet)
            self.write(path, work, self.tr("Writing the figures"))


def _file_name(card: LiveCard) -> str:
    """Return what a card's file is called, without the ending."""
    return card.objectName().removesuffix("Card") or "figure"


def _write_picture(path: Path, image: QImage, _tell: Progress, _cancelled: Cancelled) -> None:
    from ..files import replace_file
    from .figure import png_of

    replace_file(path, lambda file: file.write(png_of(image)))


def _write_figures(path: Path, sheet: Sheet, _tell: Progress, _cancelled: Cancelled) -> None:
    from ..files import replace_file

    replace_file(path, lambda file: file.write(sheet.to_csv().encode("utf-8")))
