"""How much distortion the runs endure, and which runs are compared."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton

from ...data.distortion import STRENGTHS, Distortion
from ...number_text import grouped
from ...report.sheet import Sheet
from ...session.studio import Studio
from ...training.parts import Part
from ..choice_button import ChoiceButton
from ..describe import describe_whose
from ..labels import distortion_title
from ..live_card import LiveCard
from ..plots.common_grid import Spread, summarize
from ..plots.legend import Legend
from ..plots.plot_controls import quiet_button
from ..redraw_clock import RedrawClock
from ..widgets import dim_label, title_label
from .robustness_curves import GroupCurve, RobustnessCurves
from .robustness_plot import RobustnessPlot


class RobustnessCard(LiveCard):
    """The curves, one row of controls, and how to read it.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    studio : Studio
        Its other runs can be chosen.
    curves : RobustnessCurves
        What is drawn.

    Attributes
    ----------
    plot : RobustnessPlot
    strength : float
        The one that is looked at.

    Signals
    -------
    strength_chosen()
        The user looks at the images of another strength, or of another curve.
    """

    strength_chosen = Signal()

    def __init__(self, clock: RedrawClock, studio: Studio, curves: RobustnessCurves) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("robustnessCard")
        self._session = studio.session
        self._library = studio.library
        self._curves = curves
        self._wishes: dict[Path, bool] = {}
        self._offered: dict[Path, str] = {}
        self._label = ""
        self.strength = _usual_strength(curves.kind)
        self.plot = RobustnessPlot()
        self.turn.painting = lambda: self.plot.graph.paint_seconds
        self.plot.strength_picked.connect(self._on_strength_picked)
        self._build()
        curves.changed.connect(self.turn.mark_dirty)
        studio.library.rows_changed.connect(self._offer_runs)
        studio.session.run_started.connect(self._offer_runs)
        studio.session.run_ended.connect(self._offer_runs)

    def _build(self) -> None:
        self._kinds = ChoiceButton(
            {kind: distortion_title(kind) for kind in Distortion}, self._curves.kind, "{0} ▾"
        )
        self._kinds.setObjectName("distortionButton")
        self._kinds.setToolTip(self.tr("What is done to the images."))
        self._kinds.chosen.connect(self._on_kind_chosen)
        self._runs = QToolButton()
        self._runs.setObjectName("comparedRunsButton")
        self._runs.setToolTip(
            self.tr(
                "Which other runs of this data set are drawn: those that are pinned in "
                "Experiments, unless you choose. Seeds of one setting are one curve with a band."
            )
        )
        self._runs.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._halt = QToolButton()
        self._halt.setObjectName("robustnessHaltButton")
        self._halt.clicked.connect(self._on_halt_clicked)
        self._state = dim_label()
        self._state.setObjectName("robustnessState")
        self.legend = Legend(lines=2)
        self.header.addWidget(title_label(self.tr("Robustness")))
        self.header.addStretch(1)
        self.header.addWidget(self._state)
        for button in (self._halt, self._kinds, self._runs):
            self.header.addWidget(quiet_button(button))
        self.sentence = dim_label()
        self.sentence.setObjectName("robustnessSentence")
        self.sentence.setWordWrap(True)
        self.body.addLayout(self.header)
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.legend)
        self.body.addWidget(self.plot, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    @property
    def looked_at(self) -> GroupCurve | None:
        """The curve whose images are looked at; the first unless the user chose another."""
        curves = self._curves.curves()
        return next(
            (each for each in curves if each.label == self._label), next(iter(curves), None)
        )

    def sheet(self) -> Sheet | None:
        """Return the accuracies that are drawn, a row for each strength of each curve."""
        curves, kind, part = self._curves.curves(), self._curves.kind, self._curves.part
        rows = [
            [kind.value, strength, part.value, curve.label, len(curve.networks), mean, high - mean]
            for curve in curves
            for strength, mean, high in zip(curve.strengths.tolist(), *_band(curve), strict=True)
        ]
        columns = ("distortion", "strength", "set", "runs", "seeds", "accuracy", "deviation")
        return Sheet(columns, rows) if rows else None

    def choose_strength(self, strength: float) -> None:
        """Look at the images of another strength."""
        self.strength = strength
        self.turn.redraw()
        self.strength_chosen.emit()

    # --- which runs ------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while it was hidden."""
        super().showEvent(event)
        self._offer_runs()

    @Slot()
    def _offer_runs(self) -> None:
        if not self.isVisible():
            return  # a training changes the rows ten times a second
        rows = self._curves.candidates()
        offered = {row.path: row.title for row in reversed(rows)}
        pinned = {row.path for row in rows if row.label.pinned}
        chosen = [path for path in offered if self._wishes.get(path, path in pinned)]
        self._curves.set_rivals(chosen)
        self._runs.setText(self.tr("Runs: {0} ▾").format(len(chosen) + 1))
        self._runs.setEnabled(bool(offered))
        if offered == self._offered and self._runs.menu() is not None:
            for action in self._runs.menu().actions():
                action.setChecked(action.data() in chosen)
            return
        self._offered = offered
        if self._runs.menu() is not None:
            self._runs.menu().deleteLater()
        menu = QMenu(self._runs)
        for path, title in offered.items():
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(path in chosen)
            action.setData(path)
        menu.triggered.connect(self._on_run_toggled)
        self._runs.setMenu(menu)

    @Slot(QAction)
    def _on_run_toggled(self, action: QAction) -> None:
        self._wishes[action.data()] = action.isChecked()
        self._offer_runs()

    # --- the rest --------------------------------------------------------------------------

    @Slot(object)
    def _on_kind_chosen(self, kind: Distortion) -> None:
        self.strength = _usual_strength(kind)
        self._curves.choose(kind)
        self.strength_chosen.emit()

    @Slot(float, int)
    def _on_strength_picked(self, strength: float, index: int) -> None:
        self._label = self._curves.curves()[index].label
        self.choose_strength(strength)

    @Slot()
    def _on_halt_clicked(self) -> None:
        if self._curves.halted:
            self._curves.go_on()
        else:
            self._curves.halt()

    def _draw(self) -> None:
        curves = self._curves
        shown = curves.curves()
        self.plot.show_curves(curves.kind, STRENGTHS[curves.kind], self.strength, shown)
        self.legend.set_entries(self.plot.entries())
        done, total = curves.progress
        unfinished = done < total and (curves.busy or curves.halted)
        self._halt.setVisible(unfinished)
        self._halt.setText(self.tr("Go on") if curves.halted else self.tr("Cancel"))
        self._state.setText(self.tr("{0} of {1}").format(done, total) if unfinished else "")
        whose = describe_whose(curves.run)
        text = whose + self._describe()
        if whose and len(shown) > 1:
            text += " " + self.tr("Other runs answer as they were trained.")
        self.sentence.setText(text)

    def _describe(self) -> str:
        dataset = self._curves.dataset
        if self._curves.part is Part.VALIDATION:
            return self.tr(
                "Each dot is the accuracy on the validation images, changed that much; the test "
                "images follow when the training is over. A click shows the images."
            )
        count = len(dataset.test_labels) if dataset is not None else 0
        return self.tr(
            "Each dot is the accuracy on the {0} test images, changed that much: the flatter the "
            "curve, the more robust. A click shows the images."
        ).format(grouped(count))


def _band(curve: GroupCurve) -> tuple[list[float], list[float]]:
    mean, _, high = summarize(curve.accuracies, Spread.DEVIATION)
    return mean.tolist(), high.tolist()


def _usual_strength(kind: Distortion) -> float:
    """Return a strength to begin with, at which networks differ."""
    strengths = STRENGTHS[kind]
    return strengths[3 * len(strengths) // 4]
