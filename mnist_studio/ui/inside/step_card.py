"""One update of the training under the magnifier: its formulas with their numbers."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from ...insight.weight_update import WeightUpdate, update_of
from ...number_text import grouped
from ...session.inquirer import Inquirer, Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.session import Session
from ...training.status import RunStatus
from ..choice_button import ChoiceButton
from ..live_card import LiveCard
from ..redraw_clock import RedrawClock, Turn
from ..widgets import SPACING, dim_label, scrolled, title_label
from .batch_strip import BatchStrip
from .fitted_text import FittedText
from .formula import derivative, number
from .magnifier_work import Magnified, magnify, numbers_of
from .step_explanations import explain, update_lines
from .step_texts import Place, Quantity
from .step_tiles import StepTiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...data.dataset import Dataset
    from ...report.sheet import Sheet

_LINES = 7  # of the texts below the tiles


class StepCard(LiveCard):
    """Shows forward, loss, backward and update of one batch, and what every number is made of.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    session : Session
        Whose run is looked at.
    inquirer : Inquirer
        Takes the update apart.

    Attributes
    ----------
    words : Turn
        What is written, after the cells are drawn: both at once would keep the window waiting.
    """

    def __init__(self, clock: RedrawClock, session: Session, inquirer: Inquirer) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("stepCard")
        self.words = Turn(clock, self, self._write)
        self._session = session
        self._place = Place(0, 0, -1, -1)
        self._chosen = False  # whether the user has chosen unit or weight
        self._pointed: tuple[Quantity, Place] | None = None
        # Before the figure hears of it, which asks at once.
        session.run_started.connect(self._on_run_started)
        self.figure = LiveFigure(session, inquirer, "magnifier", self._work, self)
        self.figure.changed.connect(self.turn.mark_dirty)
        session.run_ended.connect(self._on_run_ended)
        self._build()
        if session.run is not None:
            self._on_run_started(session.run)

    def _build(self) -> None:
        self.title = title_label(self.tr("One step"))
        self.title.setObjectName("stepTitle")
        self._layers = ChoiceButton({0: "1"}, 0, self.tr("LAYER {0} ▾"))
        self._layers.setProperty("titleMenu", True)
        self._layers.setObjectName("stepLayerButton")
        self._layers.setToolTip(self.tr("Which layer is taken apart."))
        self._layers.chosen.connect(self._on_layer_chosen)
        self.batch = BatchStrip()
        self.batch.chosen.connect(self._on_image_chosen)
        self.header.addWidget(self.title)
        self.header.addWidget(self._layers)
        self.header.addWidget(self.batch, 1)
        self.sentence = dim_label()
        self.sentence.setObjectName("stepSentence")
        self.sentence.setWordWrap(True)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.tiles = StepTiles()
        self.tiles.pointed.connect(self._on_pointed)
        self.tiles.row_chosen.connect(self._on_row_chosen)
        self.tiles.unit_chosen.connect(self._on_unit_chosen)
        self.body.addLayout(self.header)
        self.body.addWidget(self.sentence)
        content = QWidget()
        numbers = QVBoxLayout(content)
        numbers.setContentsMargins(0, 0, 0, 0)
        numbers.setSpacing(SPACING)
        numbers.addWidget(self.tiles, 1)
        numbers.addLayout(self._build_end())
        self._numbers = scrolled(content, self.tr("Numbers of the step"))
        self._numbers.setObjectName("stepNumbers")
        self._numbers.hide()
        self.body.addWidget(self._numbers, 1)
        self.body.addStretch()

    def _build_end(self) -> QGridLayout:
        """Return the line below the tiles: the update, and what a number is made of."""
        self.update_text, self.explanation = FittedText(_LINES), FittedText(_LINES)
        self.update_text.setObjectName("stepUpdate")
        self.update_text.setAccessibleName(self.tr("Update of the weight"))
        self.explanation.setObjectName("stepExplanation")
        self.explanation.setAccessibleName(self.tr("What the number is made of"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACING)
        grid.setVerticalSpacing(2)
        grid.addWidget(title_label(self.tr("Update")), 0, 0, 1, 2)
        grid.addWidget(title_label(self.tr("Made of")), 0, 2)
        grid.addWidget(self.tiles.change, 1, 0)
        grid.addWidget(self.update_text, 1, 1)
        grid.addWidget(self.explanation, 1, 2)
        for column, stretch in enumerate((2, 5, 6)):
            grid.setColumnStretch(column, stretch)
        return grid

    def sheet(self) -> Sheet | None:
        """Return the numbers that it shows, one in a row."""
        from ...report.sheet import Sheet

        answer = self._answer()
        if answer is None:
            return None
        return Sheet(["number", "layer", "image", "input", "unit", "value"], numbers_of(answer))

    # --- which step, and where one looks ---------------------------------------------------

    def _work(self, run: RunInView, dataset: Dataset) -> Work | None:
        if run.previous is None and run.state is None:
            return None
        return partial(magnify, run, dataset, self._place, self._chosen, self._answer())

    def _answer(self) -> Magnified | None:
        return cast("Magnified | None", self.figure.answer)

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        count = len(run.config.model.hidden) + 1
        layer = min(self._place.layer, count - 1)
        self._place = Place(0, layer, -1, -1)
        self._chosen = False
        self._pointed = None
        choices = {k: str(k + 1) for k in range(count)}
        self._layers.set_choices(choices, layer)
        self._layers.setEnabled(count > 1)
        if self.figure.missing_data:
            self._show_nothing()
        self.turn.mark_dirty()

    @Slot()
    def _on_run_ended(self) -> None:
        """Ask of the state in which it ended, which came after its last weights."""
        self.figure.ask_anew()

    def _look_at(self, **where: int) -> None:
        answer = self._answer()
        if answer is not None:
            self._place = dataclasses.replace(answer.place, **where)
            self.figure.ask_anew()

    @Slot(object)
    def _on_layer_chosen(self, layer: int) -> None:
        self._pointed = None
        self._chosen = False
        self._look_at(layer=layer, row=-1, unit=-1)

    @Slot(int)
    def _on_image_chosen(self, image: int) -> None:
        self._look_at(image=image)

    @Slot(int)
    def _on_row_chosen(self, row: int) -> None:
        self._chosen = True
        self._look_at(row=row)

    @Slot(int)
    def _on_unit_chosen(self, unit: int) -> None:
        self._chosen = True
        self._look_at(unit=unit)

    @Slot(object, object)
    def _on_pointed(self, quantity: Quantity | None, place: Place | None) -> None:
        self._pointed = None if quantity is None or place is None else (quantity, place)
        self._explain()

    # --- what is shown ---------------------------------------------------------------------

    def _draw(self) -> None:
        answer, run = self._answer(), self._session.run
        if answer is None or run is None:
            self._show_nothing()
            return
        self._place = answer.place
        self.title.setText(self._title(answer).upper())
        self.sentence.setText(
            self.tr(
                "Point at a number to see what it is made of; click chooses image, unit, weight. "
                "Blue is above zero."
            )
        )
        names = _class_names(run)
        self.batch.show_images(_pictures(answer), self._tips(answer, names), answer.place.image)
        self.tiles.show_cells(answer.step, answer.place)
        self._numbers.show()
        self.words.mark_dirty()

    def _write(self) -> None:
        answer, run = self._answer(), self._session.run
        if answer is None or run is None:
            return
        self.tiles.show_loss(answer.step, answer.place.image, _class_names(run))
        self.update_text.set_text(self._update_text(answer))
        self._explain()

    def _show_nothing(self) -> None:
        self.sentence.setText(
            self.tr("Step, in the toolbar, trains one batch; here are all numbers of it.")
        )
        # Else they stay until the new ones are there.
        if self.figure.missing_data or self._session.run is None:
            self.title.setText(self.tr("One step").upper())
            self.batch.show_images(None, (), 0)
            self._numbers.hide()

    def _title(self, answer: Magnified) -> str:
        run = self._session.run
        if answer.made:
            text = self.tr("Step {0}, just made")
        elif run is not None and run.status is RunStatus.FAILED:
            text = self.tr("Step {0} with the last good weights")
        else:
            text = self.tr("Step {0}, comes next")
        return text.format(grouped(answer.step.number))

    def _tips(self, answer: Magnified, names: tuple[str, ...]) -> list[str]:
        text = self.tr("{0}: training image {1}, loss {2}")
        if answer.step.augmented:
            text = self.tr("{0}: training image {1}, augmented, loss {2}")
        batch = answer.step.batch
        return [
            text.format(names[label], grouped(index), f"{loss:.4g}")
            for label, index, loss in zip(
                batch.labels.tolist(), batch.indices.tolist(), answer.step.losses, strict=True
            )
        ]

    def _update_text(self, answer: Magnified) -> str:
        step = answer.step
        lines = [self._check_text(answer), *update_lines(step, _update_of(answer))]
        if answer.made:
            same = self.tr("The trainer made these new weights, bit for bit.")
            other = self.tr("The trainer's new weights differ from these by rounding.")
            lines.append(same if answer.exact else other)
        if not step.optimizer_known:
            lines.append(self.tr("The optimizer's averages are not in the file: zero here."))
        return "<br>".join(lines)

    def _check_text(self, answer: Magnified) -> str:
        place = answer.place
        is_bias = place.row == len(answer.step.layers[place.layer].weight)
        return self.tr("{0}: analytic {1}, numeric {2}").format(
            derivative("b" if is_bias else "w"),
            number(_update_of(answer).gradient),
            number(answer.numeric),
        )

    def _explain(self) -> None:
        answer = self._answer()
        if answer is None:
            self.explanation.set_text("")
            return
        quantity, place = self._pointed or (Quantity.WEIGHT_GRADIENT, answer.place)
        place = dataclasses.replace(place, image=answer.place.image)
        self.explanation.set_text(explain(answer.step, quantity, place))


def _update_of(answer: Magnified) -> WeightUpdate:
    place = answer.place
    return update_of(answer.step, place.layer, place.row, place.unit)


def _class_names(run: RunInView) -> tuple[str, ...]:
    from ...data.registry import DATASETS

    return DATASETS[run.dataset].class_names


def _pictures(answer: Magnified) -> npt.NDArray[np.uint8]:
    """Return the batch as it was trained on, in 256 levels."""
    import numpy as np

    return np.rint(answer.step.labeled_images * 255).astype(np.uint8)
