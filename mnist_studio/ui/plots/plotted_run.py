"""What a plot is told: which runs to draw, and how all plots of a view draw them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

from ...data.registry import CLASSES
from .common_grid import Spread
from .spans import Smoothing
from .x_follower import Track
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


class PlotContent(NamedTuple):
    """All that a plot is told; replaced whole when anything but a curve changes.

    Attributes
    ----------
    run : Track or None
        The run in view.
    runs : tuple of PlottedRun
        Others, in the order of the legend; drawn behind the run in view if there is one.
    token : str
        Color of the run in view while there are others; alone it has its usual colors.
    options : PlotOptions
        How to draw.
    highlighted : hashable
        Key of the run that is drawn above all others, which are pale; None for none.
    hidden : frozenset of hashable
        Keys of runs, and parts of curves, that are not drawn.
    classes : int
        How many there are to guess among.
    """

    run: Track | None = None
    runs: tuple[PlottedRun, ...] = ()
    token: str = "text"
    options: PlotOptions = PlotOptions()
    highlighted: Hashable = None
    hidden: frozenset[Hashable] = frozenset()
    classes: int = CLASSES

    @property
    def history(self) -> History | None:
        """What is recorded of the run in view."""
        return self.run.history if self.run is not None else None

    def nearest(self, x: float) -> tuple[History, int, float]:
        """Return the begun run in view, its step nearest to a coordinate, and where that lies."""
        assert self.run is not None
        history, scale = self.run.history, self.options.scale
        step = scale.nearest_step(history, x)
        return history, step, float(scale.positions(history, step))

    def tracks(self) -> list[Track]:
        """Return every history that has begun, the one of the run in view first."""
        found = [self.run] if self.run is not None else []
        for run in self.runs:
            found += [Track(each, run.total_steps, run.ended) for each in run.histories]
        return [each for each in found if each.history.step]
