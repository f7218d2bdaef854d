"""A page whose views take turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from .live_view import LiveView
from .widgets import SPACING, Place


class Section(NamedTuple):
    """A view of a page.

    Attributes
    ----------
    name : str
        For scripts.
    title : str
        Of its tab.
    make : callable
        Imports and returns the view.
    """

    name: str
    title: str
    make: Callable[[], LiveView]


class Sections(QWidget):
    """Shows one view at a time below a line of small tabs; made when first chosen or asked for.

    Parameters
    ----------
    name : str
        Of the page, for scripts: the page is ``{name}Page``, the tabs are ``{name}Tabs``.
    title : str
        What the tabs choose, for people who cannot see them.
    sections : sequence of Section
        In the order of their tabs; the first is shown.

    Signals
    -------
    saved(object)
        The user has saved what a card shows; path of what was written.
    failed(str)
        That could not be done; a sentence.
    """

    saved = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        name: str,
        title: str,
        sections: Sequence[Section],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}Page")
        self._sections = sections
        self._views: dict[str, LiveView] = {}
        self.tabs = QTabBar()
        self.tabs.setObjectName(f"{name}Tabs")
        self.tabs.setProperty("small", True)
        self.tabs.setAccessibleName(title)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        for section in sections:
            self.tabs.addTab(section.title)
        self.tabs.setVisible(len(sections) > 1)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.tabs)
        column.addWidget(Place(self._stack), 1)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self._on_tab_changed(0)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the sections, in the order of their tabs."""
        return tuple(section.name for section in self._sections)

    def view(self, name: str) -> LiveView:
        """Return the view of a section, made now if it was never shown."""
        if name not in self._views:
            section = self._sections[self.names.index(name)]
            self._views[name] = view = section.make()
            self._stack.addWidget(view)
            view.take_along.saved.connect(self.saved)
            view.take_along.failed.connect(self.failed)
        return self._views[name]

    def show_section(self, name: str) -> None:
        """Show another section."""
        self.tabs.setCurrentIndex(self.names.index(name))

    def shut_down(self) -> None:
        """Have no view ask any more."""
        for view in self._views.values():
            view.shut_down()

    @Slot(int)
    def _on_tab_changed(self, index: int) -> None:
        self._stack.setCurrentWidget(self.view(self.names[index]))
