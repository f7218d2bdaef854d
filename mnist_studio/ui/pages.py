"""The pages of the window, in the order of their tabs: a new one is a folder and a row here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from .page import Page, PageContext


class PageRow(NamedTuple):
    """A page that the window makes.

    Attributes
    ----------
    name : str
        For scripts.
    title : str
        Of its tab, to be translated in the context ``Pages``.
    make : callable
        Imports and returns the page.
    """

    name: str
    title: str
    make: Callable[[PageContext], Page]


def _train(context: PageContext) -> Page:
    from .train.page import TrainPage

    return TrainPage(context)


def _evaluate(context: PageContext) -> Page:
    from .evaluate.page import EvaluatePage

    return EvaluatePage(context)


def _inside(context: PageContext) -> Page:
    from .inside.page import InsidePage

    return InsidePage(context)


def _experiments(context: PageContext) -> Page:
    from .experiments.page import ExperimentsPage

    return ExperimentsPage(context)


# The first one shows the run in view.
PAGES = (
    PageRow("train", str(QT_TRANSLATE_NOOP("Pages", "Train")), _train),
    PageRow("evaluate", str(QT_TRANSLATE_NOOP("Pages", "Evaluate")), _evaluate),
    PageRow("inside", str(QT_TRANSLATE_NOOP("Pages", "Inside")), _inside),
    PageRow("experiments", str(QT_TRANSLATE_NOOP("Pages", "Experiments")), _experiments),
)
