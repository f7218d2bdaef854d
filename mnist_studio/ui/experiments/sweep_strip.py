"""What sweeps are doing: how far the queue is, and what was interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...number_text import duration
from ..theme import NumberFont, notifier
from ..widgets import SPACING, Card, dim_label

if TYPE_CHECKING:
    from ...session.sweep_state import Offer
    from ...session.sweeps import SweepQueue

_STEPS = 1000  # of the progress bar


class SweepStrip(QWidget):
    """Shows the interrupted sweep and the queue, each only if there is one.

    Parameters
    ----------
    queue : SweepQueue
        Whose sweeps are shown and steered.
    """

    def __init__(self, queue: SweepQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweepStrip")
        self._queue = queue
        self._window_trains = False
        self._offer = self._make_offer()
        self._running = self._make_running()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        for card in (self._offer, self._running):
            column.addWidget(card)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        queue.queue_changed.connect(self._refresh)
        queue.sweep_offered.connect(self._on_sweep_offered)
        self._on_sweep_offered(queue.offer)
        self._refresh()

    def set_window_trains(self, trains: bool) -> None:
        """Say whether the window trains a run, which then shares the cores with the sweep."""
        self._window_trains = trains
        self._refresh()

    # --- building --------------------------------------------------------------------------

    def _make_running(self) -> Card:
        card = Card()
        card.setObjectName("sweepRunning")
        card.body.setContentsMargins(14, 8, 10, 10)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        self._text = QLabel()
        self._text.setObjectName("sweepText")
        NumberFont(self._text)
        row.addWidget(self._text)
        row.addSpacing(SPACING)
        self._details = dim_label()
        self._details.setObjectName("sweepDetails")
        # It is cut off rather than pushing the buttons out.
        self._details.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._details, 1)
        self._pause = self._make_button(
            "sweepPause", self.tr("Pause"), self.tr("Let all runs of the sweep wait, or go on.")
        )
        self._pause.clicked.connect(self._on_pause)
        row.addWidget(self._pause)
        cancel = self._make_button(
            "sweepCancelAll",
            self.tr("Cancel"),
            self.tr(
                "Take all queued runs out and stop the running ones. What was trained is kept."
            ),
        )
        cancel.clicked.connect(self._queue.cancel_all)
        row.addWidget(cancel)
        card.body.addLayout(row)
        self._bar = QProgressBar()
        self._bar.setObjectName("sweepProgress")
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._bar.setAccessibleName(self.tr("Progress of the sweep"))
        card.body.addWidget(self._bar)
        return card

    def _make_offer(self) -> Card:
        card = Card()
        card.setObjectName("sweepOffer")
        card.body.setContentsMargins(14, 8, 10, 8)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        self._offer_text = QLabel()
        self._offer_text.setObjectName("sweepOfferText")
        self._offer_text.setWordWrap(True)
        row.addWidget(self._offer_text, 1)
        go_on = self._make_button(
            "sweepContinue",
            self.tr("Continue"),
            self.tr("Train the runs that are left, from where each of them was interrupted."),
        )
        go_on.setProperty("primary", True)
        go_on.clicked.connect(self._queue.resume_offered)
        dismiss = self._make_button(
            "sweepDismiss",
            self.tr("Dismiss"),
            self.tr("Do not train the rest; the runs that are done stay."),
        )
        dismiss.clicked.connect(self._queue.dismiss_offered)
        row.addWidget(go_on)
        row.addWidget(dismiss)
        card.body.addLayout(row)
        return card

    def _make_button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setToolTip(tip)
        return button

    @Slot()
    def _on_theme_changed(self) -> None:
        """Let a button be as wide as the longer of its texts, so that it does not jump."""
        shown, widths = self._pause.text(), []
        for text in (self.tr("Pause"), self.tr("Resume")):
            self._pause.setText(text)
            widths.append(self._pause.sizeHint().width())
        self._pause.setText(shown)
        self._pause.setFixedWidth(max(widths))

    # --- what the queue tells --------------------------------------------------------------

    @Slot()
    def _refresh(self) -> None:
        queue = self._queue
        self._running.setVisible(queue.active)
        self._update_visibility()
        if not queue.active:
            return
        self._text.setText(self._progress_text())
        self._details.setText(" · ".join(self._notes()))
        self._pause.setText(self.tr("Resume") if queue.paused else self.tr("Pause"))
        self._bar.setValue(round(_STEPS * queue.share))

    def _progress_text(self) -> str:
        queue = self._queue
        text = self.tr("{0}: {1} of {2} done").format(queue.title, queue.done, queue.total)
        if queue.paused:
            return self.tr("{0}, paused").format(text)
        if queue.seconds_left is None:
            return self.tr("{0}, starting …").format(text)
        return self.tr("{0}, {1} left").format(text, duration(queue.seconds_left))

    def _notes(self) -> list[str]:
        queue = self._queue
        notes = []
        if queue.at_once > 1:
            notes.append(self.tr("{0} at once").format(queue.at_once))
        if queue.waiting:
            notes.append(self.tr("then {0}").format(", ".join(queue.waiting)))
        if self._window_trains:
            notes.append(self.tr("shares the cores with the training in the window"))
        return notes

    @Slot(object)
    def _on_sweep_offered(self, offer: Offer | None) -> None:
        self._offer.setVisible(offer is not None)
        if offer is not None:
            self._offer_text.setText(
                self.tr("Your sweep “{0}” was interrupted: {1} of {2} runs are done.").format(
                    offer.record.title, offer.done, offer.total
                )
            )
        self._update_visibility()

    @Slot()
    def _on_pause(self) -> None:
        if self._queue.paused:
            self._queue.resume()
        else:
            self._queue.pause()

    def _update_visibility(self) -> None:
        cards = (self._offer, self._running)
        self.setVisible(any(not card.isHidden() for card in cards))
