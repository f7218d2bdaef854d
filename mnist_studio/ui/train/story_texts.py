"""The moments of a training in words: a label of a few, and a whole sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from ..number_text import duration, grouped, percentage

if TYPE_CHECKING:
    from ...insight.story import Moment
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
    from ...insight.story import MomentKind

    batch = grouped(moment.step)
    epoch = max(1, -(-moment.step // history.batches_per_epoch))
    token = "series_1"
    match moment.kind:
        case MomentKind.GUESSING:
            label = translate("Story", "loss {loss:.2f}: guessing").format(loss=moment.value)
            sentence = translate(
                "Story", "It begins by guessing: the loss of the first batch is {loss:.2f}."
            )
            sentence = sentence.format(loss=moment.value)
        case MomentKind.REACHED:
            time = _time(float(history.seconds[moment.step - 1]))
            share = f"{100 * moment.value:.0f} %"
            label = translate("Story", "{share} after {time}").format(share=share, time=time)
            sentence = translate(
                "Story",
                "{share} of {images} training images were right, after {time} (batch {batch}).",
            ).format(share=share, images=grouped(moment.images), time=time, batch=batch)
        case MomentKind.READ_AS:
            name = names[int(moment.value)]
            label = translate("Story", "your drawing: {name}").format(name=name)
            sentence = translate("Story", "Your drawing is read as {name} since batch {batch}.")
            sentence = sentence.format(name=name, batch=batch)
        case MomentKind.BEST:
            token = "series_3"
            label = (
                translate("Story", "best epoch: {share}")
                if ended
                else translate("Story", "best so far: {share}")
            )
            label = label.format(share=percentage(moment.value, 1))
            sentence = translate(
                "Story",
                "Epoch {epoch} is the best: {share} of the validation images are right, and its "
                "weights are kept.",
            ).format(epoch=epoch, share=percentage(moment.value))
        case MomentKind.MEMORIZES:
            token = "series_2"
            label = translate("Story", "begins to memorize")
            sentence = translate(
                "Story",
                "Validation stopped improving after epoch {epoch}, while the training loss falls "
                "on: the network begins to memorize.",
            ).format(epoch=epoch)
        case MomentKind.LAST:
            label = translate("Story", "the end")
            sentence = translate(
                "Story", "The last batch: {share} of the validation images are right."
            )
            sentence = sentence.format(share=percentage(moment.value))
    return Words(token, label, sentence)


def _time(seconds: float) -> str:
    return translate("Story", "{0:.1f} s").format(seconds) if seconds < 60 else duration(seconds)
