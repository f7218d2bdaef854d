"""What went wrong in the run in view, and a button that does something about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ...data.registry import DATASETS
from ...report.hint_texts import hint_text
from ..remedy_card import RemedyCard

if TYPE_CHECKING:
    from ...insight.hints import Hint
    from ...session.session import Session


class HintCard(RemedyCard):
    """One sentence from the figures of a run; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hintCard")
        self._shown: tuple[Hint | None, bool] = (None, False)

    @property
    def hint(self) -> Hint | None:
        """What it says."""
        return self._shown[0]

    def show_hint(self, hint: Hint | None, *, training: bool) -> None:
        """Say what went wrong, or nothing.

        Parameters
        ----------
        hint : Hint, optional
            What went wrong.
        training : bool
            Whether the run that it is about still goes on, so that the settings are in use.
        """
        if (hint, training) == self._shown:
            return
        self._shown = (hint, training)
        text = hint_text(hint, QCoreApplication.translate) if hint is not None else ""
        remedy = hint.remedy if hint is not None else None
        failed = hint is not None and hint.failure is not None
        self.show_sentence(text, remedy, training=training, failed=failed)


class HintFinder:
    """Looks for what went wrong in the run in view.

    Parameters
    ----------
    session : Session
        Whose run in view it looks at.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shares: tuple[object, list[float]] = (None, [])

    def find(self) -> Hint | None:
        """Return the first hint that the figures of the run give, if any."""
        from ...insight.hints import hints_of

        run = self._session.run
        if run is None:
            return None
        failure = run.checkpoint.failure if run.checkpoint is not None else None
        shares = self._class_shares(run.config.data.dataset)
        return next(iter(hints_of(run.config, run.history, shares, failure)), None)

    def _class_shares(self, name: str) -> list[float]:
        from ...insight.hints import class_shares

        dataset = self._session.data.dataset
        if dataset is None or dataset.name != name:
            classes = len(DATASETS[name].class_names)
            return [1 / classes] * classes
        if self._shares[0] is not dataset:
            self._shares = (dataset, class_shares(dataset.train_labels, len(dataset.class_names)))
        return self._shares[1]
