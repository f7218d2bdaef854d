"""How little it takes to turn what is on the pad into another digit."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QSlider

from ...data.registry import DATASETS, SIDE
from ...number_text import certainty
from ...report.sheet import Sheet
from ...session.inquirer import Inquirer, Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.session import Session
from .. import theme
from ..choice_button import ChoiceButton
from ..describe import describe_missing
from ..diverging import diverging_image, levels_of
from ..live_card import LiveCard
from ..redraw_clock import RedrawClock
from ..sketch.image import ink_on_paper
from ..widgets import SPACING, Caption, ElidedLabel, dim_label
from .other_digit_work import STEPS, OtherDigit, make_other
from .pixel_picture import PixelPicture
from .way_plot import Way, WayPlot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...data.dataset import Dataset

_PAUSE = 150  # milliseconds without a change of the drawing


class OtherDigitCard(LiveCard):
    """A slider from what is on the pad to the nearest image found that is answered otherwise.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    session : Session
        Whose network answers, and whose drawing is changed.
    inquirer : Inquirer
        Looks for the change.

    Attributes
    ----------
    figure : LiveFigure
        An OtherDigit.
    slider : QSlider
        How far on the way, from 0 to `STEPS`.

    Signals
    -------
    place_changed(object)
        The user looks at this image now, an array of float32 of shape (inputs,), or at none but
        what is on the pad.
    """

    place_changed = Signal(object)

    def __init__(self, clock: RedrawClock, session: Session, inquirer: Inquirer) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("otherDigitView")
        self._session = session
        self._target: int | None = None
        self._names: Sequence[str] = ()
        self.figure = LiveFigure(session, inquirer, "otherDigit", self._work, self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.figure.ask_anew)
        self._build()
        self.figure.changed.connect(self.turn.mark_dirty)
        session.drawing.changed.connect(self._on_drawing_changed)
        session.run_started.connect(self._on_run_started)
        if session.run is not None:
            self._on_run_started(session.run)

    def _build(self) -> None:
        self._targets = ChoiceButton({None: ""}, None, self.tr("Make it {0} ▾"))
        self._targets.setProperty("titleMenu", True)
        self._targets.setObjectName("targetButton")
        self._targets.setToolTip(
            self.tr(
                "What the image is to be answered as; without a choice the second likeliest class."
            )
        )
        self._targets.chosen.connect(self._on_target_chosen)
        self.header.addWidget(self._targets)
        self.header.addStretch(1)
        self.picture = PixelPicture(self.tr("The image at this place of the way"))
        self.change = PixelPicture(self.tr("What is added to the image, and taken away"))
        self.answer = ElidedLabel()
        self.answer.setObjectName("otherDigitAnswer")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("otherDigitSlider")
        self.slider.setAccessibleName(self.tr("From the image to the changed one"))
        self.slider.setToolTip(self.tr("From the image on the pad to the changed one."))
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 10)
        self.slider.setValue(STEPS)
        self.slider.valueChanged.connect(self._on_moved)
        self.plot = WayPlot()
        self.caption = Caption(3)
        self.caption.setObjectName("otherDigitCaption")
        theme.NumberFont(self.answer)
        self._lay_out()

    def _lay_out(self) -> None:
        pictures = QGridLayout()
        pictures.setSpacing(SPACING)
        pairs = ((self.picture, self.answer), (self.change, dim_label(self.tr("the change"))))
        for column, (picture, label) in enumerate(pairs):
            pictures.setColumnStretch(column, 1)
            pictures.addWidget(picture, 0, column)
            pictures.addWidget(label, 1, column)
        self.body.addLayout(self.header)
        self.body.addLayout(pictures)
        self.body.addWidget(self.slider)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.caption)
        self.body.addStretch(0)

    # --- what is asked ---------------------------------------------------------------------

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        names = DATASETS[run.config.data.dataset].class_names
        if names != self._names:
            self._names, self._target = names, None
            choices: dict[int | None, str] = {None: self.tr("another class")}
            choices.update(enumerate(names))
            self._targets.set_choices(choices, None)
        self.turn.mark_dirty()

    @Slot(object)
    def _on_target_chosen(self, target: int | None) -> None:
        self._target = target
        self.figure.ask_anew()

    @Slot()
    def _on_drawing_changed(self) -> None:
        """Ask when the pen rests: a search for every point of a stroke would be in its way."""
        if self.isVisible():
            self._pause.start()
        self.turn.mark_dirty()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more; the view asks when it is shown again."""
        super().hideEvent(event)
        self._pause.stop()

    def _work(self, run: RunInView, _dataset: Dataset) -> Work | None:
        pixels = self._session.drawing.pixels
        return None if pixels is None else partial(make_other, run.network, pixels, self._target)

    def sheet(self) -> Sheet | None:
        """Return every pixel before and after."""
        shown = self._shown()
        if shown is None or not shown.found.length:
            return None
        places = itertools.product(range(1, SIDE + 1), repeat=2)
        pixels = zip(shown.found.image.tolist(), shown.found.changed.tolist(), strict=True)
        rows = ((*place, *each) for place, each in zip(places, pixels, strict=True))
        return Sheet(("row", "column", "before", "after"), rows)

    # --- what is shown ---------------------------------------------------------------------

    def _shown(self) -> OtherDigit | None:
        """Return what to show; an empty pad has nothing."""
        if self._session.drawing.pixels is None:
            return None
        return cast("OtherDigit | None", self.figure.answer)

    def _draw(self) -> None:
        shown = self._shown()
        there = shown is not None and shown.found.length > 0
        self.slider.setEnabled(there)
        self.caption.setText(self._describe(shown))
        self.change.show_image(None)
        self.plot.show_way(None)
        if shown is not None and there:
            levels = levels_of(shown.found.change[None], own=True)[0]
            self.change.show_image(partial(diverging_image, levels))
            ends = shown.origin, shown.found.target
            self.plot.show_way(Way(shown.probabilities, *ends, self._names))
        self._on_moved()

    def _describe(self, shown: OtherDigit | None) -> str:
        if self._session.run is None:
            return self.tr("Press Train or open a run first.")
        if self._session.drawing.pixels is None:
            return self.tr(
                "Draw a digit, or put an image on the pad: here is how little it takes to have it "
                "answered otherwise."
            )
        if self.figure.missing_data:
            return describe_missing(self.figure.missing_data)
        if shown is None:
            return self.tr("The network is asked…")
        import numpy as np

        target = self._names[shown.found.target]
        if not np.isfinite(shown.probabilities).all():
            return self.tr("The weights are no numbers any more: there is nothing to find.")
        if not shown.found.found:
            text = self.tr("No change was found that is answered {0}: the gradient leads nowhere.")
            return text.format(target)
        if not shown.found.length:
            return self.tr("This is answered {0} already.").format(target)
        text = self.tr(
            "The smallest change found to {0} (blue more ink, orange less): {1} in all (L2), at "
            "most {2} of full ink in a pixel."
        )
        return text.format(target, f"{shown.found.length:.2f}", f"{shown.found.largest:.2f}")

    @Slot()
    def _on_moved(self) -> None:
        """Show the image at this place, and what it is answered."""
        shown = self._shown()
        if shown is None:
            self.picture.show_image(None)
            self.answer.setText("")
            self.place_changed.emit(None)
            return
        import numpy as np

        step = self.slider.value() if self.slider.isEnabled() else 0
        image = shown.found.on_the_way([step / STEPS])[0]
        pixels = np.rint(255 * image).astype(np.uint8).reshape(SIDE, SIDE)
        self.picture.show_image(
            lambda: ink_on_paper(pixels, theme.color("ink"), theme.color("paper"))
        )
        probabilities = shown.probabilities[step]
        answer = int(probabilities.argmax())
        sure = certainty(float(probabilities[answer]))
        finite = bool(np.isfinite(probabilities).all())
        text = self.tr("{0} · {1} sure").format(self._names[answer], sure)
        self.answer.setText(text if finite else "")
        self.plot.show_share(step / STEPS)
        self.place_changed.emit(image if step else None)
