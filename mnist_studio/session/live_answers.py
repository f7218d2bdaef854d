"""What the network in view answers to one part of the images, kept up to date while one looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from ..training.parts import AnsweredPart, Part, answer_part
from .inquirer import Inquirer, Work
from .live_figure import LiveFigure
from .run_in_view import RunInView
from .session import Session

if TYPE_CHECKING:
    from ..data.dataset import Dataset


class LiveAnswers(LiveFigure):
    """Answers of the newest network to all images of a part.

    Parameters
    ----------
    session : Session
        Whose network answers.
    inquirer : Inquirer
        Computes the answers.

    Attributes
    ----------
    part : Part
        What is wanted.
    """

    def __init__(self, session: Session, inquirer: Inquirer, parent: QObject | None = None) -> None:
        super().__init__(session, inquirer, "answers", self._work, parent)
        self.part = Part.VALIDATION

    @property
    def answered(self) -> AnsweredPart | None:
        """The last answers; None if there are none of the run in view to the part wanted."""
        return cast(AnsweredPart | None, self.answer)

    def choose(self, part: Part) -> None:
        """Ask about other images."""
        if part != self.part:
            self.part = part
            self.forget()

    def _work(self, run: RunInView, dataset: Dataset) -> Work:
        return partial(answer_part, run.network, dataset, self.part, run.config.data)
