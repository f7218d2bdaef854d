"""What is in every layer, now and at the start, and how healthy it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot

from ...labels import CHOICES
from ...number_text import NONE, percentage, with_minus
from ...report.sheet import Sheet, Value
from ...session.inquirer import Inquirer, Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.session import Session
from ..live_card import LiveCard
from ..redraw_clock import RedrawClock
from ..widgets import dim_label, scrolled
from .layer_rows import LayerRow, LayerRows
from .layers_work import LayersAnswer, Start, look_at_layers

if TYPE_CHECKING:
    from ...data.dataset import Dataset

_NUMBERS = ("weights", "biases", "activations", "gradients")
_NOTED = 0.005  # share of units or activations from which on it is said


class LayersCard(LiveCard):
    """A row for each layer.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    session : Session
        Whose network is looked at.
    inquirer : Inquirer
        Computes the figures.

    Attributes
    ----------
    rows : LayerRows
        What is painted.

    Signals
    -------
    drawn(object)
        The LayersAnswer that is shown now; None if there is none.
    """

    drawn = Signal(object)

    def __init__(self, clock: RedrawClock, session: Session, inquirer: Inquirer) -> None:
        super().__init__(clock, self._draw, self.tr("Layers"))
        self.setObjectName("layersCard")
        self._session = session
        self._start: Start | None = None
        # Heard before the figure is, which asks for the run at once.
        session.run_started.connect(self._on_run_started)
        if session.run is not None:
            self._on_run_started(session.run)
        self.figure = LiveFigure(session, inquirer, "layers", self._work, self)
        self.figure.changed.connect(self.turn.mark_dirty)
        self.rows = rows = LayerRows()
        self.turn.painting = lambda: rows.paint_seconds
        self.sentence = dim_label(
            self.tr(
                "Now (blue), at the start (gray), and both (strong blue): healthy layers keep "
                "their spread, have gradients of like size, and move by roughly 0.1 % an update."
            )
        )
        self.sentence.setObjectName("layersSentence")
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.sentence)
        self.body.addWidget(scrolled(self.rows, self.tr("Numbers of each layer")), 1)

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        from ...training.history import Origin

        seen = run.newest.network if not run.history.step else None
        known = seen is not None or run.history.origin == Origin()
        self._start = Start(run.config, seen, known=known)

    def _work(self, run: RunInView, dataset: Dataset) -> Work | None:
        from ...insight.health import progress_of
        from ...insight.hints import settings_in_use

        if self._start is None:
            return None
        step = (run.recalled or run.newest).step
        return partial(
            look_at_layers,
            run.network,
            self._start,
            settings_in_use(run.config, run.history),
            progress_of(run.history, step),
            dataset,
        )

    @property
    def answer(self) -> LayersAnswer | None:
        """What is known of the run in view."""
        return cast("LayersAnswer | None", self.figure.answer)

    def sheet(self) -> Sheet | None:
        """Return the bins of all histograms, with what else is known of their layers."""
        return None if self.answer is None else _sheet_of(self.answer)

    def _draw(self) -> None:
        answer, run = self.answer, self._session.run
        known = () if answer is None or run is None else self._rows(answer, run)
        self.rows.show_rows(known)
        self.drawn.emit(answer)

    def _rows(self, answer: LayersAnswer, run: RunInView) -> tuple[LayerRow, ...]:
        from ...report.health_texts import ailment_text

        hidden = run.config.model.hidden
        states: dict[int, str] = {}
        for finding in answer.findings:
            text = ailment_text(finding.ailment, QCoreApplication.translate)
            for layer in finding.layers:
                states.setdefault(layer, text)
        rows = []
        for index, (figures, ratio) in enumerate(zip(answer.layers, answer.ratios, strict=True)):
            kind = self.tr("{0} classes").format(run.config.model.sizes[-1])
            if index < len(hidden):
                activation = QCoreApplication.translate("labels", CHOICES[hidden[index].activation])
                kind = f"{hidden[index].width} {activation}"
            note = ""
            if figures.silent >= _NOTED:
                note = self.tr("{0} never on").format(percentage(figures.silent, 0))
            elif figures.saturated >= _NOTED:
                note = self.tr("{0} at limits").format(percentage(figures.saturated, 0))
            rows.append(
                LayerRow(
                    self.tr("layer {0}").format(index + 1),
                    kind,
                    figures.histograms,
                    update_text(ratio),
                    _update_token(ratio, healthy=index not in states),
                    states.get(index, ""),
                    note,
                )
            )
        return tuple(rows)


def _sheet_of(answer: LayersAnswer) -> Sheet:
    columns = (
        *("layer", "gradient_norm", "update_ratio", "share_never_on", "share_saturated"),
        *("numbers", "from", "to", "count_now", "count_at_start"),
    )
    return Sheet(columns, _bins_of(answer))


def _bins_of(answer: LayersAnswer) -> Iterator[Sequence[Value]]:
    for index, (figures, ratio) in enumerate(zip(answer.layers, answer.ratios, strict=True)):
        layer = (index + 1, figures.gradient_norm, ratio, figures.silent, figures.saturated)
        for name, found in zip(_NUMBERS, figures.histograms, strict=True):
            edges, unknown = found.edges.tolist(), [None] * len(found.now)
            start = unknown if found.start is None else found.start.tolist()
            for each in zip(edges, edges[1:], found.now.tolist(), start, strict=False):
                yield (*layer, name, *each)


def _update_token(ratio: float, *, healthy: bool) -> str:
    """Return the color of a ratio: a small one is no harm where a network has learned."""
    from ...insight.health import RATIO_HIGH, RATIO_LOW

    if RATIO_LOW <= ratio <= RATIO_HIGH:
        return "series_3"
    return "series_2" if ratio > RATIO_HIGH or (ratio < RATIO_LOW and not healthy) else "dim"


def update_text(ratio: float) -> str:
    """Return how far an update moves the weights, as a percentage in one or two digits."""
    if not math.isfinite(ratio):
        return NONE
    percent = 100 * ratio
    if percent >= 0.01 or not percent:
        return f"{percent:.2g} %"
    return with_minus(f"{percent:.0e} %") if percent < 0.0005 else f"{percent:.1g} %"
