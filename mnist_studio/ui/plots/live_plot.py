"""A live card with a graph of what is recorded while a run is trained."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from .. import theme
from ..live_card import LiveCard
from ..redraw_clock import RedrawClock
from .graph import Graph, Numbers
from .hover import Pointer, Row
from .legend import Entry, Legend
from .plot_controls import quiet_button, toggle_button
from .plotted_run import PlotContent
from .ranges import Range
from .unit_text import unit_text
from .x_follower import XFollower

_HEADER_HEIGHT = 24
_HINT_MARGIN = 60


class Curves(Protocol):
    """What a live plot draws into its graph."""

    @property
    def empty_range(self) -> Range:
        """The y range while there is nothing to draw."""

    @property
    def unfinished(self) -> bool:
        """Whether the last drawing left something to the next one."""

    def show(self, content: PlotContent) -> None:
        """Draw this from now on."""

    def entries(self) -> tuple[Entry, ...]:
        """Return what the curves mean."""

    def clear(self) -> None:
        """Draw nothing, and forget what was chosen for what has been drawn."""

    def draw(self, x_range: Range, y_range: Range | None) -> Range:
        """Draw what lies between two coordinates; a history at least has begun.

        Returns
        -------
        tuple of float
            The y range if there is one, else the one to use.
        """

    def read(self, x: float, y: float, room: int) -> tuple[float, tuple[Row, ...]]:
        """Return the x coordinate nearest to the pointer that has values, and up to `room` rows."""


class LivePlot(LiveCard):
    """Has a graph and the curves in it, and follows the runs until the user zooms or moves it.

    A double click makes it follow again, or the Follow button, which then lies in its corner.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    title : QWidget
        Begins the header.
    graph : Graph
        Its own.
    curves : Curves
        Draws into the graph.
    hint : QWidget, optional
        Lies over the graph while there is nothing to draw.
    controls : sequence of QToolButton
        For the header.

    Signals
    -------
    run_hovered(object)
        The pointer is on the legend's entry of the run with this key; None when it has gone.
    runs_hidden(object)
        The user wants the runs with these keys, a frozenset, to be hidden.
    """

    run_hovered = Signal(object)
    runs_hidden = Signal(object)

    def __init__(
        self,
        clock: RedrawClock,
        title: QWidget,
        graph: Graph,
        curves: Curves,
        hint: QWidget | None = None,
        controls: Sequence[QToolButton] = (),
    ) -> None:
        super().__init__(clock, self._draw)
        self.turn.painting = lambda: graph.paint_seconds
        self.graph = graph
        self._curves = curves
        self._content = PlotContent()
        self._waiting: PlotContent | None = None  # told while it was hidden
        self._x_follower = XFollower()
        self._following = True
        self.legend = Legend()
        self.run_legend = Legend(lines=2)
        self.run_legend.hide()
        self.run_legend.entry_hovered.connect(self._on_entry_hovered)
        self.run_legend.hidden_chosen.connect(self.runs_hidden)
        self._hidden_parts: frozenset[Hashable] = frozenset()
        self.legend.hidden_chosen.connect(self._on_parts_hidden)
        self.hint = hint
        self.follow_button = self._make_follow_button()
        self._build(title, controls)
        self._pointer = Pointer(graph, self._read)
        self.readout = self._pointer.readout
        theme.notifier().changed.connect(self._on_theme_changed)
        graph.moved_by_user.connect(self._on_moved_by_user)
        graph.double_clicked.connect(self.follow)
        self._begin()

    def set_name(self, name: str) -> None:
        """Give the plot and its graph an accessible name, and say what the mouse does there."""
        self.setAccessibleName(name)
        self.graph.setAccessibleName(name)
        self.graph.setAccessibleDescription(
            self.tr("The wheel zooms and dragging moves; a double click shows the whole run again.")
        )

    def _build(self, title: QWidget, controls: Sequence[QToolButton]) -> None:
        self.header.addWidget(title)
        self.header.addSpacing(4)
        self.header.addWidget(self.legend, 1)
        self.header.addStrut(_HEADER_HEIGHT)
        self.body.addLayout(self.header)
        self.body.addWidget(self.run_legend)
        self.body.addWidget(self.graph, 1)
        self.body.setContentsMargins(14, 8, 6, 6)
        self.body.setSpacing(2)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.graph.view_box.setLimits(
            xMin=-1e9, xMax=1e12, yMin=-1e9, yMax=1e9, minXRange=1e-4, minYRange=1e-6
        )
        if self.hint is not None:
            over = QVBoxLayout(self.graph)
            over.setContentsMargins(_HINT_MARGIN, 0, _HINT_MARGIN // 4, 0)  # beside the numbers
            over.addWidget(self.hint)
        for button in controls:
            self.header.addWidget(quiet_button(button))
        self.graph.put_in_corner(self.follow_button)

    def _make_follow_button(self) -> QToolButton:
        button = toggle_button(
            "followButton",
            self.tr("Follow"),
            self.tr(
                "Show the whole run and keep up with it. Zooming with the wheel or dragging ends "
                "this; a double click on the plot begins it again."
            ),
        )
        button.clicked.connect(self._set_following)
        return button

    # --- what is shown ---------------------------------------------------------------------

    def show_content(self, content: PlotContent) -> None:
        """Draw this from now on; may be called as often as anything changes.

        While it is hidden, it only notes what to draw when it is seen. Another run in view or
        another x axis is shown from its beginning and followed.

        Raises
        ------
        ValueError
            If two runs have the same key.
        """
        self._waiting = None if self.isVisible() else content
        if self._waiting is not None:
            return
        before = self._content
        if content == before:  # a curve may have grown
            self.turn.mark_dirty()
            return
        other_run = content.history is not before.history
        if other_run:
            self._curves.clear()
        self._content = content
        self._tell_curves()
        entries = (Entry(run.token, run.label, key=run.key) for run in content.runs)
        self.run_legend.set_entries(tuple(entries), content.hidden)
        self.run_legend.setVisible(bool(content.runs))
        if other_run or content.options.scale != before.options.scale:
            self._begin()
        elif content.options != before.options:
            self.turn.redraw()
        else:
            self.turn.mark_dirty()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while it was hidden."""
        super().showEvent(event)
        if self._waiting is not None:
            self.show_content(self._waiting)

    def _tell_curves(self) -> None:
        content = self._content
        self._curves.show(content._replace(hidden=content.hidden | self._hidden_parts))
        self.legend.set_entries(self._curves.entries(), self._hidden_parts)

    @Slot(object)
    def _on_parts_hidden(self, parts: frozenset[Hashable]) -> None:
        self._hidden_parts = parts
        self._tell_curves()
        self.turn.mark_dirty()

    def _begin(self) -> None:
        """Show the runs from their beginning."""
        scale = self._content.options.scale
        self._x_follower = XFollower()
        self.graph.set_logarithmic(x=scale.logarithmic)
        self.graph.set_x_unit(unit_text(scale.unit))
        self.follow()

    def show_curves(self, curves: Curves) -> None:
        """Draw other curves into the graph, and follow again."""
        self._curves.clear()
        self._curves = curves
        self._tell_curves()
        self.follow()

    def shown_data(self) -> dict[Hashable, tuple[Numbers, Numbers]]:
        """Return the x and y arrays of each curve; see :meth:`Graph.shown_data`."""
        return self.graph.shown_data()

    def _draw(self) -> None:
        tracks = self._content.tracks()
        if self.hint is not None:
            self.hint.setVisible(not tracks)
        x_range, y_range = self.graph.visible_range()
        if not tracks:
            self._curves.clear()
            x_range, y_range = (0.0, 1.0), self._curves.empty_range
        else:
            if self._following:
                x_range = self._x_follower.range_of(tracks, self._content.options.scale)
                self.graph.set_range(x_range, y_range)  # what is drawn depends on a pixel's size
            y_range = self._curves.draw(x_range, None if self._following else y_range)
            if self._curves.unfinished:
                self.turn.mark_dirty()
        if self._following:
            self.graph.set_range(x_range, y_range)
        self.legend.set_entries(self._curves.entries(), self._hidden_parts)
        self._pointer.refresh()

    @property
    def frame_seconds(self) -> float:
        """Time that the last redraw and the last painting took."""
        return self.turn.seconds + self.turn.painting()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.turn.mark_dirty()  # labels may be larger

    # --- following -------------------------------------------------------------------------

    @property
    def following(self) -> bool:
        """Whether the view follows the run."""
        return self._following

    @Slot()
    def follow(self) -> None:
        """Show the whole run and go on following it."""
        self._set_following(True)

    @Slot(bool)
    def _set_following(self, following: bool) -> None:
        self._following = following
        self.follow_button.setChecked(following)
        self.follow_button.setVisible(not following)  # only while there is something to bring back
        self.turn.redraw()

    @Slot()
    def _on_moved_by_user(self) -> None:
        self._set_following(not self._content.tracks())

    # --- the pointer -----------------------------------------------------------------------

    def _read(self, x: float, y: float, room: int) -> tuple[float, tuple[Row, ...]] | None:
        return self._curves.read(x, y, room) if self._content.tracks() else None

    @Slot(int)
    def _on_entry_hovered(self, index: int) -> None:
        runs = self._content.runs
        self.run_hovered.emit(runs[index].key if 0 <= index < len(runs) else None)
