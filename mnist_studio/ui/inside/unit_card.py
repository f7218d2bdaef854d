"""One unit: what it looks for, what excites it, what it speaks for; and what is without it."""

from __future__ import annotations

import itertools
import math
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...data.registry import DATASETS
from ...number_text import grouped, percentage
from ...report.sheet import Sheet
from ...session.inquirer import Inquirer, Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.session import Session
from ...training.parts import Part
from .. import theme
from ..diverging import diverging_image
from ..image_strip import ImageStrip
from ..live_card import LiveCard
from ..plots.plot_controls import quiet_button, toggle_button
from ..redraw_clock import RedrawClock
from ..widgets import SPACING, Caption, dim_label, scrolled, title_label
from .bias_box import BiasBox
from .pixel_picture import PixelPicture
from .unit_bars import UnitBars
from .unit_trial import UnitTrial
from .unit_work import Edit, UnitAnswer, look_at_unit

if TYPE_CHECKING:
    from ...data.dataset import Dataset

_PICTURE, _LARGE = 112, 224  # pixels of what a unit looks for, and where there is room
_WIDE = 560
_NAMED = 300  # pixels from which the bias says what it is
_ROOMY = 380  # pixels from which everything can be shown


class UnitCard(LiveCard):
    """All that is known of a unit, and what would be without it.

    What is tried with it is tried on a copy that answers in the place of the run's newest
    weights, on the pad and everywhere, until it is discarded.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    session : Session
        Whose network is looked at.
    inquirer : Inquirer
        Computes the figures.

    Signals
    -------
    keep_wanted(object, str)
        The Snapshot with what was tried is to become a run, and what that is in words.
    """

    keep_wanted = Signal(object, str)

    def __init__(self, clock: RedrawClock, session: Session, inquirer: Inquirer) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("unitView")
        self._session = session
        self._layer = self._unit = -1
        self._trial = UnitTrial(session, self)
        self.figure = LiveFigure(session, inquirer, "unit", self._work, self)
        self.figure.changed.connect(self.turn.mark_dirty)
        session.drawing.changed.connect(self.turn.mark_dirty)
        session.run_started.connect(self._on_run_started)
        self._trial.ended.connect(self._on_trial_ended)
        session.files.kept.connect(self._on_kept)
        session.files.save_failed.connect(self._on_keep_failed)
        self._build()

    def _build(self) -> None:
        self.title = title_label(self.tr("Choose a unit"))
        self.title.setObjectName("unitTitle")
        self._off = QToolButton()
        self._off.setObjectName("switchOffButton")
        self._off.setText(self.tr("Switch off"))
        self._off.setCheckable(True)
        self._off.setToolTip(
            self.tr("Try what the network answers if nothing hears this unit any more.")
        )
        self._off.clicked.connect(self._on_edited)
        self._bias = BiasBox()
        self._bias.valueChanged.connect(self._on_edited)
        self._spread = toggle_button(
            "histogramToggle",
            self.tr("histogram"),
            self.tr(
                "Show how the activations for the images of each class are spread instead of "
                "their means; the heights are square roots, so that rare ones are seen, and the "
                "line is what is on the pad."
            ),
        )
        self._spread.setProperty("compact", True)
        self._keep = quiet_button(QToolButton())
        self._keep.setObjectName("keepEditButton")
        self._keep.setAccessibleName(self.tr("Keep as a new run"))
        self._keep.setToolTip(
            self.tr("Make a run of the changed network; the run that it is from stays as it is.")
        )
        self._keep.clicked.connect(self._on_keep_clicked)
        self._discard = quiet_button(QToolButton())
        self._discard.setObjectName("discardEditButton")
        self._discard.setText(self.tr("Discard"))
        self._discard.setToolTip(self.tr("Let the network answer as it was trained again."))
        self._discard.clicked.connect(self.discard)
        self.header.addWidget(self.title, 1)
        for button in (self._keep, self._discard):
            self.header.addWidget(button)
        # So that nothing moves when the buttons are shown.
        self.title.setMinimumHeight(self._keep.sizeHint().height())
        self._lay_out()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(SPACING)
        for widget in (self._bias, self._off):
            tools.addWidget(widget)
        tools.addStretch(1)
        tools.addWidget(self._spread)
        self.body.insertLayout(0, self.header)
        self.sentence = Caption(2)
        self.sentence.setObjectName("unitSentence")
        self._picture = PixelPicture(self.tr("What the unit looks for"))
        self._picture.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.bars = UnitBars()
        self._spread.toggled.connect(self.bars.show_histograms)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACING)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.bars, 1)
        self.exciting = ImageStrip(self.tr("Images that excite it most"))
        self.silencing = ImageStrip(self.tr("Images that leave it silent"))
        content = QWidget()
        self._details = scrolled(content, self.tr("What the unit does"))
        self._details.hide()
        details = QVBoxLayout(content)
        details.setContentsMargins(0, 0, 0, 0)
        details.setSpacing(2)  # as much as a low window has
        details.addLayout(row, 1)
        self.body.addWidget(self.sentence)
        self.body.addLayout(tools)
        self.body.addWidget(self._details, 1)
        self.body.addStretch(0)
        images = QGridLayout()
        images.setSpacing(SPACING)
        images.setColumnStretch(1, 1)
        strips = {self.tr("excited by"): self.exciting, self.tr("silent for"): self.silencing}
        for number, (text, strip) in enumerate(strips.items()):
            self._silent = (dim_label(text), strip)
            images.addWidget(self._silent[0], number, 0)
            images.addWidget(strip, number, 1)
        details.addLayout(images)
        self._enable()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the silent images out where there is little room."""
        super().resizeEvent(event)
        for widget in self._silent:
            widget.setVisible(self.height() >= theme.scaled(_ROOMY))
        side = _LARGE if self.width() >= theme.scaled(_WIDE) else _PICTURE
        self._picture.setFixedSize(side, side)
        roomy = self.width() >= theme.scaled(_ROOMY)
        self._bias.show_name(self.width() >= theme.scaled(_NAMED))
        self._keep.setText(self.tr("Keep as a new run") if roomy else self.tr("Keep"))

    # --- which unit ------------------------------------------------------------------------

    def sheet(self) -> Sheet | None:
        """Return how the unit answers to each class, what it speaks for, and the histograms."""
        answer, run = self._answer(), self._session.run
        if answer is None or run is None:
            return None
        found, edges = answer.figures, answer.figures.edges.tolist()
        names = DATASETS[run.dataset].class_names
        figures = (found.means, found.used, answer.speaks, *found.histograms.T)
        columns = ("class", "mean_activation", "share_on", "speaks_for")
        bins = (f"images_{low:.4g}_to_{high:.4g}" for low, high in itertools.pairwise(edges))
        rows = list(zip(names, *(each.tolist() for each in figures), strict=True))
        return Sheet((*columns, *bins), rows)

    @property
    def chosen(self) -> bool:
        """Whether a unit is looked at."""
        return self._unit >= 0

    @Slot(int, int)
    def show_unit(self, layer: int, unit: int) -> None:
        """Look at a unit; what was tried with the one before is discarded."""
        if (layer, unit) != (self._layer, self._unit):
            self.discard()
            self._layer, self._unit = layer, unit
            self.figure.ask_anew()
            self._enable()

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        self._trial.forget()
        if not self._is_in(run):
            self._layer = self._unit = -1
        self.turn.mark_dirty()

    def _is_in(self, run: RunInView) -> bool:
        hidden = run.config.model.hidden
        return 0 <= self._layer < len(hidden) and self._unit < hidden[self._layer].width

    def _work(self, run: RunInView, dataset: Dataset) -> Work | None:
        if not self._is_in(run):
            return None
        base = self._trial.base or run.recalled or run.newest
        return partial(
            look_at_unit,
            base.network,
            self._trial.edit,
            self._layer,
            self._unit,
            dataset,
            run.config.data,
        )

    # --- what is tried ---------------------------------------------------------------------

    @Slot()
    def _on_edited(self) -> None:
        answer = self._answer()
        if self._session.run is None or answer is None:
            return
        bias = self._bias.value()
        other = abs(bias - answer.bias) > 0.5e-3
        edit = Edit(self._off.isChecked(), bias if other else None)
        if edit == Edit():
            self._take_back()
            return
        self._trial.change(self._layer, self._unit, edit)
        self.figure.ask_anew()
        self.turn.redraw()

    @Slot()
    def _on_keep_clicked(self) -> None:
        if self._trial.base is not None:
            self._keep.setEnabled(False)  # until it is known what became of it
            self.keep_wanted.emit(self._trial.snapshot(), self._trial.describe())

    @Slot(object)
    def _on_kept(self, _path: object) -> None:
        self._keep.setEnabled(True)
        self.discard()

    @Slot(str)
    def _on_keep_failed(self, _message: str) -> None:
        self._keep.setEnabled(True)

    @Slot()
    def discard(self) -> None:
        """Let the network answer as it was trained again."""
        self._bias.clearFocus()  # what is typed there is none of the next unit's
        self._take_back()

    def _take_back(self) -> None:
        if self._trial.base is not None:
            self._trial.take_back()
            self.figure.ask_anew()
        self._off.setChecked(False)
        self._enable()

    @Slot()
    def _on_trial_ended(self) -> None:
        self._take_back()
        self.figure.ask_anew()

    def _enable(self) -> None:
        known = self._answer() is not None
        for widget in (self._off, self._bias):
            widget.setEnabled(known)
        for button in (self._keep, self._discard):
            button.setVisible(self._trial.base is not None)
        for widget in (self._off, self._bias, self._spread):
            widget.setVisible(self._unit >= 0)
        # It stays while another unit is asked about.
        shown = known or self._details.isVisibleTo(self)
        self._details.setVisible(self._unit >= 0 and shown)

    def _answer(self) -> UnitAnswer | None:
        answer = cast("UnitAnswer | None", self.figure.answer)
        if answer is None or (answer.layer, answer.unit) != (self._layer, self._unit):
            return None
        return answer

    # --- what is shown ---------------------------------------------------------------------

    def _draw(self) -> None:
        answer, run = self._answer(), self._session.run
        self._enable()
        if run is None or self._unit < 0:
            self.title.setText(self.tr("Choose a unit").upper())
            self.sentence.setText(
                self.tr("A click on a unit shows what excites it, and what it speaks for.")
            )
            return
        name = self.tr("Layer {0}, unit {1}").format(self._layer + 1, self._unit + 1)
        self.title.setText(name.upper())
        if answer is None:
            return
        now = self._activation_now(run)
        self.sentence.setText(self._describe(answer, now))
        self._picture.show_image(partial(diverging_image, answer.levels))
        self.bars.show_figures(
            DATASETS[run.dataset].class_names,
            answer.figures,
            answer.speaks.tolist(),
            now,
        )
        self.exciting.set_images(answer.exciting)
        self.silencing.set_images(answer.silencing)
        if self._trial.edit.bias is None and not self._bias.hasFocus():
            self._bias.blockSignals(True)
            self._bias.setValue(answer.bias)
            self._bias.blockSignals(False)

    def _activation_now(self, run: RunInView) -> float | None:
        """Return what the unit gives to what is on the pad, if anything is."""
        from ...data.pixels import unit_range

        pixels = self._session.drawing.pixels
        if pixels is None:
            return None
        layers = run.network.activations(unit_range(pixels.reshape(1, -1)))
        value = float(layers[self._layer][0, self._unit])
        return value if math.isfinite(value) else None

    def _describe(self, answer: UnitAnswer, now: float | None) -> str:
        trial = self._trial
        if trial.base is not None and answer.edit != trial.edit:
            return self.tr("The accuracy with this change is worked out…")
        if trial.base is not None:
            return self.tr(
                "Accuracy {0} → {1} with this change, on a copy: try it on the pad."
            ).format(percentage(answer.accuracy), percentage(answer.changed_accuracy))
        if math.isnan(float(answer.figures.activations.sum())):
            return self.tr("Its activations are no numbers any more.")
        if not answer.figures.activations.any():
            return self.tr("Never on: no image passes through this unit any more.")
        if answer.part is Part.TEST:
            text = self.tr("On for {0} of the test images.")
        else:
            text = self.tr("On for {0} of the validation images.")
        text = text.format(percentage(answer.figures.on, 0))
        if now is not None:
            text += " " + self.tr("What is on the pad gives {0}.").format(grouped(now, 2))
        return text
