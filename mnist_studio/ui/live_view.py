"""Cards side by side that ask about the network while somebody looks at them."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from .live_card import LiveCard
from .redraw_clock import RedrawClock
from .take_along import TakeAlong


class Watched(Protocol):
    """What a view needs: a :class:`.LiveFigure` or what is asked for in several steps."""

    def watch(self, watched: bool) -> None:
        """Ask from now on, or not any more because nobody looks."""


class LiveView(QWidget):
    """What fills a page, or a section of one: it costs nothing while nobody looks.

    Attributes
    ----------
    clock : RedrawClock
        Redraws the cards.
    take_along : TakeAlong
        Saves what the cards show.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clock = RedrawClock(self)
        self.take_along = TakeAlong(self)
        self._figures: tuple[Watched, ...] = ()

    def follow(self, cards: tuple[LiveCard, ...], figures: tuple[Watched, ...]) -> None:
        """Say what is redrawn and which figures are needed for it; called once.

        The cards are complete then: each is given its menu at the end of its header.
        """
        self.clock.set_turns([card.turn for card in cards])
        for card in cards:
            self.take_along.offer(card)
        self._figures = figures

    def showEvent(self, event: QShowEvent) -> None:
        """Ask the network."""
        super().showEvent(event)
        self._watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        super().hideEvent(event)
        self._watch(False)

    def shut_down(self) -> None:
        """Ask no more, and save nothing more."""
        self._watch(False)
        self.take_along.shut_down()

    def _watch(self, watched: bool) -> None:
        for figure in self._figures:
            figure.watch(watched)
