"""Why the network answers so, and what the preparation of the drawing has to do with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from typing import cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from ...data.registry import DATASETS
from ...number_text import grouped
from ...session.inquirer import Work
from ...session.run_in_view import RunInView
from ...session.studio import Studio
from .contributions_view import ContributionsView
from .explanation_work import ClassAnswer, explain, prepare, shrink
from .image import gray_pixels
from .pad_overlay import PadOverlay
from .panel import SketchPanel
from .preparation_view import PreparationView, Prepared

_ASKER = "contributions"


class Mode(StrEnum):
    """What the pad shows."""

    DRAWING = "drawing"
    WHY = "why"  # what speaks for the answer, or another class
    WHY_NOT = "why_not"  # what speaks for it and against another class
    PREPARATION = "preparation"  # merely shrunk against prepared


class Explanation(QWidget):
    """Buttons that lay over the pad what each pixel adds, or what its preparation does.

    It follows strokes and training; while a stroke is drawn, the stroke is seen. A click on a bar
    asks why not that class.

    Parameters
    ----------
    studio : Studio
        Whose run in view is asked.
    panel : SketchPanel
        Its pad is explained, its bars are clicked.
    """

    def __init__(self, studio: Studio, panel: SketchPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explanation")
        self._studio = studio
        self._session = studio.session
        self._pad, self._bars = panel.pad, panel.bars
        self._mode = Mode.DRAWING
        self._class: int | None = None
        self._other: int | None = None
        self._connected = False
        self._named: ClassAnswer | None = None  # whose classes the buttons name
        self._contributions = ContributionsView(panel.pad)
        self._preparation = PreparationView(panel.pad)
        self._group = QButtonGroup(self)
        self._buttons = {mode: self._button(mode) for mode in Mode}
        self._buttons[Mode.WHY].setObjectName("contributionsToggle")
        self._buttons[Mode.PREPARATION].setObjectName("preparationToggle")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in self._buttons.values():
            row.addWidget(button, 1)
        self._group.buttonClicked.connect(self._on_clicked)
        self._preparation.steps_chosen.connect(self._ask)
        panel.bars.class_chosen.connect(self.explain_class)
        panel.bars.changed.connect(self._on_read)
        panel.pad.settled.connect(self._ask)
        self._session.network_changed.connect(self._ask)
        self._session.drawing.changed.connect(self._ask)
        self._name_buttons(None)

    def _button(self, mode: Mode) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{mode}Button")
        button.setCheckable(True)
        button.setChecked(mode is Mode.DRAWING)
        button.setProperty("quiet", True)
        button.setProperty("compact", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(
            {
                Mode.DRAWING: self.tr("Show what is drawn."),
                Mode.WHY: self.tr(
                    "Show which pixels speak for the answer and which against: each times its "
                    "effective weight through the network. A click on a bar below asks about "
                    "another class."
                ),
                Mode.WHY_NOT: self.tr(
                    "Show which pixels speak for the answer rather than for the second likeliest. "
                    "A click on a bar with Shift asks about another class instead of that."
                ),
                Mode.PREPARATION: self.tr(
                    "Show the drawing merely shrunk to 28x28 beside the one that is prepared like "
                    "MNIST's digits, with both answers."
                ),
            }[mode]
        )
        self._group.addButton(button)
        return button

    def _name_buttons(self, answer: ClassAnswer | None) -> None:
        self._named = answer
        names = ["…", "…"]
        run = self._session.run
        pair = self._likeliest() if answer is None else (answer.answer, answer.other)
        if pair and run is not None:
            classes = DATASETS[run.dataset].class_names
            # Where the names of clothes are too long, they have the same colors below.
            if self._has_room_for(classes):
                names = [classes[each] for each in pair]
        self._buttons[Mode.DRAWING].setText(self.tr("drawing"))
        self._buttons[Mode.WHY].setText(self.tr("why {0}?").format(names[0]))
        self._buttons[Mode.WHY_NOT].setText(self.tr("not {0}?").format(names[1]))
        self._buttons[Mode.PREPARATION].setText(self.tr("prepared"))
        self._bars.mark(
            answer.answer if answer else None,
            answer.other if answer and self._mode is Mode.WHY_NOT else None,
        )

    def _has_room_for(self, names: Sequence[str]) -> bool:
        """Return whether the buttons can name any two classes, so that they do or never do."""
        width = self.fontMetrics().horizontalAdvance
        longest = max(names, key=width)
        asked = (self.tr("why {0}?").format(longest), self.tr("not {0}?").format(longest))
        needed = sum(map(width, (self.tr("drawing"), *asked, self.tr("prepared"))))
        for button in self._buttons.values():
            needed += button.sizeHint().width() - width(button.text())
        return needed <= self.width()

    def _likeliest(self) -> list[int]:
        """Return the class that is answered and the next one, which the buttons ask about."""
        shares = self._bars.probabilities
        return sorted(range(len(shares)), key=lambda each: -shares[each])[:2]

    # --- what is asked ---------------------------------------------------------------------

    @Slot()
    def _on_read(self) -> None:
        if self._mode is Mode.DRAWING:
            self._name_buttons(None)

    @Slot()
    def _on_clicked(self) -> None:
        checked = self._group.checkedButton()
        self._class = self._other = None
        self._look(next(mode for mode, each in self._buttons.items() if each is checked))

    @Slot(int, bool)
    def explain_class(self, index: int, against: bool) -> None:
        """Explain the logit of a class, or how much the class explained is above that of another.

        Asked once more about the same, the drawing is shown again.

        Parameters
        ----------
        index : int
            The class.
        against : bool
            Whether it is the one that the other is compared with.
        """
        mode = Mode.WHY_NOT if against else Mode.WHY
        before = self._other if against else self._class
        if self._mode is mode and before == index:
            self._class = self._other = None
            mode = Mode.DRAWING
        elif against:
            self._other = index
        else:
            self._class, self._other = index, None
        self._buttons[mode].setChecked(True)
        self._look(mode)

    def _look(self, mode: Mode) -> None:
        self._mode = mode
        if not self._connected:
            self._studio.inquirer.answered.connect(self._on_answered)
            self._connected = True
        self._studio.inquirer.withdraw(_ASKER)  # what is in work answers another question
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Have explained what is on the pad now, if somebody wants to know."""
        run = self._session.run
        work = self._work(run) if run is not None and self.isVisible() else None
        if work is not None:
            self._studio.inquirer.ask(_ASKER, work)
            return
        self._contributions.hide()
        self._preparation.hide()
        self._name_buttons(None)
        if self._connected:
            self._studio.inquirer.withdraw(_ASKER)

    def _work(self, run: RunInView) -> Work | None:
        """Return what computes the explanation; None if there is nothing to explain."""
        pixels = self._session.drawing.pixels
        if self._mode is Mode.DRAWING or pixels is None:
            return None
        if self._mode is not Mode.PREPARATION:
            compared = self._mode is Mode.WHY_NOT
            return partial(explain, run.network, pixels, self._class, self._other, compared)
        picture = self._pad.picture
        if picture is None:
            strokes, width, steps = self._pad.strokes, self._pad.pen_width, self._preparation.chosen
            return partial(prepare, run.network, strokes, width, steps)
        gray = pixels if picture.image is None else gray_pixels(picture.image)
        return partial(shrink, run.network, gray, pixels)

    # --- what is shown ---------------------------------------------------------------------

    @Slot(str, object)
    def _on_answered(self, asker: str, answer: object) -> None:
        run = self._session.run
        if asker != _ASKER or self._mode is Mode.DRAWING or run is None:
            return
        names = DATASETS[run.dataset].class_names
        named: ClassAnswer | None = None
        shown: PadOverlay | None = None  # nothing is explained by spoilt weights
        if isinstance(answer, ClassAnswer):
            if math.isfinite(answer.found.logit):
                named, shown = answer, self._contributions
                self._contributions.show_answer(answer.found, self._describe(answer, names))
        else:
            both = cast("tuple[Prepared, Prepared]", answer)
            if all(math.isfinite(each.probability) for each in both):
                shown = self._preparation
                self._preparation.show_both(both, names, steps=self._pad.picture is None)
        for overlay in (self._contributions, self._preparation):
            if overlay is not shown:
                overlay.hide()
        self._name_buttons(named)

    def _describe(self, answer: ClassAnswer, names: tuple[str, ...]) -> str:
        found = answer.found
        if self._mode is Mode.WHY_NOT:
            colors = self.tr("Blue speaks for {0}, orange for {1}").format(
                names[answer.answer], names[answer.other]
            )
        else:
            colors = self.tr("Blue speaks for {0}, orange against").format(names[answer.answer])
        logit, biases = round(found.logit, 2), round(found.biases, 2)
        if not found.exact:
            return self.tr("{0}: an approximation, {1} of {2} unexplained").format(
                colors, grouped(found.remainder, 2), grouped(logit, 2)
            )
        # As rounded as the others, so that what is read adds up, too.
        pixels = grouped(logit - biases, 2)
        if self._mode is Mode.WHY_NOT:
            text = self.tr("{0}: pixels {1} + biases {2} = difference {3}")
        else:
            text = self.tr("{0}: pixels {1} + biases {2} = logit {3}")
        return text.format(colors, pixels, grouped(biases, 2), grouped(logit, 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name the classes on the buttons where there is room for any of them."""
        super().resizeEvent(event)
        self._name_buttons(self._named)

    def showEvent(self, event: QShowEvent) -> None:
        """Explain what came meanwhile."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cost nothing while nobody looks."""
        super().hideEvent(event)
        self._ask()
