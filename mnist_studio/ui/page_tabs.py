"""Which page is shown, and which columns it has beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabBar

from .actions import Actions
from .columns import Columns
from .pages import PAGES

if TYPE_CHECKING:
    from .page import Page


class PageTabs(QObject):
    """Shows the page whose tab is chosen, by a click or a key.

    Parameters
    ----------
    tabs : QTabBar
        Gets a tab for each page.
    actions : Actions
        Gets a key for each of them.
    columns : Columns
        Where the page is shown.
    """

    def __init__(self, tabs: QTabBar, actions: Actions, columns: Columns, parent: QObject) -> None:
        super().__init__(parent)
        self._tabs, self._columns = tabs, columns
        self._pages: tuple[Page, ...] = ()
        self._open = False
        for index, row in enumerate(PAGES):
            title = QCoreApplication.translate("Pages", row.title)
            tabs.addTab(title)
            show = actions.add_page(title)
            show.setData(index)
            show.triggered.connect(self._on_page_asked)
            tabs.setTabToolTip(index, show.shortcut().toString())
        tabs.currentChanged.connect(self._on_tab_changed)

    def set_pages(self, pages: Iterable[Page]) -> None:
        """Take the pages in the order of their tabs and show the first one; called once."""
        self._pages = tuple(pages)
        self._columns.page.show_page(self._pages[0].widget)
        self._columns.arrange()

    def open(self) -> None:
        """Let other pages than the first one be shown from now on."""
        self._open = True

    def show_first(self) -> None:
        """Show the page of the run in view."""
        self._tabs.setCurrentIndex(0)

    @Slot(object)
    def show_page(self, page: Page) -> None:
        """Show this page."""
        self._tabs.setCurrentIndex(self._pages.index(page))

    @Slot()
    def _on_page_asked(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._tabs.setCurrentIndex(action.data())

    @Slot(int)
    def _on_tab_changed(self, index: int) -> None:
        if not self._open:
            self.show_first()
            return
        page = self._pages[index]
        self._columns.page.show_page(page.widget)
        self._columns.set_shown(self._columns.right, page.beside_pad)
        self._columns.set_spared(self._columns.left, page.settings_from)
        self._columns.set_spared(self._columns.right, page.pad_from)
        page.shown()
