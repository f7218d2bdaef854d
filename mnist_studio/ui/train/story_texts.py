"""The moments of a training in words: a label of a few, and a whole sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from ...number_text import duration, grouped, percentage

if TYPE_CHECKING:
    from ...insight.story import Moment, MomentKind
    from ...training.history import History

translate = QCoreApplication.translate


class Words(NamedTuple):
    """What is said of a moment.

    Attributes
    ----------
    token : str
        Color of its dot.
    label : str
        A few words.
    sentence : str
        The whole.
    """

    token: str
    label: str
    sentence: str


def words_of(moment: Moment, history: History, names: Sequence[str], *, ended: bool) -> Words:
    """Return what to say of a moment.

    Parameters
    ----------
    moment : Moment
        What happened.
    history : History
        Of the run that it happened in.
    names : sequence of str
        What the classes are called.
    ended : bool
        Whether nothing more will come.
    """
    token, label, sentence = _texts_of(moment.kind, ended=ended)
    values = _values(moment, history, names)
    return Words(token, label.format(**values), sentence.format(**values))


def _texts_of(kind: MomentKind, *, ended: bool) -> Words:
    """Return what to say, with places for the values."""
    from ...insight.story import MomentKind

    token = "series_1"
    match kind:
        case MomentKind.GUESSING:
            label = translate("Story", "loss {loss}: guessing")
            sentence = translate(
                "Story", "It begins by guessing: the loss of the first batch is {loss}."
            )
        case MomentKind.REACHED:
            label = translate("Story", "training {whole} after {time}")
            sentence = translate(
                "Story",
                "{whole} of {images} training images were right, after {time} (batch {batch}).",
            )
        case MomentKind.READ_AS:
            label = translate("Story", "your drawing: {name}")
            sentence = translate("Story", "Your drawing is read as {name} since batch {batch}.")
        case MomentKind.BEST:
            token = "series_3"
            label = translate("Story", "best so far: {rounded}")
            if ended:
                label = translate("Story", "best epoch: {rounded}")
            sentence = translate(
                "Story",
                "Epoch {epoch} is the best: {share} of the validation images are right, and its "
                "weights are kept.",
            )
        case MomentKind.MEMORIZES:
            token = "series_2"
            label = translate("Story", "begins to memorize")
            sentence = translate(
                "Story",
                "Validation stopped improving after epoch {epoch}, while the training loss falls "
                "on: the network begins to memorize.",
            )
        case MomentKind.WORSENS:
            token = "series_2"
            label = translate("Story", "validation stops improving")
            sentence = translate(
                "Story",
                "Validation stopped improving after epoch {epoch}. Whether the network memorizes "
                "cannot be told from the training loss: each epoch skips other easy images.",
            )
        case MomentKind.LAST:
            label = translate("Story", "the end")
            sentence = translate(
                "Story", "The last batch: {share} of the validation images are right."
            )
    return Words(token, label, sentence)


def _values(moment: Moment, history: History, names: Sequence[str]) -> dict[str, str]:
    """Return what the texts speak of."""
    from ...insight.story import MomentKind

    reached = moment.kind is MomentKind.REACHED
    return {
        "batch": grouped(moment.step),
        "epoch": str(max(1, -(-moment.step // history.batches_per_epoch))),
        "images": grouped(moment.images),
        "loss": f"{moment.value:.2f}",
        "name": names[int(moment.value)] if moment.kind is MomentKind.READ_AS else "",
        "rounded": percentage(moment.value, 1),
        "share": percentage(moment.value),
        "time": _time(float(history.seconds[moment.step - 1])) if reached else "",
        "whole": percentage(moment.value, 0),
    }


def _time(seconds: float) -> str:
    return translate("Story", "{0:.1f} s").format(seconds) if seconds < 60 else duration(seconds)
