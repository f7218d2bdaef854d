"""What an overlay is told: which runs to draw, and how all plots of a view draw them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

from .common_grid import Spread
from .spans import Smoothing
from .x_units import XScale

if TYPE_CHECKING:
    from ...training.history import History


class PlottedRun(NamedTuple):
    """A run, or several seeds of the same settings, as one entry of an overlay.

    Attributes
    ----------
    key : hashable
        Tells it from the others; what is worked out for a history stays with key and history.
    histories : tuple of History
        One, or one for each seed; they may still grow.
    token : str
        Color of the theme, see :func:`~mnist_studio.ui.theme.run_token`.
    label : str
        Its name in the legend, e.g. ``"batch 20"``.
    total_steps : int or None
        Updates planned in each history, if known; the x axis goes no further.
    ended : bool
        Whether nothing more will come.
    """

    key: Hashable
    histories: tuple[History, ...]
    token: str
    label: str
    total_steps: int | None = None
    ended: bool = True


class PlotOptions(NamedTuple):
    """What the user chooses for all plots of a view at once."""

    scale: XScale = XScale()
    smoothing: Smoothing = Smoothing.NORMAL
    spread: Spread = Spread.DEVIATION
