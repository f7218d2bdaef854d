"""A card whose content changes while it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from .redraw_clock import RedrawClock, Turn
from .widgets import Card

if TYPE_CHECKING:
    from ..report.sheet import Sheet


class LiveCard(Card):
    """A card that a clock redraws: a live view is one of these, its content and a function.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it; its owner gives it a place among the clock's turns.
    draw : callable
        Brings the content up to date; also called when the card has been hidden or resized.
    title : str
        As of a `Card`.

    Attributes
    ----------
    turn : Turn
        To be marked when there is something new to show.
    """

    def __init__(
        self,
        clock: RedrawClock,
        draw: Callable[[], None],
        title: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.turn = Turn(clock, self, draw)

    def sheet(self) -> Sheet | None:
        """Return the figures that it shows now, to be saved; None if there are none."""
        return None

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while it was hidden."""
        super().showEvent(event)
        self.turn.mark_dirty()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for as many pixels as there are now."""
        super().resizeEvent(event)
        self.turn.mark_dirty()
